with

source as (

    select * from {{ source('claude_code_otel', 'events') }}

),

renamed as (

    select
        -- ids
        event_key,
        session_id,
        prompt_id,
        organization_id,
        request_id,
        client_request_id,
        tool_use_id,
        {{ strongest_identity('kind') }} as identity_kind,
        {{ strongest_identity('value') }} as identity_value,
        user_account_id,
        user_account_uuid,
        lower(user_email) as user_email,
        enduser_id,
        user_id,

        -- strings
        event_name,
        lower(model) as raw_claude_model_id,
        query_source,
        nullif(lower(speed), 'normal') as speed,
        effort,
        tool_name,
        tool_source,
        decision,
        decision_source,
        decision_type,
        status_code,
        error_type,
        provider,
        terminal_type,
        app_entrypoint as entrypoint,
        service_name,
        service_version as client_version,
        department,
        team_id,
        cost_center,
        vcs_repository_url as repository_url,
        agent_name,
        skill_name,
        plugin_name,
        mcp_server_name,
        mcp_tool_name,
        git_commit_id,

        -- numerics
        event_sequence,
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_creation_tokens as cache_write_tokens,
        cache_creation_5m_tokens as cache_write_5m_tokens,
        cache_creation_1h_tokens as cache_write_1h_tokens,
        cast(cost_usd as decimal(18, 10)) as reported_cost_usd,
        duration_ms,
        attempt as attempt_count,
        total_attempts as total_attempt_count,
        prompt_length,
        response_length,

        -- booleans
        success as is_success,

        -- dates and timestamps
        date_day,
        event_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
