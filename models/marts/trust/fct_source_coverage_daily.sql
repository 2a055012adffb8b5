{{ config(materialized='incremental', incremental_strategy='stale_days') }}

{% set groups = ['activity', 'contribution', 'tool_decisions'] %}
{#- How long somebody counts as a user of a channel after a day of use that telemetry showed. -#}
{% set remembered_days = 28 %}

{% set stale = stale_by(
    usage_landings(),
    causes=['people', 'calendar'],
    margin=[1, remembered_days + 1],
    inputs={
        'int_usage__candidates': [0, remembered_days],
        'fct_seats_daily': [0, remembered_days],
    }
) %}
{% set days = stale_days(stale) %}
with

reporting_days as (

    select date_day
    from {{ ref('util_days') }}
    where
        date_day <= {{ as_of_date() }}
        and {{ in_days('date_day', days) }}

),

candidates as (

    select
        candidates.date_day,
        candidates.person_key,
        candidates.actor_key,
        candidates.channel,
        candidates.surface,
        candidates.source_id,
        candidates.activity_status,
        candidates.contribution_status,
        candidates.tool_decisions_status

    from {{ ref('int_usage__candidates') }} as candidates

    where {{ in_days('candidates.date_day', days) }}

),

seen as (

    {% for group in groups %}
    select
        date_day,
        source_id,
        channel,
        surface,
        '{{ group }}' as measure_group,
        count(*) as seen_count,
        sum(case when {{ group }}_status = 'chosen' then 1 else 0 end) as chosen_count,
        sum(case when {{ group }}_status = 'outranked' then 1 else 0 end) as outranked_count,
        sum(case when {{ group }}_status = 'suppressed' then 1 else 0 end) as suppressed_count
    from candidates
    where {{ group }}_status != 'unseen'
    group by date_day, source_id, channel, surface
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

open_days as (

    select
        open_surfaces.date_day,
        open_surfaces.channel,
        open_surfaces.surface

    from {{ ref('int_usage__open_surfaces') }} as open_surfaces

    inner join reporting_days
        on open_surfaces.date_day = reporting_days.date_day

),

sightings as (

    select distinct
        candidates.person_key,
        candidates.channel,
        candidates.date_day

    from {{ ref('int_usage__candidates') }} as candidates

    where
        candidates.person_key != '-1'
        and {{ in_days('candidates.date_day', stale_days(stale, reach=remembered_days)) }}

),

open_channels as (

    select distinct
        date_day,
        channel

    from open_days

),

population as (

    select
        open_channels.date_day,
        open_channels.channel,
        sightings.person_key
    from open_channels
    inner join sightings
        on
            open_channels.channel = sightings.channel
            and open_channels.date_day >= sightings.date_day
            and open_channels.date_day
            <= {{ dbt.dateadd('day', remembered_days, 'sightings.date_day') }}

    union

    select
        seats.date_day,
        seats.seat_system as channel,
        seats.person_key
    from {{ ref('fct_seats_daily') }} as seats
    inner join open_channels
        on
            seats.date_day = open_channels.date_day
            and seats.seat_system = open_channels.channel
    where
        seats.seat_status = 'assigned'
        and seats.person_key != '-1'

),

told as (

    select distinct
        date_day,
        channel,
        surface,
        person_key

    from candidates

    where activity_status in ('chosen', 'outranked')

),

unseen as (

    select
        open_days.date_day,
        '-1' as source_id,
        open_days.channel,
        open_days.surface,
        'activity' as measure_group,
        count(*) as population_count,
        sum(case when told.person_key is null then 1 else 0 end) as unseen_count

    from open_days

    inner join population
        on
            open_days.date_day = population.date_day
            and open_days.channel = population.channel

    left join told
        on
            population.date_day = told.date_day
            and population.channel = told.channel
            and open_days.surface = told.surface
            and population.person_key = told.person_key

    group by open_days.date_day, open_days.channel, open_days.surface

),

rows_of_days as (

    select
        date_day,
        source_id,
        channel,
        surface,
        measure_group,
        seen_count,
        chosen_count,
        outranked_count,
        suppressed_count,
        cast(null as bigint) as population_count,
        cast(null as bigint) as unseen_count
    from seen

    union all

    select
        date_day,
        source_id,
        channel,
        surface,
        measure_group,
        cast(null as bigint) as seen_count,
        cast(null as bigint) as chosen_count,
        cast(null as bigint) as outranked_count,
        cast(null as bigint) as suppressed_count,
        population_count,
        unseen_count
    from unseen

),

final as (

    select
        {{
            surrogate_key(['date_day', 'source_id', 'channel', 'surface', 'measure_group'])
        }} as source_coverage_day_key,
        date_day,
        source_id,
        channel,
        surface,
        measure_group,
        cast(seen_count as bigint) as seen_count,
        cast(chosen_count as bigint) as chosen_count,
        cast(outranked_count as bigint) as outranked_count,
        cast(suppressed_count as bigint) as suppressed_count,
        cast(population_count as bigint) as population_count,
        cast(unseen_count as bigint) as unseen_count,
        {{ observed_through_at() }} as observed_through_at

    from rows_of_days

)

select * from final
