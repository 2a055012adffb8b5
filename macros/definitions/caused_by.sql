{#-
    One branch of the `case` that names why two sides of a reconciliation differ. A cause listed in
    the variable `reconciliation_disabled_causes` is left out, so that what it explained is judged
    as if nobody knew of it.
-#}
{% macro caused_by(cause_code, condition) -%}
    {%- if cause_code not in var('reconciliation_disabled_causes') -%}
    when {{ condition }} then '{{ cause_code }}'
    {%- endif -%}
{%- endmacro %}
