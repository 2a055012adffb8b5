{{ config(materialized='incremental', incremental_strategy='stale_days') }}

{% set days = stale_days(stale_by(telemetry_landings())) %}
with

events as (

    select
        date_day,
        session_id,
        identity_kind,
        identity_value,
        event_name,
        count(*) as event_count

    from {{ ref('stg_claude_code_otel__events') }}

    where {{ in_days('date_day', days) }}

    group by date_day, session_id, identity_kind, identity_value, event_name

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

daily as (

    select
        events.date_day,
        events.session_id,
        coalesce(aliases.person_key, '-1') as person_key,
        events.event_name,
        sum(events.event_count) as event_count

    from events

    left join aliases
        on
            events.identity_kind = aliases.identity_kind
            and events.identity_value = aliases.identity_value
            and {{ alias_holds('events.date_day', 'aliases') }}

    group by
        events.date_day, events.session_id, coalesce(aliases.person_key, '-1'), events.event_name

),

final as (

    select
        {{ surrogate_key(['date_day', 'session_id', 'person_key', 'event_name']) }}
            as telemetry_event_day_key,
        date_day,
        session_id,
        person_key,
        event_name,
        cast(event_count as bigint) as event_count,
        {{ observed_through_at() }} as observed_through_at

    from daily

)

select * from final
