{#- Landings of reports that tell of the same use as telemetry, and telemetry itself. -#}
{% macro report_landings() -%}
    {{ return(telemetry_landings() + ['anthropic_console', 'anthropic_enterprise']) }}
{%- endmacro %}
