{#-
    Lets a data test of a large table name the rows it looks at, so that the daily build does not
    grow with history; `--full-refresh` always tests all rows.
    `__rebuilt__`: rows that the newest build made. `__recent__`: the last eight days, and rows of no
    day, which are faults of any day.
-#}
{% macro get_where_subquery(relation) -%}
    {%- set where = config.get('where', '') -%}
    {%- if not where or (flags.FULL_REFRESH and where in ('__rebuilt__', '__recent__')) -%}
        {%- do return(relation) -%}
    {%- endif -%}
    {%- if where == '__rebuilt__' -%}
        {%- set where = 'observed_through_at = (select max(newest.observed_through_at) from '
            ~ relation ~ ' as newest)' -%}
    {%- elif where == '__recent__' -%}
        {%- set where = 'date_day is null or date_day >= ' ~ dbt.dateadd('day', -7, as_of_date()) -%}
    {%- endif -%}
    {%- do return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') dbt_subquery') -%}
{%- endmacro %}
