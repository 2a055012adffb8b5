{{ config(materialized='incremental', incremental_strategy='stale_days') }}

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

    select * from {{ ref('int_counting__covered_days') }}
    where measure_kind = 'use'

),

unresolved_people as (

    select * from {{ ref('int_counting__unresolved_people') }}

),

ranked as (

    select
        candidates.*,
        source_ranks.activity_rank,
        source_ranks.contribution_rank,
        source_ranks.tool_decisions_rank,
        coalesce(source_ranks.is_contested, false) as is_contested,
        candidates.person_key = '-1' and candidates.actor_key = '-1' as is_of_nobody,
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

best_ranks as (

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

    where is_contested and not is_suppressed

    group by date_day, person_key, actor_key, channel, surface

),

-- Days of somebody in a channel of the vendor: a transcript that does not say who pays gives way.
vendor_days as (

    select distinct
        date_day,
        person_key,
        actor_key,
        surface

    from ranked

    where
        is_contested
        and not is_suppressed
        and not is_of_nobody
        and {{ is_served_by_vendor('channel') }}

),

judged as (

    select
        ranked.*,
        vendor_days.date_day is not null and ranked.channel = 'unknown' as is_told_by_vendor,
        best_ranks.activity_rank as best_activity_rank,
        best_ranks.contribution_rank as best_contribution_rank,
        best_ranks.tool_decisions_rank as best_tool_decisions_rank

    from ranked

    left join best_ranks
        on
            ranked.date_day = best_ranks.date_day
            and ranked.person_key = best_ranks.person_key
            and ranked.actor_key = best_ranks.actor_key
            and ranked.channel = best_ranks.channel
            and ranked.surface = best_ranks.surface

    left join vendor_days
        on
            ranked.date_day = vendor_days.date_day
            and ranked.person_key = vendor_days.person_key
            and ranked.actor_key = vendor_days.actor_key
            and ranked.surface = vendor_days.surface

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
        {{ candidate_status(group ~ '_rank', 'best_' ~ group ~ '_rank') }} as {{ group }}_status,
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
