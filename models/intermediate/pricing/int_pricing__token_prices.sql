{{ config(materialized='table') }}

-- One row holds all that prices a request of a model on a day: the ranges of every input are cut
-- at each other's ends, so that a request meets one row and the join needs no ranking.
with

price_rows as (

    select * from {{ ref('int_pricing__price_rows') }}

),

modifiers as (

    select
        modifier,
        factor,
        applies_from_generation,
        valid_from_date,
        valid_to_date

    from {{ ref('price_modifiers') }}

),

search_prices as (

    select
        usd_per_unit,
        valid_from_date,
        valid_to_date

    from {{ ref('unit_prices') }}

    where unit = 'web_search'

),

generations as (

    select
        claude_model_id,
        model_generation

    from {{ ref('model_lifecycle') }}

),

shared_days as (

    select valid_from_date as cut_date from modifiers
    union
    select valid_to_date as cut_date from modifiers
    union
    select valid_from_date as cut_date from search_prices
    union
    select valid_to_date as cut_date from search_prices

),

series as (

    select distinct
        platform,
        claude_model_id,
        speed

    from price_rows

),

cuts as (

    select
        platform,
        claude_model_id,
        speed,
        valid_from_date as cut_date

    from price_rows

    union

    select
        platform,
        claude_model_id,
        speed,
        valid_to_date as cut_date

    from price_rows

    union

    select
        series.platform,
        series.claude_model_id,
        series.speed,
        shared_days.cut_date

    from series

    cross join shared_days

),

ranges as (

    select
        platform,
        claude_model_id,
        speed,
        cut_date as valid_from_date,
        lead(cut_date) over (
            partition by platform, claude_model_id, speed
            order by cut_date
        ) as valid_to_date

    from cuts

    where cut_date is not null

),

ranked as (

    select
        ranges.platform,
        ranges.claude_model_id,
        ranges.speed,
        ranges.valid_from_date,
        ranges.valid_to_date,
        price_rows.min_prompt_tokens,
        price_rows.input_usd_per_mtok,
        price_rows.output_usd_per_mtok,
        price_rows.cache_write_5m_usd_per_mtok,
        price_rows.cache_write_1h_usd_per_mtok,
        price_rows.cache_read_usd_per_mtok,
        price_rows.price_source,
        row_number() over (
            partition by
                ranges.platform,
                ranges.claude_model_id,
                ranges.speed,
                ranges.valid_from_date,
                price_rows.min_prompt_tokens
            order by price_rows.precedence desc, price_rows.valid_from_date desc
        ) as price_rank

    from ranges

    inner join price_rows
        on
            ranges.platform = price_rows.platform
            and ranges.claude_model_id = price_rows.claude_model_id
            and ranges.speed = price_rows.speed
            and ranges.valid_from_date >= price_rows.valid_from_date
            and (
                price_rows.valid_to_date is null
                or ranges.valid_from_date < price_rows.valid_to_date
            )

),

tiers as (

    select
        ranked.*,
        lead(ranked.min_prompt_tokens) over (
            partition by
                ranked.platform, ranked.claude_model_id, ranked.speed, ranked.valid_from_date
            order by ranked.min_prompt_tokens
        ) as next_min_prompt_tokens

    from ranked

    where ranked.price_rank = 1

),

-- A model that the lifecycle seed does not know is newer than every generation in it.
factors as (

    select
        tiers.platform,
        tiers.claude_model_id,
        tiers.speed,
        tiers.valid_from_date,
        tiers.min_prompt_tokens,
        max(case when modifiers.modifier = 'batch' then modifiers.factor end) as batch_factor,
        max(case when modifiers.modifier = 'inference_geo_us' then modifiers.factor end)
            as us_geography_factor,
        max(case when modifiers.modifier = 'regional_endpoint' then modifiers.factor end)
            as regional_endpoint_factor,
        max(case when modifiers.modifier = 'govcloud' then modifiers.factor end)
            as government_endpoint_factor

    from tiers

    left join generations
        on tiers.claude_model_id = generations.claude_model_id

    inner join modifiers
        on
            tiers.valid_from_date >= modifiers.valid_from_date
            and (
                modifiers.valid_to_date is null
                or tiers.valid_from_date < modifiers.valid_to_date
            )
            and coalesce(generations.model_generation, 99.0)
            >= coalesce(modifiers.applies_from_generation, 0.0)

    group by
        tiers.platform,
        tiers.claude_model_id,
        tiers.speed,
        tiers.valid_from_date,
        tiers.min_prompt_tokens

),

final as (

    select
        tiers.platform,
        tiers.claude_model_id,
        tiers.speed,
        tiers.min_prompt_tokens,
        tiers.price_source,

        -- The join compares with closed bounds only, so that it hashes on the three keys above.
        case when tiers.min_prompt_tokens = 0 then 0 else tiers.min_prompt_tokens + 1 end
            as from_prompt_tokens,
        coalesce(tiers.next_min_prompt_tokens + 1, 1000000000000) as until_prompt_tokens,
        coalesce(tiers.valid_to_date, cast('9999-12-31' as date)) as until_date,

        tiers.input_usd_per_mtok,
        tiers.output_usd_per_mtok,
        tiers.cache_write_5m_usd_per_mtok,
        tiers.cache_write_1h_usd_per_mtok,
        tiers.cache_read_usd_per_mtok,
        search_prices.usd_per_unit as web_search_usd,
        cast(coalesce(factors.batch_factor, 1) as decimal(6, 4)) as batch_factor,
        cast(coalesce(factors.us_geography_factor, 1) as decimal(6, 4)) as us_geography_factor,
        cast(coalesce(factors.regional_endpoint_factor, 1) as decimal(6, 4))
            as regional_endpoint_factor,
        cast(coalesce(factors.government_endpoint_factor, 1) as decimal(6, 4))
            as government_endpoint_factor,
        tiers.valid_from_date,
        tiers.valid_to_date

    from tiers

    left join factors
        on
            tiers.platform = factors.platform
            and tiers.claude_model_id = factors.claude_model_id
            and tiers.speed = factors.speed
            and tiers.valid_from_date = factors.valid_from_date
            and tiers.min_prompt_tokens = factors.min_prompt_tokens

    left join search_prices
        on
            tiers.valid_from_date >= search_prices.valid_from_date
            and (
                search_prices.valid_to_date is null
                or tiers.valid_from_date < search_prices.valid_to_date
            )

)

select * from final
