{#-
    One branch of the `case` that names why two sides of a reconciliation differ. A cause listed in
    the variable `reconciliation_disabled_causes` never holds, so that what it explained is
    judged as if nobody knew of it.
-#}
{% macro caused_by(cause_code, condition) -%}
    when {% if cause_code in var('reconciliation_disabled_causes') -%}
        1 = 0
    {%- else -%}
        {{ condition }}
    {%- endif %} then '{{ cause_code }}'
{%- endmacro %}
