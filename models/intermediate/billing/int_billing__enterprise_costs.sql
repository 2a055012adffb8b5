{{ config(materialized='incremental', incremental_strategy='stale_days') }}

-- Stored, because a row per person, product and model of each day is too much to read again daily.
-- `amount` is what is left after the contract's discount; `list_amount` is list value, which
-- `fct_token_cost_daily` tells. Neither holds seat fees.
{% set days = stale_days(stale_by(billing_landings())) %}
with

user_costs as (

    select * from {{ ref('stg_anthropic_enterprise__user_cost_report') }}

    where {{ in_days('date_day', days) }}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}
    where identity_kind = 'account_id'

),

model_ids as (

    select * from {{ ref('int_pricing__model_ids') }}

),

of_users as (

    select
        user_costs.date_day,
        coalesce(aliases.person_key, '-1') as person_key,
        coalesce(aliases.actor_key, '-1') as actor_key,
        {{ product_surface('user_costs.product') }} as surface,
        coalesce(model_ids.claude_model_id, '-1') as claude_model_id,
        coalesce(user_costs.token_type, user_costs.cost_type, 'all') as charge_kind,
        user_costs.currency,
        user_costs.reported_cost_usd

    from user_costs

    left join aliases
        on
            user_costs.user_id = aliases.identity_value
            and {{ alias_holds('user_costs.date_day', 'aliases') }}

    left join model_ids
        on user_costs.raw_claude_model_id = model_ids.raw_claude_model_id

),

-- Of its groups the report tells the largest hundred, so only the ungrouped total is whole.
totals as (

    select
        date_day,
        currency,
        sum(reported_cost_usd) as reported_cost_usd

    from {{ ref('stg_anthropic_enterprise__cost_report') }}

    where
        cut = 'total'
        and {{ in_days('date_day', days) }}

    group by date_day, currency

),

sums_of_users as (

    select
        date_day,
        currency,
        sum(reported_cost_usd) as reported_cost_usd

    from user_costs

    group by date_day, currency

),

-- Never cut off at zero: users that cost more than their organisation are a fault to be seen.
of_nobody as (

    select
        totals.date_day,
        '-1' as person_key,
        '-1' as actor_key,
        'other' as surface,
        '-1' as claude_model_id,
        'all' as charge_kind,
        totals.currency,
        totals.reported_cost_usd - coalesce(sums_of_users.reported_cost_usd, 0)
            as reported_cost_usd

    from totals

    left join sums_of_users
        on
            totals.date_day = sums_of_users.date_day
            and totals.currency = sums_of_users.currency

),

told as (

    select
        *,
        'enterprise_user_cost_report' as source_id
    from of_users

    union all

    select
        *,
        'enterprise_cost_report' as source_id
    from of_nobody
    where reported_cost_usd != 0

),

added as (

    select
        date_day,
        person_key,
        actor_key,
        surface,
        claude_model_id,
        charge_kind,
        source_id,
        currency,
        sum(reported_cost_usd) as reported_cost_usd

    from told

    group by
        date_day,
        person_key,
        actor_key,
        surface,
        claude_model_id,
        charge_kind,
        source_id,
        currency

),

memberships as (

    select * from {{ ref('int_identity__memberships') }}

),

final as (

    select
        added.date_day,
        added.person_key,
        added.actor_key,
        coalesce(memberships.org_unit_key, '-1') as org_unit_key,
        added.surface,
        added.claude_model_id,
        added.charge_kind,
        added.source_id,
        added.currency,
        cast(added.reported_cost_usd as decimal(28, 10)) as reported_cost_usd,
        {{ observed_through_at() }} as observed_through_at

    from added

    left join memberships
        on
            added.person_key = memberships.person_key
            and {{ membership_holds('added.date_day', 'memberships') }}

)

select * from final
