with

source as (

    select * from {{ source('anthropic_enterprise', 'cost_report') }}

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
        lower(cost_type) as cost_type,
        lower(token_type) as token_type,
        upper(currency) as currency,
        group_by_json,

        -- numerics
        {{ cents_to_usd('amount', 'currency') }} as reported_cost_usd,
        {{ cents_to_usd('list_amount', 'currency') }} as reported_list_cost_usd,
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
