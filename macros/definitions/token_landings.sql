{#- Landings that see tokens: what people and keys used is chosen from these. -#}
{% macro token_landings() -%}
    {{
        return([
            'claude_code_otel', 'claude_code_logs', 'anthropic_console', 'anthropic_enterprise'
        ])
    }}
{%- endmacro %}
