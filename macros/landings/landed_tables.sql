{#-
    Every raw table of a source: its source, its name, its key, and whether its days are observed, which
    those of notes are not. Said here as well as in the declarations, because dbt must know what a model
    reads before it knows the sources; a test holds both together.
-#}
{% macro landed_tables() -%}
    {%- set keys = {
        'claude_code_otel': {
            'events': 'event_key',
            'metric_points': 'point_key',
            'spans': 'span_key',
        },
        'claude_code_logs': {
            'usage_lines': 'line_key',
        },
        'anthropic_console': {
            'claude_code_rows': 'row_key',
            'claude_code_models': 'row_key',
            'messages_usage': 'row_key',
            'cost_report': 'row_key',
            'organizations': 'row_key',
            'users': 'row_key',
            'invites': 'row_key',
            'workspaces': 'row_key',
            'workspace_members': 'row_key',
            'api_keys': 'row_key',
            'pulls': 'pull_key',
        },
        'anthropic_enterprise': {
            'user_activity': 'row_key',
            'summaries': 'row_key',
            'chat_projects': 'row_key',
            'skills': 'row_key',
            'connectors': 'row_key',
            'plugins': 'row_key',
            'artifacts': 'row_key',
            'usage_report': 'row_key',
            'cost_report': 'row_key',
            'user_usage_report': 'row_key',
            'user_cost_report': 'row_key',
            'members': 'row_key',
            'invites': 'row_key',
            'rbac_groups': 'row_key',
            'rbac_group_members': 'row_key',
            'spend_limits': 'row_key',
            'pulls': 'pull_key',
        },
        'anthropic_exports': {
            'spend_report': 'row_key',
            'contributions': 'row_key',
            'members': 'row_key',
            'rejected_rows': 'row_key',
            'pulls': 'pull_key',
        },
        'people': {
            'roster': 'row_key',
            'rejected_rows': 'row_key',
            'pulls': 'pull_key',
        },
        'invoices': {
            'invoice_lines': 'row_key',
            'exchange_rates': 'row_key',
            'rejected_rows': 'row_key',
            'pulls': 'pull_key',
        },
    } -%}
    {%- set tables = [] -%}
    {%- for source_id, keys_of_tables in keys.items() -%}
        {%- for table_name, key in keys_of_tables.items() -%}
            {%- do tables.append({
                'source_id': source_id,
                'table_name': table_name,
                'key': key,
                'is_observed': table_name not in ('pulls', 'rejected_rows'),
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(tables) -%}
{%- endmacro %}
