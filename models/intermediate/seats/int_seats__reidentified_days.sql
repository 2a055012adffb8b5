{{ config(schema='identity') }}

-- A seat needs no activity: all days of an account count that was taken for somebody else before.
with

changes as (

    select
        identity_kind,
        identity_value,
        valid_from_date,
        until_date,
        changed_at

    from {{ ref('int_identity__changed_holders') }}

),

listed_seats as (

    select * from {{ ref('int_seats__listed_seats') }}

),

days as (

    select date_day from {{ ref('util_days') }}

),

spans as (

    select
        listed_seats.identity_kind,
        listed_seats.identity_value,
        changes.changed_at,
        changes.valid_from_date,
        changes.until_date,
        min(listed_seats.held_from_date) as held_from_date

    from changes

    inner join listed_seats
        on
            changes.identity_kind = listed_seats.identity_kind
            and changes.identity_value = listed_seats.identity_value

    group by
        listed_seats.identity_kind,
        listed_seats.identity_value,
        changes.changed_at,
        changes.valid_from_date,
        changes.until_date

),

-- Somebody who has gone was removed on the day of the next list.
final as (

    select distinct
        days.date_day,
        spans.changed_at

    from spans

    inner join days
        on
            spans.held_from_date <= days.date_day
            and {{ alias_holds('days.date_day', 'spans') }}

)

select * from final
