{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['person_key', 'observed_through_at'],
        on_schema_change='fail',
        schema='identity'
    )
}}

-- Where each person was said to be, from when on: all their places anew whenever one changed.
with

memberships as (

    select
        person_key,
        org_unit_key,
        valid_from_date,
        until_date

    from {{ ref('int_identity__memberships') }}

),

{% if is_incremental() %}
history as (

    select * from {{ this }}

),

newest as (

    select
        person_key,
        max(observed_through_at) as observed_through_at

    from history

    group by person_key

),

known as (

    select
        history.person_key,
        history.org_unit_key,
        history.valid_from_date,
        history.until_date

    from history

    inner join newest
        on
            history.person_key = newest.person_key
            and history.observed_through_at = newest.observed_through_at

),

changed as (

    select distinct
        coalesce(memberships.person_key, known.person_key) as person_key

    from memberships

    full outer join known
        on
            memberships.person_key = known.person_key
            and memberships.org_unit_key = known.org_unit_key
            and memberships.valid_from_date = known.valid_from_date
            and memberships.until_date = known.until_date

    where memberships.person_key is null or known.person_key is null

),

{% endif %}
final as (

    select
        {{
            surrogate_key([
                'memberships.person_key', 'memberships.valid_from_date', newest_observation()
            ])
        }} as membership_history_key,
        memberships.person_key,
        memberships.org_unit_key,
        memberships.valid_from_date,
        memberships.until_date,
        {{ newest_observation() }} as observed_through_at

    from memberships

    {% if is_incremental() %}
    inner join changed
        on memberships.person_key = changed.person_key
    {% endif %}

)

select * from final
