{{ config(materialized='incremental', incremental_strategy='stale_days') }}

{% set groups = usage_counters() %}

{% set stale = stale_by(
    usage_landings(),
    margin=1,
    inputs={'int_usage__candidates': 0},
) %}
{% set days = stale_days(stale) %}
with

candidates as (

    select * from {{ ref('int_usage__candidates') }}
    where {{ in_days('date_day', days) }}

),

memberships as (

    select * from {{ ref('int_identity__memberships') }}

),

-- Use that is billed to different channels is different use: it adds up.
days as (

    select
        date_day,
        person_key,
        actor_key,
        surface,
        {% for group, names in groups.items() -%}
        {% for name in names -%}
        sum(case when {{ group }}_status = 'chosen' then {{ name }} end) as {{ name }},
        {% endfor -%}
        {% endfor -%}
        max(case when activity_status = 'chosen' and is_active then 1 else 0 end) as active_flag,
        min(case when activity_status = 'chosen' then source_id end) as first_activity_source_id,
        max(case when activity_status = 'chosen' then source_id end) as last_activity_source_id,
        min(case when contribution_status = 'chosen' then source_id end)
            as first_contribution_source_id,
        max(case when contribution_status = 'chosen' then source_id end)
            as last_contribution_source_id

    from candidates

    where
        activity_status = 'chosen'
        or contribution_status = 'chosen'
        or tool_decisions_status = 'chosen'

    group by date_day, person_key, actor_key, surface

),

final as (

    select
        {{ surrogate_key(['days.date_day', 'days.person_key', 'days.actor_key', 'days.surface']) }}
            as usage_day_key,
        days.date_day,
        days.person_key,
        days.actor_key,
        coalesce(memberships.org_unit_key, '-1') as org_unit_key,
        days.surface,
        days.active_flag = 1 as is_active,
        {% for names in groups.values() -%}
        {% for name in names -%}
        cast(days.{{ name }} as bigint) as {{ name }},
        {% endfor -%}
        {% endfor -%}
        case
            when days.first_activity_source_id != days.last_activity_source_id then 'several'
            else days.first_activity_source_id
        end as activity_source_id,
        case
            when days.first_contribution_source_id != days.last_contribution_source_id
                then 'several'
            else days.first_contribution_source_id
        end as contribution_source_id,
        {{ observed_through_at() }} as observed_through_at

    from days

    left join memberships
        on
            days.person_key = memberships.person_key
            and {{ membership_holds('days.date_day', 'memberships') }}

)

select * from final
