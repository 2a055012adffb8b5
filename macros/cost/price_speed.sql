{#- The speed that prices a row: `fast` when the source or the model id says so. -#}
{% macro price_speed(speed, id_speed) -%}
    case when {{ speed }} = 'fast' or {{ id_speed }} = 'fast' then 'fast' else 'standard' end
{%- endmacro %}
