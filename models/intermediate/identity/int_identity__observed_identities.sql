{{
    config(
        materialized='incremental',
        incremental_strategy='stale_days',
        schema='identity',
        meta={'unit': 'identity_tuple_key'}
    )
}}

{% set ids = identity_ladder().values() | list %}

-- Which ids appeared together on one row, and from which day to which. Kept as it grows, so that
-- resolving identities never reads the whole history again.
with

sightings as (

    {% for landing, model, columns in identity_sightings() %}
    select
        {% for column in columns -%}
        {{ 'cast(null as ' ~ dbt.type_string() ~ ')' if column is none else column }}
            as {{ ids[loop.index0] }},
        {% endfor -%}
        min(date_day) as first_date_day,
        max(date_day) as last_date_day
    from {{ ref(model) }}
    where {{ in_days('date_day', stale_days(stale_by([landing], causes=[]))) }}
    group by {{ columns | reject('none') | join(', ') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

keyed as (

    select
        {{ surrogate_key(ids) }} as identity_tuple_key,
        user_account_id,
        user_account_uuid,
        user_email,
        enduser_id,
        user_id,
        first_date_day,
        last_date_day

    from sightings

    where
        coalesce(user_account_id, user_account_uuid, user_email, enduser_id, user_id) is not null

),

-- A tuple seen again keeps its first day.
all_days as (

    select * from keyed

    {% if is_incremental() %}
    union all

    select
        known.identity_tuple_key,
        known.user_account_id,
        known.user_account_uuid,
        known.user_email,
        known.enduser_id,
        known.user_id,
        known.first_date_day,
        known.last_date_day
    from {{ this }} as known
    where known.identity_tuple_key in (select keyed.identity_tuple_key from keyed)
    {% endif %}

),

final as (

    select
        identity_tuple_key,
        user_account_id,
        user_account_uuid,
        user_email,
        enduser_id,
        user_id,
        min(first_date_day) as first_date_day,
        max(last_date_day) as last_date_day,
        {{ newest_observation() }} as observed_through_at

    from all_days

    group by
        identity_tuple_key,
        user_account_id,
        user_account_uuid,
        user_email,
        enduser_id,
        user_id

)

select * from final
