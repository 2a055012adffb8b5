{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        schema='identity'
    )
}}

-- Who each identity was taken for, from when on. An installation that was its own person becomes
-- an account's when the two are first seen together.
with

aliases as (

    select
        identity_kind,
        identity_value,
        person_key

    from {{ ref('int_identity__aliases') }}

),

{% if is_incremental() %}
ranked as (

    select
        identity_kind,
        identity_value,
        person_key,
        row_number() over (
            partition by identity_kind, identity_value
            order by observed_through_at desc
        ) as recency

    from {{ this }}

),

known as (

    select
        identity_kind,
        identity_value,
        person_key

    from ranked

    where recency = 1

),

{% endif %}
final as (

    select
        {{
            surrogate_key([
                'aliases.identity_kind', 'aliases.identity_value', newest_observation()
            ])
        }} as person_history_key,
        aliases.identity_kind,
        aliases.identity_value,
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

    where known.person_key is null or aliases.person_key != known.person_key
    {% endif %}

)

select * from final
