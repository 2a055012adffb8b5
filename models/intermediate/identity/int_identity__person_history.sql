{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['identity_kind', 'identity_value', 'observed_through_at'],
        on_schema_change='fail',
        schema='identity'
    )
}}

-- For whom each identity was taken, from when on: all stretches of it anew whenever one changed. An
-- installation that was its own person becomes an employee's when the two are first seen together.
with

aliases as (

    select
        identity_kind,
        identity_value,
        valid_from_date,
        until_date,
        person_key,
        actor_key

    from {{ ref('int_identity__aliases') }}

),

{% if is_incremental() %}
history as (

    select * from {{ this }}

),

newest as (

    select
        identity_kind,
        identity_value,
        max(observed_through_at) as observed_through_at

    from history

    group by identity_kind, identity_value

),

known as (

    select
        history.identity_kind,
        history.identity_value,
        history.valid_from_date,
        history.until_date,
        history.person_key,
        history.actor_key

    from history

    inner join newest
        on
            history.identity_kind = newest.identity_kind
            and history.identity_value = newest.identity_value
            and history.observed_through_at = newest.observed_through_at

),

-- A stretch that only one of both sides has, or a holder that they disagree on.
changed as (

    select distinct
        coalesce(aliases.identity_kind, known.identity_kind) as identity_kind,
        coalesce(aliases.identity_value, known.identity_value) as identity_value

    from aliases

    full outer join known
        on
            aliases.identity_kind = known.identity_kind
            and aliases.identity_value = known.identity_value
            and aliases.valid_from_date = known.valid_from_date
            and aliases.until_date = known.until_date
            and aliases.person_key = known.person_key
            and aliases.actor_key = known.actor_key

    where aliases.identity_kind is null or known.identity_kind is null

),

{% endif %}
final as (

    select
        {{
            surrogate_key([
                'aliases.identity_kind',
                'aliases.identity_value',
                'aliases.valid_from_date',
                newest_observation()
            ])
        }} as person_history_key,
        aliases.identity_kind,
        aliases.identity_value,
        aliases.valid_from_date,
        aliases.until_date,
        aliases.person_key,
        aliases.actor_key,
        {{ newest_observation() }} as observed_through_at

    from aliases

    {% if is_incremental() %}
    inner join changed
        on
            aliases.identity_kind = changed.identity_kind
            and aliases.identity_value = changed.identity_value
    {% endif %}

)

select * from final
