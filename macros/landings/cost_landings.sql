{#- Landings whose costs are compared with each other: all that tell use or a bill. -#}
{% macro cost_landings() -%}
    {{ return(telemetry_landings() + billing_landings()) }}
{%- endmacro %}
