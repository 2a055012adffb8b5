{#-
    The measures of a side as columns: those that are told, from the columns of their names with the
    prefix, and null for the others.
-#}
{% macro measure_columns(told, prefix='') -%}
    {%- for measure in compared_measures() %}
        cast({{ prefix ~ measure if measure in told else 'null' }} as decimal(28, 10))
            as {{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
