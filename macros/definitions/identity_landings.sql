{#- Landings whose rows name people or keys. -#}
{% macro identity_landings() -%}
    {{
        return([
            'claude_code_otel', 'claude_code_logs', 'anthropic_console', 'anthropic_enterprise',
            'anthropic_exports', 'people',
        ])
    }}
{%- endmacro %}
