{#- Counters of a day of use, by the measure group that one source is chosen for. -#}
{% macro usage_counters() -%}
    {{
        return({
            'activity': [
                'message_count',
                'conversation_count',
                'session_count',
                'active_seconds',
                'project_used_count',
                'project_created_count',
                'artifact_created_count',
                'file_uploaded_count',
                'skill_used_count',
                'connector_used_count',
            ],
            'contribution': [
                'lines_added_count', 'lines_removed_count', 'commit_count', 'pull_request_count'
            ],
            'tool_decisions': ['edit_accepted_count', 'edit_rejected_count'],
        })
    }}
{%- endmacro %}
