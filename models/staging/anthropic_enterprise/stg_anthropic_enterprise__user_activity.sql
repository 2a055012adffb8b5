{#- What the vendor counts of each product, in its words; ours, where we have others. -#}
{%- set chat = [
    'message_count', 'thinking_message_count', 'connectors_used_count',
    'shared_conversations_viewed_count', 'distinct_conversation_count',
    'distinct_projects_created_count', 'distinct_projects_used_count',
    'distinct_files_uploaded_count', 'distinct_artifacts_created_count',
    'distinct_shared_artifacts_viewed_count', 'distinct_skills_used_count',
    'distinct_connectors_used_count',
] -%}
{%- set cowork = [
    'message_count', 'action_count', 'dispatch_turn_count', 'skills_used_count',
    'connectors_used_count', 'distinct_session_count', 'distinct_skills_used_count',
    'distinct_connectors_used_count', 'plugins_used_count', 'distinct_plugins_used_count',
    'file_edit_count', 'edit_tool_count', 'multi_edit_tool_count', 'write_tool_count',
    'notebook_edit_tool_count', 'sessions_with_file_edits_count', 'artifacts_created_count',
] -%}
{%- set office = [
    'message_count', 'skills_used_count', 'connectors_used_count', 'distinct_session_count',
    'distinct_skills_used_count', 'distinct_connectors_used_count',
] -%}
{%- set products = [
    ('chat', 'chat_metrics', chat),
    ('claude_code', 'claude_code_metrics__core_metrics', [
        'commit_count', 'pull_request_count', 'distinct_session_count',
        'lines_of_code__added_count', 'lines_of_code__removed_count', 'artifacts_created_count',
    ]),
    ('claude_code', 'claude_code_metrics__tool_actions', [
        'edit_tool__accepted_count', 'edit_tool__rejected_count',
        'multi_edit_tool__accepted_count', 'multi_edit_tool__rejected_count',
        'write_tool__accepted_count', 'write_tool__rejected_count',
        'notebook_edit_tool__accepted_count', 'notebook_edit_tool__rejected_count',
    ]),
    ('cowork', 'cowork_metrics', cowork),
    ('office_excel', 'office_metrics__excel', office),
    ('office_powerpoint', 'office_metrics__powerpoint', office),
    ('office_word', 'office_metrics__word', office),
    ('office_outlook', 'office_metrics__outlook', office),
    ('design', 'design_metrics', [
        'message_count', 'distinct_projects_created_count', 'distinct_session_count',
        'distinct_projects_used_count',
    ]),
    ('science', 'science_metrics', [
        'message_count', 'delegation_count', 'remote_compute_job_count', 'skills_used_count',
        'distinct_session_count',
    ]),
    ('unified_chat', 'chat_cowork_unified_metrics__chat', chat),
    ('unified_cowork', 'chat_cowork_unified_metrics__sessions', cowork),
] -%}
{%- set ours = {
    'artifacts_created_count': 'artifact_created_count',
    'connectors_used_count': 'connector_invocation_count',
    'distinct_artifacts_created_count': 'artifact_created_count',
    'distinct_connectors_used_count': 'distinct_connector_count',
    'distinct_conversation_count': 'conversation_count',
    'distinct_files_uploaded_count': 'file_uploaded_count',
    'distinct_plugins_used_count': 'distinct_plugin_count',
    'distinct_projects_created_count': 'project_created_count',
    'distinct_projects_used_count': 'project_used_count',
    'distinct_session_count': 'session_count',
    'distinct_shared_artifacts_viewed_count': 'shared_artifact_viewed_count',
    'distinct_skills_used_count': 'distinct_skill_count',
    'edit_tool_count': 'edit_tool_use_count',
    'lines_of_code__added_count': 'lines_added_count',
    'lines_of_code__removed_count': 'lines_removed_count',
    'multi_edit_tool_count': 'multi_edit_tool_use_count',
    'notebook_edit_tool_count': 'notebook_edit_tool_use_count',
    'plugins_used_count': 'plugin_invocation_count',
    'sessions_with_file_edits_count': 'file_edit_session_count',
    'shared_conversations_viewed_count': 'shared_conversation_view_count',
    'skills_used_count': 'skill_invocation_count',
    'write_tool_count': 'write_tool_use_count',
} -%}
with

source as (

    select * from {{ source('anthropic_enterprise', 'user_activity') }}

),

renamed as (

    select
        -- ids
        row_key,
        user__id as user_id,

        -- strings
        nullif(lower(trim(user__email_address)), '') as user_email,
        other_office_metrics_json,

        -- numerics
        {% for product, path, counts in products %}
        {% for count in counts %}
        {{ path }}__{{ count }}
            as {{ product }}_{{ ours.get(count, count | replace('_tool__', '_')) }},
        {% endfor %}
        {% endfor %}
        web_search_count,

        -- dates and timestamps
        date_day,
        last_activity_date as last_active_date,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
