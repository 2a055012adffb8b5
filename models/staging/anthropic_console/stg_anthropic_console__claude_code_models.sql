with

source as (

    select * from {{ source('anthropic_console', 'claude_code_models') }}

),

renamed as (

    select
        -- ids
        row_key,
        parent_row_key as claude_code_row_key,
        lower(model) as raw_claude_model_id,

        -- strings
        upper(estimated_cost__currency) as currency,

        -- numerics
        tokens__input as input_tokens,
        tokens__output as output_tokens,
        tokens__cache_read as cache_read_tokens,
        tokens__cache_creation as cache_write_tokens,
        {{ cents_to_usd('estimated_cost__amount', 'estimated_cost__currency') }}
            as reported_cost_usd,

        -- dates and timestamps
        date_day,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
