{#- How many days before and after a stale stretch go along, as columns. -#}
{% macro margins(margin) -%}
    {%- set before, after = (margin, margin) if margin is number else margin -%}
    {{ before }} as days_before, {{ after }} as days_after
{%- endmacro %}
