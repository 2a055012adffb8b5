with

source as (

    select * from {{ source('claude_code_otel', 'metric_points') }}

),

renamed as (

    select
        -- ids
        point_key,
        series_key,
        session_id,
        organization_id,
        {{ strongest_identity('kind') }} as identity_kind,
        {{ strongest_identity('value') }} as identity_value,
        user_account_id,
        user_account_uuid,
        lower(user_email) as user_email,
        enduser_id,
        user_id,

        -- strings
        metric_name,
        metric_kind,
        unit,
        metric_type,
        lower(model) as raw_claude_model_id,
        query_source,
        lower(speed) as speed,
        effort,
        start_type,
        tool_name,
        decision,
        decision_source,
        language,
        agent_name,
        skill_name,
        plugin_name,
        mcp_server_name,
        mcp_tool_name,
        provider,
        terminal_type,
        app_entrypoint as entrypoint,
        service_name,
        service_version as client_version,
        department,
        team_id,
        cost_center,
        vcs_repository_url as repository_url,

        -- numerics
        temporality,
        start_time_unix_nano,
        time_unix_nano,
        value as point_value,

        -- booleans
        coalesce(is_monotonic, false) as is_monotonic,

        -- dates and timestamps
        date_day,
        start_at as interval_started_at,
        point_at as interval_ended_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
