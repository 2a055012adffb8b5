{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        schema='identity'
    )
}}

-- Who each identity was taken for, from when on. An installation that was its own person becomes
-- an account's when the two are first seen together, and an account an employee's when the roster
-- first names it.
with

aliases as (

    select
        identity_kind,
        identity_value,
        valid_from_date,
        until_date,
        case when actor_key = '-1' then person_key else actor_key end as person_key

    from {{ ref('int_identity__aliases') }}

),

{% if is_incremental() %}
ranked as (

    select
        identity_kind,
        identity_value,
        valid_from_date,
        until_date,
        person_key,
        row_number() over (
            partition by identity_kind, identity_value, valid_from_date
            order by observed_through_at desc
        ) as recency

    from {{ this }}

),

known as (

    select
        identity_kind,
        identity_value,
        valid_from_date,
        until_date,
        person_key

    from ranked

    where recency = 1

),

{% endif %}
final as (

    select
        {{
            surrogate_key([
                'aliases.identity_kind',
                'aliases.identity_value',
                'aliases.valid_from_date',
                newest_observation(),
            ])
        }} as person_history_key,
        aliases.identity_kind,
        aliases.identity_value,
        aliases.valid_from_date,
        aliases.until_date,
        {% if is_incremental() -%}
        known.person_key as previous_person_key,
        {%- else -%}
        cast(null as {{ dbt.type_string() }}) as previous_person_key,
        {%- endif %}
        aliases.person_key,
        {{ newest_observation() }} as observed_through_at

    from aliases

    {% if is_incremental() %}
    left join known
        on
            aliases.identity_kind = known.identity_kind
            and aliases.identity_value = known.identity_value
            and aliases.valid_from_date = known.valid_from_date

    where
        known.person_key is null
        or aliases.person_key != known.person_key
        or aliases.until_date != known.until_date
    {% endif %}

)

select * from final
