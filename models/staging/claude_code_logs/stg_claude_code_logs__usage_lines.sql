with

source as (

    select * from {{ source('claude_code_logs', 'usage_lines') }}

),

renamed as (

    select
        -- ids
        line_key,
        session_id,
        message_id,
        request_id,
        line_uuid,
        agent_id,
        {{ dbt.hash('project_dir') }} as project_dir_key,

        -- strings
        lower(model) as raw_claude_model_id,
        client_version,
        entrypoint,
        lower(service_tier) as service_tier,
        nullif(lower(speed), 'standard') as speed,
        nullif(lower(inference_geo), 'not_available') as inference_geo,

        -- numerics
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_creation_tokens as cache_write_tokens,
        cache_creation_5m_tokens as cache_write_5m_tokens,
        cache_creation_1h_tokens as cache_write_1h_tokens,
        web_search_count,
        web_fetch_count,
        code_execution_count,
        cast(cost_usd as decimal(18, 10)) as reported_cost_usd,

        -- booleans
        coalesce(is_sidechain, false) as is_sidechain,
        coalesce(is_subagent_file, false) as is_subagent_file,
        coalesce(is_api_error, false) as is_api_error,
        coalesce(model = '<synthetic>', false) as is_synthetic,

        -- dates and timestamps
        date_day,
        logged_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
