{{ config(materialized='incremental', incremental_strategy='stale_days') }}

-- What an invoice should bill, by the day and as far as a source other than the invoice tells it:
-- reports of the vendor, and for the clouds the list cost of telemetry.
{% set stale = stale_by(
    cost_landings(),
    causes=['people', 'cost_centres'],
    inputs={'int_cost__token_candidates': 0},
) %}
{% set days = stale_days(stale) %}
with

reported as (

    select
        date_day,
        channel,
        workspace_key,
        cost_centre,
        sum(reported_cost_usd) as cost_usd,
        0 as unpriced_count

    from {{ ref('int_billing__reported_costs') }}

    where {{ in_days('date_day', days) }}

    group by date_day, channel, workspace_key, cost_centre

),

clouds as (

    select
        date_day,
        channel,
        '-1' as workspace_key,
        'unattributed' as cost_centre,
        sum(list_cost_usd) as cost_usd,
        sum(part_count - priced_part_count) as unpriced_count

    from {{ ref('int_cost__token_candidates') }}

    where
        channel in ('bedrock', 'vertex')
        and candidate_status = 'chosen'
        and {{ in_days('date_day', days) }}

    group by date_day, channel

),

told as (

    select * from reported
    union all
    select * from clouds

),

final as (

    select
        {{ surrogate_key(['date_day', 'channel', 'workspace_key', 'cost_centre']) }}
            as reported_day_key,
        date_day,
        channel,
        workspace_key,
        cost_centre,
        cast(cost_usd as decimal(28, 10)) as cost_usd,
        cast(unpriced_count as bigint) as unpriced_count,
        {{ observed_through_at() }} as observed_through_at

    from told

)

select * from final
