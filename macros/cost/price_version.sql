{#- The hash of everything that decides a price, as a one-value query. -#}
{% macro price_version() -%}
    select versions.price_version from {{ ref('int_pricing__price_version') }} as versions
{%- endmacro %}
