{#- Days of the calling model with a difference that is put down to lag: it is judged again. -#}
{% macro late_days() -%}
    select late.date_day
    from {{ this }} as late
    where late.cause_code = 'lag'
{%- endmacro %}
