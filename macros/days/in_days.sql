{#-
    Condition that keeps stretches of days, as literals: these reach the scans below joins and sums, where
    a subquery would read the whole history. True for none, which means all.
-#}
{% macro in_days(column, days) -%}
    {%- if days is none -%} true
    {%- elif not days -%} false
    {%- else -%}
    {{ column }} between cast('{{ days[0][0] }}' as date) and cast('{{ days[-1][1] }}' as date)
    {%- if days | length > 1 %}
    and (
        {%- for first_day, last_day in days %}
        {{ column }} between cast('{{ first_day }}' as date) and cast('{{ last_day }}' as date)
        {{- ' or' if not loop.last }}
        {%- endfor %}
    )
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}
