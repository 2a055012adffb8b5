{{ config(schema='identity') }}

-- Identities and days that count for somebody else, or for another place in the organisation, than
-- they did before. Whoever was not known before is no news: there is nothing to rebuild.
with

person_history as (

    select * from {{ ref('int_identity__person_history') }}

),

membership_history as (

    select * from {{ ref('int_identity__membership_history') }}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

person_moments as (

    select distinct
        identity_kind,
        identity_value,
        observed_through_at

    from person_history

),

person_versions as (

    select
        identity_kind,
        identity_value,
        observed_through_at,
        lag(observed_through_at) over (
            partition by identity_kind, identity_value
            order by observed_through_at
        ) as previous_at

    from person_moments

),

other_holders as (

    select
        person_versions.identity_kind,
        person_versions.identity_value,
        greatest(newer.valid_from_date, older.valid_from_date) as valid_from_date,
        least(newer.until_date, older.until_date) as until_date,
        person_versions.observed_through_at

    from person_versions

    inner join person_history as newer
        on
            person_versions.identity_kind = newer.identity_kind
            and person_versions.identity_value = newer.identity_value
            and person_versions.observed_through_at = newer.observed_through_at

    inner join person_history as older
        on
            person_versions.identity_kind = older.identity_kind
            and person_versions.identity_value = older.identity_value
            and person_versions.previous_at = older.observed_through_at
            and newer.until_date > older.valid_from_date
            and newer.valid_from_date < older.until_date

    where newer.person_key != older.person_key or newer.actor_key != older.actor_key

),

membership_moments as (

    select distinct
        person_key,
        observed_through_at

    from membership_history

),

membership_versions as (

    select
        person_key,
        observed_through_at,
        lag(observed_through_at) over (
            partition by person_key
            order by observed_through_at
        ) as previous_at

    from membership_moments

),

places as (

    select
        membership_versions.person_key,
        membership_versions.observed_through_at,
        membership_history.observed_through_at = membership_versions.observed_through_at
            as is_newer,
        membership_history.org_unit_key,
        membership_history.valid_from_date,
        membership_history.until_date

    from membership_versions

    inner join membership_history
        on
            membership_versions.person_key = membership_history.person_key
            and membership_history.observed_through_at in (
                membership_versions.observed_through_at, membership_versions.previous_at
            )

    where membership_versions.previous_at is not null

),

place_bounds as (

    select
        person_key,
        observed_through_at,
        valid_from_date
    from places
    union
    select
        person_key,
        observed_through_at,
        until_date as valid_from_date
    from places

),

stretches as (

    select
        person_key,
        observed_through_at,
        valid_from_date,
        lead(valid_from_date) over (
            partition by person_key, observed_through_at
            order by valid_from_date
        ) as until_date

    from place_bounds

),

-- One unit on each side of a stretch, none where the person was nowhere then.
compared as (

    select
        stretches.person_key,
        stretches.observed_through_at,
        stretches.valid_from_date,
        stretches.until_date,
        coalesce(max(case when places.is_newer then places.org_unit_key end), '-1') as newer_key,
        coalesce(max(case when not places.is_newer then places.org_unit_key end), '-1')
            as older_key

    from stretches

    inner join places
        on
            stretches.person_key = places.person_key
            and stretches.observed_through_at = places.observed_through_at
            and stretches.valid_from_date >= places.valid_from_date
            and stretches.valid_from_date < places.until_date

    group by
        stretches.person_key,
        stretches.observed_through_at,
        stretches.valid_from_date,
        stretches.until_date

),

other_places as (

    select
        aliases.identity_kind,
        aliases.identity_value,
        greatest(aliases.valid_from_date, compared.valid_from_date) as valid_from_date,
        least(aliases.until_date, compared.until_date) as until_date,
        compared.observed_through_at

    from compared

    inner join aliases
        on
            compared.person_key = aliases.person_key
            and compared.until_date > aliases.valid_from_date
            and compared.valid_from_date < aliases.until_date

    where compared.newer_key != compared.older_key

),

final as (

    select
        identity_kind,
        identity_value,
        valid_from_date,
        until_date,
        observed_through_at
    from other_holders
    union
    select
        identity_kind,
        identity_value,
        valid_from_date,
        until_date,
        observed_through_at
    from other_places

)

select * from final
