{{
    config(
        materialized='incremental',
        incremental_strategy='stale_days',
        meta={'whole': "cost_kind != 'reported'"}
    )
}}

{% set days = stale_days(stale_by(billing_landings(), causes=['people', 'cost_centres'])) %}
with

reported as (

    select
        'reported' as cost_kind,
        date_day as period_start_date,
        date_day as period_end_date,
        'usage' as line_kind,
        channel,
        surface,
        person_key,
        actor_key,
        org_unit_key,
        workspace_key,
        cost_centre,
        claude_model_id,
        charge_kind,
        source_id,
        '-1' as issuer,
        '-1' as invoice_id,
        currency,
        -- By way of the mart's own width, as to round a wide decimal is slow.
        cast(cast(reported_cost_usd as decimal(18, 10)) as decimal(18, 8)) as billed_value,
        1 as usd_per_unit,
        reported_cost_usd,
        cast(null as decimal(18, 10)) as extra_usage_cost_usd,
        cast(null as decimal(18, 10)) as invoiced_cost_usd

    from {{ ref('int_billing__reported_costs') }}

    where {{ in_days('date_day', days) }}

),

-- A newer report or rate changes periods that begin on other days than its own: whenever anything
-- has changed, all of them are made again. They are few.
periods as (

    select
        cost_kind,
        period_start_date,
        period_end_date,
        line_kind,
        channel,
        surface,
        person_key,
        '-1' as actor_key,
        org_unit_key,
        '-1' as workspace_key,
        cost_centre,
        claude_model_id,
        'all' as charge_kind,
        source_id,
        issuer,
        invoice_id,
        currency,
        cast(billed_value as decimal(18, 8)) as billed_value,
        usd_per_unit,
        cast(null as decimal(18, 10)) as reported_cost_usd,
        extra_usage_cost_usd,
        invoiced_cost_usd

    from {{ ref('int_billing__period_costs') }}

    {% if days == [] %}
    where false
    {% endif %}

),

costs as (

    select * from reported
    union all
    select * from periods

),

final as (

    select
        {{
            surrogate_key([
                'cost_kind', 'period_start_date', 'period_end_date', 'line_kind', 'channel',
                'surface', 'person_key', 'actor_key', 'workspace_key', 'cost_centre',
                'claude_model_id', 'charge_kind', 'source_id', 'issuer', 'invoice_id', 'currency'
            ])
        }} as billed_cost_key,
        period_start_date as date_day,
        period_start_date,
        period_end_date,
        cost_kind,
        line_kind,
        channel,
        surface,
        person_key,
        actor_key,
        org_unit_key,
        workspace_key,
        cost_centre,
        claude_model_id,
        charge_kind,
        source_id,
        invoice_id,
        currency,
        billed_value,
        cast(usd_per_unit as decimal(18, 10)) as usd_per_unit,
        cast(reported_cost_usd as decimal(18, 10)) as reported_cost_usd,
        cast(extra_usage_cost_usd as decimal(18, 10)) as extra_usage_cost_usd,
        cast(invoiced_cost_usd as decimal(18, 10)) as invoiced_cost_usd,
        {{ observed_through_at() }} as observed_through_at

    from costs

)

select * from final
