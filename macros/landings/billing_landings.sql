{#- Landings that tell what was billed: cost reports, spend reports, invoices and their rates. -#}
{% macro billing_landings() -%}
    {{
        return([
            'anthropic_console', 'anthropic_enterprise', 'anthropic_exports', 'invoices'
        ])
    }}
{%- endmacro %}
