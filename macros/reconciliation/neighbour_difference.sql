{#-
    The difference of the day before (`lag`) or after (`lead`) in the same cell; 0 when that day has
    none, or when the next difference lies further away.
-#}
{% macro neighbour_difference(direction, cell) -%}
    {%- set days = {'lag': -1, 'lead': 1}[direction] -%}
    {%- set neighbour = "over (partition by " ~ cell | join(', ') ~ " order by date_day)" -%}
    case
            when {{ direction }}(date_day) {{ neighbour }} = {{ dbt.dateadd('day', days, 'date_day') }}
                then {{ direction }}(net_difference) {{ neighbour }}
            else 0
        end
{%- endmacro %}
