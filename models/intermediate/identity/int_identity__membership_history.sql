{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        schema='identity'
    )
}}

-- Which memberships were known from when on, and which were taken back.
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
ranked as (

    select
        *,
        row_number() over (
            partition by person_key, org_unit_key, valid_from_date, until_date
            order by observed_through_at desc
        ) as recency

    from {{ this }}

),

known as (

    select
        person_key,
        org_unit_key,
        valid_from_date,
        until_date

    from ranked

    where
        recency = 1
        and is_known

),

changes as (

    select
        *,
        true as is_known
    from (
        select * from memberships
        except
        select * from known
    )

    union all

    select
        *,
        false as is_known
    from (
        select * from known
        except
        select * from memberships
    )

),

{% else %}
changes as (

    select
        *,
        true as is_known

    from memberships

),

{% endif %}
final as (

    select
        {{
            surrogate_key([
                'person_key', 'org_unit_key', 'valid_from_date', 'until_date', newest_observation()
            ])
        }} as membership_history_key,
        person_key,
        org_unit_key,
        valid_from_date,
        until_date,
        is_known,
        {% if is_incremental() -%}
        false as is_first_build,
        {%- else -%}
        true as is_first_build,
        {%- endif %}
        {{ newest_observation() }} as observed_through_at

    from changes

)

select * from final
