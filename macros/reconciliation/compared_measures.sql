{#- Measures of use that two sources can be compared by; the seed of tolerances says which pair is. -#}
{% macro compared_measures() -%}
    {{
        return([
            'request_count', 'input_tokens', 'output_tokens', 'cache_read_tokens',
            'cache_write_tokens', 'session_count', 'lines_added_count', 'lines_removed_count',
            'commit_count', 'pull_request_count', 'reported_cost_usd', 'cost_usd',
        ])
    }}
{%- endmacro %}
