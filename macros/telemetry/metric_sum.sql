{#- Sum of the increments of one metric, of one type or decision of it if a column is named. -#}
{% macro metric_sum(metric, column=none, value=none) -%}
    sum(
            case
                when
                    metric_name = '{{ metric }}'
                    {%- if column %} and {{ column }} = '{{ value }}'{% endif %}
                    then increment_value
                else 0
            end
        )
{%- endmacro %}
