with

source as (

    select * from {{ source('pricing', 'token_price_overlay') }}

),

renamed as (

    select
        -- ids
        {{ claude_model_id_part('claude_model_id', 'id') }} as claude_model_id,

        -- strings
        lower(platform) as platform,
        lower(speed) as speed,
        source_note,
        confidence,

        -- numerics
        cast(min_prompt_tokens as bigint) as min_prompt_tokens,
        cast(input_usd_per_mtok as decimal(12, 6)) as input_usd_per_mtok,
        cast(output_usd_per_mtok as decimal(12, 6)) as output_usd_per_mtok,
        cast(cache_write_5m_usd_per_mtok as decimal(12, 6)) as cache_write_5m_usd_per_mtok,
        cast(cache_write_1h_usd_per_mtok as decimal(12, 6)) as cache_write_1h_usd_per_mtok,
        cast(cache_read_usd_per_mtok as decimal(12, 6)) as cache_read_usd_per_mtok,

        -- dates and timestamps
        valid_from_date,
        valid_to_date,
        source_checked_date

    from source

)

select * from renamed
