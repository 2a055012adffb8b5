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
        chat_metrics__message_count as chat_message_count,
        chat_metrics__thinking_message_count as chat_thinking_message_count,
        chat_metrics__connectors_used_count as chat_connector_invocation_count,
        chat_metrics__shared_conversations_viewed_count as chat_shared_conversation_view_count,
        chat_metrics__distinct_conversation_count as chat_conversation_count,
        chat_metrics__distinct_projects_created_count as chat_project_created_count,
        chat_metrics__distinct_projects_used_count as chat_project_used_count,
        chat_metrics__distinct_files_uploaded_count as chat_file_uploaded_count,
        chat_metrics__distinct_artifacts_created_count as chat_artifact_created_count,
        chat_metrics__distinct_shared_artifacts_viewed_count as chat_shared_artifact_viewed_count,
        chat_metrics__distinct_skills_used_count as chat_distinct_skill_count,
        chat_metrics__distinct_connectors_used_count as chat_distinct_connector_count,
        claude_code_metrics__core_metrics__commit_count as claude_code_commit_count,
        claude_code_metrics__core_metrics__pull_request_count as claude_code_pull_request_count,
        claude_code_metrics__core_metrics__distinct_session_count as claude_code_session_count,
        claude_code_metrics__core_metrics__lines_of_code__added_count
            as claude_code_lines_added_count,
        claude_code_metrics__core_metrics__lines_of_code__removed_count
            as claude_code_lines_removed_count,
        claude_code_metrics__core_metrics__artifacts_created_count
            as claude_code_artifact_created_count,
        claude_code_metrics__tool_actions__edit_tool__accepted_count
            as claude_code_edit_accepted_count,
        claude_code_metrics__tool_actions__edit_tool__rejected_count
            as claude_code_edit_rejected_count,
        claude_code_metrics__tool_actions__multi_edit_tool__accepted_count
            as claude_code_multi_edit_accepted_count,
        claude_code_metrics__tool_actions__multi_edit_tool__rejected_count
            as claude_code_multi_edit_rejected_count,
        claude_code_metrics__tool_actions__write_tool__accepted_count
            as claude_code_write_accepted_count,
        claude_code_metrics__tool_actions__write_tool__rejected_count
            as claude_code_write_rejected_count,
        claude_code_metrics__tool_actions__notebook_edit_tool__accepted_count
            as claude_code_notebook_edit_accepted_count,
        claude_code_metrics__tool_actions__notebook_edit_tool__rejected_count
            as claude_code_notebook_edit_rejected_count,
        cowork_metrics__message_count as cowork_message_count,
        cowork_metrics__action_count as cowork_action_count,
        cowork_metrics__dispatch_turn_count as cowork_dispatch_turn_count,
        cowork_metrics__skills_used_count as cowork_skill_invocation_count,
        cowork_metrics__connectors_used_count as cowork_connector_invocation_count,
        cowork_metrics__distinct_session_count as cowork_session_count,
        cowork_metrics__distinct_skills_used_count as cowork_distinct_skill_count,
        cowork_metrics__distinct_connectors_used_count as cowork_distinct_connector_count,
        cowork_metrics__plugins_used_count as cowork_plugin_invocation_count,
        cowork_metrics__distinct_plugins_used_count as cowork_distinct_plugin_count,
        cowork_metrics__file_edit_count as cowork_file_edit_count,
        cowork_metrics__edit_tool_count as cowork_edit_tool_use_count,
        cowork_metrics__multi_edit_tool_count as cowork_multi_edit_tool_use_count,
        cowork_metrics__write_tool_count as cowork_write_tool_use_count,
        cowork_metrics__notebook_edit_tool_count as cowork_notebook_edit_tool_use_count,
        cowork_metrics__sessions_with_file_edits_count as cowork_file_edit_session_count,
        cowork_metrics__artifacts_created_count as cowork_artifact_created_count,
        office_metrics__excel__message_count as office_excel_message_count,
        office_metrics__excel__skills_used_count as office_excel_skill_invocation_count,
        office_metrics__excel__connectors_used_count as office_excel_connector_invocation_count,
        office_metrics__excel__distinct_session_count as office_excel_session_count,
        office_metrics__excel__distinct_skills_used_count as office_excel_distinct_skill_count,
        office_metrics__excel__distinct_connectors_used_count
            as office_excel_distinct_connector_count,
        office_metrics__powerpoint__message_count as office_powerpoint_message_count,
        office_metrics__powerpoint__skills_used_count as office_powerpoint_skill_invocation_count,
        office_metrics__powerpoint__connectors_used_count
            as office_powerpoint_connector_invocation_count,
        office_metrics__powerpoint__distinct_session_count as office_powerpoint_session_count,
        office_metrics__powerpoint__distinct_skills_used_count
            as office_powerpoint_distinct_skill_count,
        office_metrics__powerpoint__distinct_connectors_used_count
            as office_powerpoint_distinct_connector_count,
        office_metrics__word__message_count as office_word_message_count,
        office_metrics__word__skills_used_count as office_word_skill_invocation_count,
        office_metrics__word__connectors_used_count as office_word_connector_invocation_count,
        office_metrics__word__distinct_session_count as office_word_session_count,
        office_metrics__word__distinct_skills_used_count as office_word_distinct_skill_count,
        office_metrics__word__distinct_connectors_used_count
            as office_word_distinct_connector_count,
        office_metrics__outlook__message_count as office_outlook_message_count,
        office_metrics__outlook__skills_used_count as office_outlook_skill_invocation_count,
        office_metrics__outlook__connectors_used_count as office_outlook_connector_invocation_count,
        office_metrics__outlook__distinct_session_count as office_outlook_session_count,
        office_metrics__outlook__distinct_skills_used_count as office_outlook_distinct_skill_count,
        office_metrics__outlook__distinct_connectors_used_count
            as office_outlook_distinct_connector_count,
        design_metrics__message_count as design_message_count,
        design_metrics__distinct_projects_created_count as design_project_created_count,
        design_metrics__distinct_session_count as design_session_count,
        design_metrics__distinct_projects_used_count as design_project_used_count,
        science_metrics__message_count as science_message_count,
        science_metrics__delegation_count as science_delegation_count,
        science_metrics__remote_compute_job_count as science_remote_compute_job_count,
        science_metrics__skills_used_count as science_skill_invocation_count,
        science_metrics__distinct_session_count as science_session_count,
        chat_cowork_unified_metrics__chat__message_count as unified_chat_message_count,
        chat_cowork_unified_metrics__chat__thinking_message_count
            as unified_chat_thinking_message_count,
        chat_cowork_unified_metrics__chat__connectors_used_count
            as unified_chat_connector_invocation_count,
        chat_cowork_unified_metrics__chat__shared_conversations_viewed_count
            as unified_chat_shared_conversation_view_count,
        chat_cowork_unified_metrics__chat__distinct_conversation_count
            as unified_chat_conversation_count,
        chat_cowork_unified_metrics__chat__distinct_projects_created_count
            as unified_chat_project_created_count,
        chat_cowork_unified_metrics__chat__distinct_projects_used_count
            as unified_chat_project_used_count,
        chat_cowork_unified_metrics__chat__distinct_files_uploaded_count
            as unified_chat_file_uploaded_count,
        chat_cowork_unified_metrics__chat__distinct_artifacts_created_count
            as unified_chat_artifact_created_count,
        chat_cowork_unified_metrics__chat__distinct_shared_artifacts_viewed_count
            as unified_chat_shared_artifact_viewed_count,
        chat_cowork_unified_metrics__chat__distinct_skills_used_count
            as unified_chat_distinct_skill_count,
        chat_cowork_unified_metrics__chat__distinct_connectors_used_count
            as unified_chat_distinct_connector_count,
        chat_cowork_unified_metrics__sessions__message_count as unified_cowork_message_count,
        chat_cowork_unified_metrics__sessions__action_count as unified_cowork_action_count,
        chat_cowork_unified_metrics__sessions__dispatch_turn_count
            as unified_cowork_dispatch_turn_count,
        chat_cowork_unified_metrics__sessions__skills_used_count
            as unified_cowork_skill_invocation_count,
        chat_cowork_unified_metrics__sessions__connectors_used_count
            as unified_cowork_connector_invocation_count,
        chat_cowork_unified_metrics__sessions__distinct_session_count
            as unified_cowork_session_count,
        chat_cowork_unified_metrics__sessions__distinct_skills_used_count
            as unified_cowork_distinct_skill_count,
        chat_cowork_unified_metrics__sessions__distinct_connectors_used_count
            as unified_cowork_distinct_connector_count,
        chat_cowork_unified_metrics__sessions__plugins_used_count
            as unified_cowork_plugin_invocation_count,
        chat_cowork_unified_metrics__sessions__distinct_plugins_used_count
            as unified_cowork_distinct_plugin_count,
        chat_cowork_unified_metrics__sessions__file_edit_count as unified_cowork_file_edit_count,
        chat_cowork_unified_metrics__sessions__edit_tool_count
            as unified_cowork_edit_tool_use_count,
        chat_cowork_unified_metrics__sessions__multi_edit_tool_count
            as unified_cowork_multi_edit_tool_use_count,
        chat_cowork_unified_metrics__sessions__write_tool_count
            as unified_cowork_write_tool_use_count,
        chat_cowork_unified_metrics__sessions__notebook_edit_tool_count
            as unified_cowork_notebook_edit_tool_use_count,
        chat_cowork_unified_metrics__sessions__sessions_with_file_edits_count
            as unified_cowork_file_edit_session_count,
        chat_cowork_unified_metrics__sessions__artifacts_created_count
            as unified_cowork_artifact_created_count,
        web_search_count,

        -- dates and timestamps
        date_day,
        last_activity_date as last_active_date,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
