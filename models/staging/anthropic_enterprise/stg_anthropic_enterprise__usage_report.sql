with

source as (

    select * from {{ source('anthropic_enterprise', 'usage_report') }}

),

renamed as (

    select
        -- ids
        row_key,
        lower(model) as raw_claude_model_id,
        rbac_group_id,
        slack_channel_id,
        claude_tag_user_id,

        -- strings
        cut,
        {{ enterprise_product('product') }} as product,
        lower(context_window) as context_window,
        lower(inference_geo) as inference_geo,
        lower(speed) as speed,
        lower(claude_tag_category) as claude_tag_category,
        group_by_json,

        -- numerics
        uncached_input_tokens as input_tokens,
        output_tokens,
        cache_read_input_tokens as cache_read_tokens,
        cache_creation__ephemeral_5m_input_tokens as cache_write_5m_tokens,
        cache_creation__ephemeral_1h_input_tokens as cache_write_1h_tokens,
        server_tool_use__web_search_requests as web_search_count,
        requests as request_count,

        -- dates and timestamps
        date_day,
        starting_at as bucket_started_at,
        ending_at as bucket_ended_at,
        data_refreshed_at,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
