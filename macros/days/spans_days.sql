{#- Condition that keeps what reaches, from a first to a last day, into one of the stretches of days. -#}
{% macro spans_days(first_column, last_column, days) -%}
    {%- if days is none -%} true
    {%- elif not days -%} false
    {%- else -%}
    (
        {%- for first_day, last_day in days %}
        {{ first_column }} <= cast('{{ last_day }}' as date)
        and {{ last_column }} >= cast('{{ first_day }}' as date)
        {{- ' or' if not loop.last }}
        {%- endfor %}
    )
    {%- endif -%}
{%- endmacro %}
