{#-
    Condition that keeps the days a query names. The query is asked while the model is compiled, for
    literal days reach the scans below joins and sums, where a subquery would read the whole history;
    a range reaches further than a list, so the list only says which days of the range are left out.
-#}
{% macro day_filter(column, query) -%}
    {%- if not execute -%}
    true
    {%- else -%}
    {%- set days = run_query('select distinct days.date_day from (' ~ query ~ ') as days order by 1').columns[0].values() -%}
    {%- if days | length == 0 -%}
    false
    {%- else -%}
    {{ column }} between cast('{{ days[0] }}' as date) and cast('{{ days[-1] }}' as date)
    {%- if (days[-1] - days[0]).days + 1 != days | length %}
    and {{ column }} in (
        {%- for day in days %}cast('{{ day }}' as date){{ ', ' if not loop.last }}{% endfor -%}
    )
    {%- endif -%}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}
