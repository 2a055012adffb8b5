with

source as (

    select * from {{ source('anthropic_console', 'cost_report') }}

),

renamed as (

    select
        -- ids
        row_key,
        workspace_id,
        lower(model) as raw_claude_model_id,

        -- strings
        nullif(trim(description), '') as cost_description,
        lower(cost_type) as cost_type,
        lower(token_type) as token_type,
        lower(service_tier) as service_tier,
        lower(context_window) as context_window,
        lower(inference_geo) as inference_geo,
        lower(speed) as speed,
        upper(currency) as currency,
        group_by_json,

        -- numerics
        {{ cents_to_usd('amount', 'currency') }} as reported_cost_usd,

        -- dates and timestamps
        date_day,
        starting_at as bucket_started_at,
        ending_at as bucket_ended_at,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
