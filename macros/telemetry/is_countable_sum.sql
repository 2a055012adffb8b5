{#-
    Whether a metric point can be counted: a delta or cumulative sum with a value that a counter
    can hold. Gauges, histograms, unspecified temporality and corrupt values cannot.
-#}
{% macro is_countable_sum() -%}
    coalesce(
        metric_kind = 'sum'
        and temporality in (1, 2)
        and point_value between -1e15 and 1e15,
        false
    )
{%- endmacro %}
