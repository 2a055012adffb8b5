{#- The counters of a day of use as the last columns of a select. -#}
{% macro usage_counter_names() -%}
    {%- set names = [] -%}
    {%- for group in usage_counters().values() -%}
        {%- do names.extend(group) -%}
    {%- endfor -%}
    {{ names | join(',\n        ') }}
{%- endmacro %}
