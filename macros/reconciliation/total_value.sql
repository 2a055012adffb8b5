{#-
    A total as the marts hold it: exact to a ten-thousandth, null past 14 digits before the point. A day's
    tokens stay far below that; a sum of damaged rows may not, and must not stop the build.
-#}
{% macro total_value(total) -%}
    case when abs({{ total }}) < 99999999999999 then cast({{ total }} as decimal(18, 4)) end
{%- endmacro %}
