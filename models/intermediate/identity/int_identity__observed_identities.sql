{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='identity_tuple_key',
        on_schema_change='fail',
        schema='identity'
    )
}}

-- Which ids appeared together on one telemetry row. Kept as it grows, so that resolving
-- identities never reads the whole history again.
with

events as (

    select distinct
        user_account_id,
        user_account_uuid,
        user_email,
        enduser_id,
        user_id

    from {{ ref('stg_claude_code_otel__events') }}
    {% if is_incremental() %}
    where date_day in ({{ landed_days(telemetry_landings()) }})
    {% endif %}

),

metric_points as (

    select distinct
        user_account_id,
        user_account_uuid,
        user_email,
        enduser_id,
        user_id

    from {{ ref('stg_claude_code_otel__metric_points') }}
    {% if is_incremental() %}
    where date_day in ({{ landed_days(telemetry_landings()) }})
    {% endif %}

),

tuples as (

    select * from events
    union
    select * from metric_points

),

final as (

    select
        {{
            surrogate_key([
                'user_account_id', 'user_account_uuid', 'user_email', 'enduser_id', 'user_id'
            ])
        }} as identity_tuple_key,
        user_account_id,
        user_account_uuid,
        user_email,
        enduser_id,
        user_id,
        {{ newest_observation() }} as observed_through_at

    from tuples

    where
        coalesce(user_account_id, user_account_uuid, user_email, enduser_id, user_id) is not null

)

select * from final
