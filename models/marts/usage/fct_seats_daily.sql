{{ config(materialized='incremental', incremental_strategy='stale_days') }}

{% set days = stale_days(stale_by(causes=['people', 'seat_lists', 'seat_holders', 'calendar'])) %}
with

covered_days as (

    select * from {{ ref('int_seats__covered_days') }}

    where {{ in_days('date_day', days) }}

),

needed_lists as (

    {% for neighbour in ['list_date', 'previous_list_date', 'next_list_date'] %}
    select {{ neighbour }} as date_day
    from covered_days
    {% if not loop.last %}union{% endif %}
    {% endfor %}

),

listed_seats as (

    select * from {{ ref('int_seats__listed_seats') }}

    where date_day in (select needed_lists.date_day from needed_lists)

),

memberships as (

    select * from {{ ref('int_identity__memberships') }}

),

standing as (

    select
        covered_days.date_day,
        listed_seats.seat_system,
        listed_seats.person_key,
        listed_seats.identity_value,
        listed_seats.seat_tier,
        case listed_seats.seat_status when 'assigned' then 1 else 2 end as state_rank

    from covered_days

    inner join listed_seats
        on
            covered_days.source_id = listed_seats.source_id
            and covered_days.feed_name = listed_seats.feed_name
            and covered_days.list_date = listed_seats.date_day

    where
        covered_days.date_day >= listed_seats.held_from_date
        and (
            listed_seats.held_until_date is null
            or covered_days.date_day < listed_seats.held_until_date
        )

),

-- Whoever was added after the list of the day was read is on the next one.
added_later as (

    select
        covered_days.date_day,
        listed_seats.seat_system,
        listed_seats.person_key,
        listed_seats.identity_value,
        listed_seats.seat_tier,
        case listed_seats.seat_status when 'assigned' then 1 else 2 end as state_rank

    from covered_days

    inner join listed_seats
        on
            covered_days.source_id = listed_seats.source_id
            and covered_days.feed_name = listed_seats.feed_name
            and covered_days.next_list_date = listed_seats.date_day
            and covered_days.date_day = listed_seats.held_from_date

    where
        listed_seats.held_until_date is null
        or covered_days.date_day < listed_seats.held_until_date

),

-- Outranked by the seat of everybody who still has one.
listed_before as (

    select
        covered_days.date_day,
        listed_seats.seat_system,
        listed_seats.person_key,
        listed_seats.identity_value,
        listed_seats.seat_tier,
        3 as state_rank

    from covered_days

    inner join listed_seats
        on
            covered_days.source_id = listed_seats.source_id
            and covered_days.feed_name = listed_seats.feed_name
            and covered_days.previous_list_date = listed_seats.date_day

    where listed_seats.seat_status = 'assigned'

),

states as (

    select * from standing
    union all
    select * from added_later
    union all
    select * from listed_before

),

-- One state for a person, whatever addresses he has; one for each account of nobody known.
holders as (

    select
        date_day,
        seat_system,
        person_key,
        case when person_key = '-1' then identity_value end as unknown_identity_value,
        min(state_rank) as state_rank,
        max(case when state_rank = 1 then seat_tier end) as assigned_seat_tier,
        max(case when state_rank = 3 then seat_tier end) as removed_seat_tier

    from states

    group by
        date_day,
        seat_system,
        person_key,
        case when person_key = '-1' then identity_value end

),

described as (

    select
        date_day,
        seat_system,
        person_key,
        case state_rank when 1 then 'assigned' when 2 then 'invited' else 'removed' end
            as seat_status,
        case state_rank when 1 then assigned_seat_tier when 3 then removed_seat_tier end
            as seat_tier,
        case
            when seat_system = 'team' then 'exports_members'
            when state_rank = 2 then 'enterprise_invites'
            else 'enterprise_members'
        end as source_id

    from holders

),

daily as (

    select
        date_day,
        seat_system,
        person_key,
        seat_status,
        seat_tier,
        source_id,
        count(*) as seat_count

    from described

    group by date_day, seat_system, person_key, seat_status, seat_tier, source_id

),

final as (

    select
        {{
            surrogate_key([
                'daily.date_day', 'daily.seat_system', 'daily.person_key', 'daily.seat_status',
                'daily.seat_tier'
            ])
        }} as seat_day_key,
        daily.date_day,
        daily.person_key,
        coalesce(memberships.org_unit_key, '-1') as org_unit_key,
        daily.seat_system,
        daily.seat_tier,
        daily.seat_status,
        daily.source_id,
        cast(daily.seat_count as bigint) as seat_count,
        {{ observed_through_at() }} as observed_through_at

    from daily

    left join memberships
        on
            daily.person_key = memberships.person_key
            and {{ membership_holds('daily.date_day', 'memberships') }}

)

select * from final
