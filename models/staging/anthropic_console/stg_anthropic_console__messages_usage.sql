with

source as (

    select * from {{ source('anthropic_console', 'messages_usage') }}

),

renamed as (

    select
        -- ids
        row_key,
        api_key_id,
        workspace_id,
        account_id as user_id,
        service_account_id,
        lower(model) as raw_claude_model_id,

        -- strings
        lower(service_tier) as service_tier,
        lower(context_window) as context_window,
        lower(inference_geo) as inference_geo,
        lower(speed) as speed,
        group_by_json,

        -- numerics
        uncached_input_tokens as input_tokens,
        output_tokens,
        cache_read_input_tokens as cache_read_tokens,
        cache_creation__ephemeral_5m_input_tokens as cache_write_5m_tokens,
        cache_creation__ephemeral_1h_input_tokens as cache_write_1h_tokens,
        server_tool_use__web_search_requests as web_search_count,

        -- dates and timestamps
        date_day,
        starting_at as bucket_started_at,
        ending_at as bucket_ended_at,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
