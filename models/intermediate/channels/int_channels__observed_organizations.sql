{{
    config(
        materialized='incremental',
        incremental_strategy='stale_days',
        schema='identity',
        meta={'unit': 'organization_tuple_key'}
    )
}}

-- Which accounts were signed in to which organisation. Kept as it grows, so that learning who an
-- organisation is never reads the whole history again.
{% set days = stale_days(stale_by(telemetry_landings(), causes=[])) %}
with

events as (

    select distinct
        organization_id,
        user_account_id,
        user_account_uuid,
        user_email

    from {{ ref('stg_claude_code_otel__events') }}

    where organization_id is not null
        and {{ in_days('date_day', days) }}

),

metric_points as (

    select distinct
        organization_id,
        user_account_id,
        user_account_uuid,
        lower(user_email) as user_email

    from {{ ref('stg_claude_code_otel__metric_points') }}

    where organization_id is not null
        and {{ in_days('date_day', days) }}

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
                'organization_id', 'user_account_id', 'user_account_uuid', 'user_email'
            ])
        }} as organization_tuple_key,
        organization_id,
        user_account_id,
        user_account_uuid,
        user_email,
        {{ newest_observation() }} as observed_through_at

    from tuples

)

select * from final
