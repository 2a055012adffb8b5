{#- Whether any of the columns is above zero; an absent one is not. -#}
{% macro positive_sum(columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns %}{% do parts.append('coalesce(' ~ column ~ ', 0)') %}{% endfor -%}
    {{ parts | join(' + ') }} > 0
{%- endmacro %}
