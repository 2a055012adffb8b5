{#- Landings that see Claude Code at work: the models of requests and sessions are built from these alone. -#}
{% macro telemetry_landings() -%}
    {{ return(['claude_code_otel', 'claude_code_logs']) }}
{%- endmacro %}
