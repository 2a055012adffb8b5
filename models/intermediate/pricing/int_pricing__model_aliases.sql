-- A model that only the overlay knows is priced under the id the overlay gives it.
with

seeded as (

    select
        model_alias,
        claude_model_id

    from {{ ref('model_aliases') }}

),

overlay_ids as (

    select distinct claude_model_id from {{ ref('stg_pricing__token_price_overlay') }}

),

own_ids as (

    select
        overlay_ids.claude_model_id as model_alias,
        overlay_ids.claude_model_id

    from overlay_ids

    left join seeded
        on overlay_ids.claude_model_id = seeded.model_alias

    where seeded.model_alias is null

),

final as (

    select
        model_alias,
        claude_model_id

    from seeded

    union all

    select
        model_alias,
        claude_model_id

    from own_ids

)

select * from final
