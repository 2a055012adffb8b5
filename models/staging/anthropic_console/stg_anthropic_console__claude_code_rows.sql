with

source as (

    select * from {{ source('anthropic_console', 'claude_code_rows') }}

),

renamed as (

    select
        -- ids
        row_key,
        organization_id,

        -- strings
        lower(actor__type) as actor_type,
        nullif(lower(trim(actor__email_address)), '') as user_email,
        nullif(trim(actor__api_key_name), '') as api_key_name,
        lower(customer_type) as customer_type,
        lower(subscription_type) as subscription_type,
        lower(terminal_type) as terminal_type,
        other_tool_actions_json,

        -- numerics
        core_metrics__num_sessions as session_count,
        core_metrics__lines_of_code__added as lines_added_count,
        core_metrics__lines_of_code__removed as lines_removed_count,
        core_metrics__commits_by_claude_code as commit_count,
        core_metrics__pull_requests_by_claude_code as pull_request_count,
        tool_actions__edit_tool__accepted as edit_accepted_count,
        tool_actions__edit_tool__rejected as edit_rejected_count,
        tool_actions__multi_edit_tool__accepted as multi_edit_accepted_count,
        tool_actions__multi_edit_tool__rejected as multi_edit_rejected_count,
        tool_actions__write_tool__accepted as write_accepted_count,
        tool_actions__write_tool__rejected as write_rejected_count,
        tool_actions__notebook_edit_tool__accepted as notebook_edit_accepted_count,
        tool_actions__notebook_edit_tool__rejected as notebook_edit_rejected_count,

        -- booleans
        is_remote,

        -- dates and timestamps
        date_day,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
