{{ config(materialized='table') }}

-- An API is asked again for weeks of days; only those with another content are news.
with

answered as (

    select
        observation_key,
        source_id,
        table_name,
        date_day,
        observed_at,
        content_hash,
        lag(observation_key) over (
            partition by source_id, table_name, date_day
            order by observed_at, load_id
        ) as previous_key,
        lag(content_hash) over (
            partition by source_id, table_name, date_day
            order by observed_at, load_id
        ) as previous_hash

    from {{ ref('stg_ingestion__observed_days') }}

    where status in ('landed', 'empty')

),

final as (

    select
        observation_key,
        source_id,
        table_name,
        date_day,
        observed_at

    from answered

    where
        previous_key is null
        or coalesce(content_hash, '') != coalesce(previous_hash, '')
        -- A landing of an older release has no hash.
        or content_hash is null

)

select * from final
