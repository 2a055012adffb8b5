{#- Landings that see use: a day's use is chosen from these. -#}
{% macro usage_landings() -%}
    {{
        return([
            'claude_code_otel', 'claude_code_logs', 'anthropic_console', 'anthropic_enterprise'
        ])
    }}
{%- endmacro %}
