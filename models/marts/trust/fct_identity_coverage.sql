{{ config(materialized='incremental', incremental_strategy='stale_days') }}

-- How much of what each source tells has somebody's name to it, whether it was counted or not.
{% set stale = stale_by(
    usage_landings(),
    causes=['people', 'prices'],
    margin=1,
    inputs={'int_usage__candidates': 0, 'int_cost__token_candidates': 0},
) %}
{% set days = stale_days(stale) %}
with

told as (

    select
        date_day,
        source_id,
        channel,
        surface,
        person_key,
        actor_key,
        activity_status = 'suppressed' as is_suppressed,
        1 as activity_count,
        cast(null as decimal(28, 10)) as list_cost_usd
    from {{ ref('int_usage__candidates') }}
    where
        is_active
        and {{ in_days('date_day', days) }}

    union all

    select
        date_day,
        source_id,
        channel,
        surface,
        person_key,
        actor_key,
        candidate_status = 'suppressed' as is_suppressed,
        0 as activity_count,
        list_cost_usd
    from {{ ref('int_cost__token_candidates') }}
    where {{ in_days('date_day', days) }}

),

resolved_people as (

    select distinct person_key
    from {{ ref('int_identity__aliases') }}
    where
        is_resolved
        and person_key != '-1'

),

named as (

    select
        told.date_day,
        told.source_id,
        told.channel,
        told.surface,
        told.activity_count,
        told.list_cost_usd,
        told.is_suppressed,
        told.actor_key != '-1' or resolved_people.person_key is not null as is_resolved

    from told

    left join resolved_people
        on told.person_key = resolved_people.person_key

),

daily as (

    select
        date_day,
        source_id,
        channel,
        surface,
        sum(activity_count) as activity_count,
        sum(case when is_resolved then activity_count else 0 end) as resolved_activity_count,
        sum(case when is_suppressed and not is_resolved then activity_count else 0 end)
            as suppressed_activity_count,
        sum(list_cost_usd) as list_cost_usd,
        sum(
            case
                when is_resolved then list_cost_usd
                when list_cost_usd is not null then 0
            end
        ) as list_cost_resolved_usd,
        sum(
            case
                when is_suppressed and not is_resolved then list_cost_usd
                when list_cost_usd is not null then 0
            end
        ) as list_cost_suppressed_usd

    from named

    group by date_day, source_id, channel, surface

),

final as (

    select
        {{ surrogate_key(['date_day', 'source_id', 'channel', 'surface']) }}
            as identity_coverage_key,
        date_day,
        source_id,
        channel,
        surface,
        cast(activity_count as bigint) as activity_count,
        cast(resolved_activity_count as bigint) as resolved_activity_count,
        cast(suppressed_activity_count as bigint) as suppressed_activity_count,
        cast(list_cost_usd as decimal(18, 10)) as list_cost_usd,
        cast(list_cost_resolved_usd as decimal(18, 10)) as list_cost_resolved_usd,
        cast(list_cost_suppressed_usd as decimal(18, 10)) as list_cost_suppressed_usd,
        {{ observed_through_at() }} as observed_through_at

    from daily

)

select * from final
