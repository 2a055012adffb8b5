{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='date_day',
        on_schema_change='fail',
        post_hook="{{ delete_stale_days(cost_landings()) }}"
    )
}}

-- What an invoice should bill, by the day and as far as a source other than the invoice tells it:
-- reports of the vendor, and for the clouds the list cost of telemetry.
-- depends_on: {{ ref('int_ingestion__changed_days') }}, {{ ref('int_cost__token_candidates') }}
-- depends_on: {{ ref('int_billing__workspaces') }}
{% if is_incremental() %}
{% set rebuilt_days %}
    {{ changed_days(cost_landings()) }}
    union
    {{ days_since_build(ref('int_cost__token_candidates'), 'observed_through_at', 0) }}
    union
    {{ recentred_days() }}
{% endset %}
{% endif %}
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

    {% if is_incremental() %}
    where {{ day_filter('date_day', rebuilt_days) }}
    {% endif %}

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
    {% if is_incremental() %}
        and {{ day_filter('date_day', rebuilt_days) }}
    {% endif %}

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
