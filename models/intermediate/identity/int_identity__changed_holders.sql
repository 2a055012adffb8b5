{{ config(schema='identity') }}

-- Identities and days that count for somebody else, or for another place in the organisation, than
-- they did before.
with

changed_states as (

    select * from {{ ref('int_days__changed_states') }}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

other_holders as (

    select
        subject_kind as identity_kind,
        subject as identity_value,
        valid_from_date,
        until_date,
        changed_at

    from changed_states

    where cause = 'people'

),

other_places as (

    select
        aliases.identity_kind,
        aliases.identity_value,
        greatest(aliases.valid_from_date, changed_states.valid_from_date) as valid_from_date,
        least(aliases.until_date, changed_states.until_date) as until_date,
        changed_states.changed_at

    from changed_states

    inner join aliases
        on
            changed_states.subject = aliases.person_key
            and changed_states.until_date > aliases.valid_from_date
            and changed_states.valid_from_date < aliases.until_date

    where changed_states.cause = 'places'

),

final as (

    select * from other_holders
    union
    select * from other_places

)

select * from final
