{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

-- Days that a landing brought or changed, and in which build that was seen.
with

changed_days as (

    select * from {{ ref('int_ingestion__changed_days') }}

),

final as (

    select
        observation_key as cause_key,
        'landing' as cause,
        source_id as subject,
        table_name as detail,
        date_day as first_day,
        date_day as last_day,
        {{ next_moment() }} as changed_at

    from changed_days

    {% if is_incremental() %}
    where observation_key not in (select built.cause_key from {{ this }} as built)
    {% endif %}

)

select * from final
