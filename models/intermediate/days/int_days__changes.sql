{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        full_refresh=false
    )
}}

-- Days on which something other than a landing changed, and in which build that was seen.
with

people as (

    select * from {{ ref('int_identity__reidentified_days') }}

),

final as (

    select
        reidentified_day_key as cause_key,
        'people' as cause,
        cast(null as {{ dbt.type_string() }}) as subject,
        cast(null as {{ dbt.type_string() }}) as detail,
        date_day as first_day,
        date_day as last_day,
        {{ next_moment() }} as changed_at

    from people

    {% if is_incremental() %}
    where reidentified_day_key not in (select built.cause_key from {{ this }} as built)
    {% endif %}

)

select * from final
