{{
    config(
        materialized='incremental',
        incremental_strategy='stale_days',
        on_schema_change='fail'
    )
}}

{% set views = [
    'int_usage__enterprise_activity',
    'int_usage__enterprise_reports',
    'int_usage__console_claude_code',
    'int_usage__console_api',
    'int_usage__telemetry',
] %}
{% set groups = usage_counters() %}

-- What each source says of a day of somebody, and whether it is taken. Telemetry of one request can
-- fall on either side of midnight, so a changed day rebuilds its neighbours.
{% set stale = stale_by(
    usage_landings(),
    margin=1,
    inputs={'int_claude_code__source_totals': 0},
) %}
{% set days = stale_days(stale) %}
with

candidates as (

    {% for view in views %}
    select * from {{ ref(view) }}
    where {{ in_days('date_day', days) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

source_ranks as (

    select * from {{ ref('int_usage__source_ranks') }}

),

covered_days as (

    select * from {{ ref('int_usage__covered_days') }}

),

-- Somebody of whom only an installation is known.
unresolved_people as (

    select person_key
    from {{ ref('int_identity__aliases') }}
    group by person_key
    having max(case when is_resolved then 1 else 0 end) = 0

),

ranked as (

    select
        candidates.*,
        source_ranks.activity_rank,
        source_ranks.contribution_rank,
        source_ranks.tool_decisions_rank,
        not coalesce(source_ranks.sees_everybody, false)
        and covered_days.date_day is not null
        and (
            (candidates.person_key = '-1' and candidates.actor_key = '-1')
            or unresolved_people.person_key is not null
        ) as is_suppressed

    from candidates

    left join source_ranks
        on
            candidates.surface = source_ranks.surface
            and candidates.channel = source_ranks.channel
            and candidates.source_id = source_ranks.source_id

    left join covered_days
        on
            candidates.date_day = covered_days.date_day
            and candidates.channel = covered_days.channel
            and candidates.surface = covered_days.surface

    left join unresolved_people
        on candidates.person_key = unresolved_people.person_key

),

-- Only Claude Code is seen by several sources at a time.
best as (

    select
        date_day,
        person_key,
        actor_key,
        channel,
        surface,
        min(activity_rank) as activity_rank,
        min(contribution_rank) as contribution_rank,
        min(tool_decisions_rank) as tool_decisions_rank

    from ranked

    where
        surface = 'claude_code'
        and not is_suppressed

    group by date_day, person_key, actor_key, channel, surface

),

-- A transcript in no known channel of somebody whom the vendor's own list tells of on that day.
vendor_days as (

    select distinct
        date_day,
        person_key,
        actor_key,
        surface

    from ranked

    where
        surface = 'claude_code'
        and channel in ('enterprise', 'team', 'console')
        and not is_suppressed
        and not (person_key = '-1' and actor_key = '-1')

),

judged as (

    select
        ranked.*,
        vendor_days.date_day is not null and ranked.channel = 'unknown' as is_told_elsewhere,
        best.activity_rank as best_activity_rank,
        best.contribution_rank as best_contribution_rank,
        best.tool_decisions_rank as best_tool_decisions_rank

    from ranked

    left join best
        on
            ranked.surface = best.surface
            and ranked.date_day = best.date_day
            and ranked.person_key = best.person_key
            and ranked.actor_key = best.actor_key
            and ranked.channel = best.channel

    left join vendor_days
        on
            ranked.surface = vendor_days.surface
            and ranked.date_day = vendor_days.date_day
            and ranked.person_key = vendor_days.person_key
            and ranked.actor_key = vendor_days.actor_key

),

final as (

    select
        date_day,
        person_key,
        actor_key,
        channel,
        surface,
        source_id,
        is_active,
        {% for group in groups -%}
        case
            when {{ group }}_rank is null then 'unseen'
            when is_suppressed then 'suppressed'
            when is_told_elsewhere then 'outranked'
            when {{ group }}_rank > best_{{ group }}_rank then 'outranked'
            else 'chosen'
        end as {{ group }}_status,
        {% endfor -%}
        {% for names in groups.values() -%}
        {% for name in names -%}
        {{ name }},
        {% endfor -%}
        {% endfor -%}
        {{ observed_through_at() }} as observed_through_at

    from judged

)

select * from final
