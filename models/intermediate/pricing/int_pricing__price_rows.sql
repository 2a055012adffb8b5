-- Every row that could price a request on a platform, with its rank: rows of the platform itself
-- go before those of Anthropic's own API, and within each the overlay before the seed.
with

seed_rows as (

    select
        platform,
        claude_model_id,
        speed,
        min_prompt_tokens,
        input_usd_per_mtok,
        output_usd_per_mtok,
        cache_write_5m_usd_per_mtok,
        cache_write_1h_usd_per_mtok,
        cache_read_usd_per_mtok,
        valid_from_date,
        valid_to_date,
        'seed' as price_source

    from {{ ref('token_prices') }}

),

overlay_rows as (

    select
        site_rows.platform,
        aliases.claude_model_id,
        site_rows.speed,
        site_rows.min_prompt_tokens,
        site_rows.input_usd_per_mtok,
        site_rows.output_usd_per_mtok,
        site_rows.cache_write_5m_usd_per_mtok,
        site_rows.cache_write_1h_usd_per_mtok,
        site_rows.cache_read_usd_per_mtok,
        site_rows.valid_from_date,
        site_rows.valid_to_date,
        'overlay' as price_source

    from {{ ref('stg_pricing__token_price_overlay') }} as site_rows

    inner join {{ ref('int_pricing__model_aliases') }} as aliases
        on site_rows.claude_model_id = aliases.model_alias

),

price_rows as (

    select * from seed_rows
    union all
    select * from overlay_rows

),

-- The platforms that a model id can tell, whether or not they have rows of their own.
platforms as (

    select 'anthropic' as platform
    union all
    select 'bedrock' as platform
    union all
    select 'google_cloud' as platform

),

final as (

    select
        platforms.platform,
        price_rows.claude_model_id,
        price_rows.speed,
        price_rows.min_prompt_tokens,
        price_rows.input_usd_per_mtok,
        price_rows.output_usd_per_mtok,
        price_rows.cache_write_5m_usd_per_mtok,
        price_rows.cache_write_1h_usd_per_mtok,
        price_rows.cache_read_usd_per_mtok,
        price_rows.valid_from_date,
        price_rows.valid_to_date,
        price_rows.price_source,
        case when price_rows.platform = platforms.platform then 2 else 0 end
        + case when price_rows.price_source = 'overlay' then 1 else 0 end as precedence

    from price_rows

    inner join platforms
        on price_rows.platform in ('anthropic', platforms.platform)

)

select * from final
