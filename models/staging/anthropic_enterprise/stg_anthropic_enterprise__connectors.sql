with

source as (

    select * from {{ source('anthropic_enterprise', 'connectors') }}

),

renamed as (

    select
        -- ids
        row_key,
        user_id,

        -- strings
        cut,
        connector_name,
        other_office_metrics_json,
        group_by_json,

        -- numerics
        distinct_user_count as user_count,
        chat_metrics__distinct_conversation_connector_used_count as chat_conversation_count,
        claude_code_metrics__distinct_session_connector_used_count as claude_code_session_count,
        cowork_metrics__distinct_session_connector_used_count as cowork_session_count,
        office_metrics__excel__distinct_session_connector_used_count as office_excel_session_count,
        office_metrics__powerpoint__distinct_session_connector_used_count
            as office_powerpoint_session_count,
        office_metrics__word__distinct_session_connector_used_count as office_word_session_count,
        office_metrics__outlook__distinct_session_connector_used_count
            as office_outlook_session_count,
        chat_cowork_unified_metrics__chat__distinct_conversation_connector_used_count
            as unified_chat_conversation_count,
        chat_cowork_unified_metrics__sessions__distinct_session_connector_used_count
            as unified_cowork_session_count,
        read_call_count,
        write_call_count,
        unclassified_call_count,
        managed_auth_distinct_user_count as managed_auth_user_count,
        individual_auth_distinct_user_count as individual_auth_user_count,

        -- dates and timestamps
        date_day,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
