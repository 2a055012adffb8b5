with

source as (

    select * from {{ source('anthropic_enterprise', 'spend_limits') }}

),

renamed as (

    select
        -- ids
        row_key,
        spend_limit_id,
        actor__user_id as user_id,
        source__rbac_group_id as rbac_group_id,
        scope__user_id as scope_user_id,
        source__user_id as origin_user_id,

        -- strings
        nullif(lower(trim(actor__email_address)), '') as user_email,
        lower(actor__type) as actor_type,
        lower(scope__type) as scope_type,
        lower(period) as limit_period,
        lower(source__type) as limit_origin,
        lower(source__seat_tier) as seat_tier,
        lower(source__service) as service,
        upper(currency) as currency,

        -- numerics
        cast(cast(amount as decimal(26, 8)) * 0.01 as decimal(28, 10)) as limit_amount,
        cast(cast(period_to_date_spend as decimal(26, 8)) * 0.01 as decimal(28, 10))
            as period_to_date_amount,

        -- booleans
        amount is null as is_unlimited,
        actor__deleted as is_deleted,

        -- dates and timestamps
        date_day,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
