-- A tier without a base price on its days would leave short prompts of the model unpriced.
with

tiers as (

    select * from {{ ref('token_prices') }}
    where min_prompt_tokens > 0

),

base_rows as (

    select
        platform,
        claude_model_id,
        speed,
        min(valid_from_date) as first_date,
        max(coalesce(valid_to_date, cast('9999-12-31' as date))) as until_date

    from {{ ref('token_prices') }}

    where min_prompt_tokens = 0

    group by platform, claude_model_id, speed

),

final as (

    select
        tiers.claude_model_id,
        tiers.speed,
        tiers.valid_from_date

    from tiers

    left join base_rows
        on
            tiers.platform = base_rows.platform
            and tiers.claude_model_id = base_rows.claude_model_id
            and tiers.speed = base_rows.speed

    where
        base_rows.first_date is null
        or tiers.valid_from_date < base_rows.first_date
        or coalesce(tiers.valid_to_date, cast('9999-12-31' as date)) > base_rows.until_date

)

select * from final
