with

source as (

    select * from {{ source('anthropic_exports', 'spend_report') }}

),

renamed as (

    select
        -- ids
        row_key,
        part_key,
        account_uuid as user_account_uuid,
        user_id,
        slack_channel_id,
        teams_channel_id,
        lower(model) as raw_claude_model_id,

        -- strings
        feed_name,
        lower(user_email) as user_email,
        product as product_name,
        model_family as raw_claude_model_family,
        source_file,

        -- numerics
        total_requests as request_count,
        total_prompt_tokens as prompt_tokens,
        total_completion_tokens as output_tokens,
        total_uncached_input_tokens as input_tokens,
        total_cache_read_tokens as cache_read_tokens,
        total_cache_write_5m_tokens as cache_write_5m_tokens,
        total_cache_write_1h_tokens as cache_write_1h_tokens,
        total_web_search_count as web_search_count,
        cast(total_net_spend_usd as decimal(28, 10)) as net_spend_usd,
        cast(total_gross_spend_usd as decimal(28, 10)) as gross_spend_usd,

        -- dates and timestamps
        date_day,
        period_start_date,
        period_end_date,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
