{#-
    Mapping of a counter to the sum of its columns. An edition without one of them says nothing of it;
    without any of them the counter is unknown.
-#}
{% macro summed_columns(counters) -%}
    {%- set sums = {} -%}
    {%- for name, columns in counters.items() -%}
        {%- set parts = [] -%}
        {%- for column in columns %}{% do parts.append('coalesce(' ~ column ~ ', 0)') %}{% endfor -%}
        {%- do sums.update({
            name: columns[0] if columns | length == 1
            else 'case when coalesce(' ~ columns | join(', ') ~ ') is not null then '
                ~ parts | join(' + ') ~ ' end'
        }) -%}
    {%- endfor -%}
    {{ return(sums) }}
{%- endmacro %}
