{#- Days that the calling incremental model priced otherwise than the price table does now. -#}
{% macro repriced_days() -%}
    select built.date_day
    from {{ this }} as built
    where built.price_version != ({{ price_version() }})
{%- endmacro %}
