{#-
    Condition that keeps the days a query names. The query is asked while the model is compiled, for
    literal days reach the scans below joins and sums, where a subquery would read the whole history.
-#}
{% macro day_filter(column, query) -%}
    {%- if not execute -%}
    true
    {%- else -%}
    {%- set days = run_query('select distinct days.date_day from (' ~ query ~ ') as days order by 1').columns[0].values() -%}
    {%- if days | length == 0 -%}
    false
    {%- else -%}
    {{ column }} in (
        {%- for day in days %}cast('{{ day }}' as date){{ ', ' if not loop.last }}{% endfor -%}
    )
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}
