{#- Columns of a candidate of use: the named counters, null for those that its source cannot see. -#}
{% macro usage_columns(counters) -%}
    {%- for names in usage_counters().values() %}
    {%- set is_last_group = loop.last %}
    {%- for name in names %}
        cast({{ counters.get(name, 'null') }} as bigint) as {{ name }}
        {{- '' if is_last_group and loop.last else ',' }}
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}
