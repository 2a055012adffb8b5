with

source as (

    select * from {{ source('ingestion', 'observed_days') }}

),

renamed as (

    select
        -- ids
        {{ surrogate_key(['source_id', 'table_name', 'date_day', 'load_id']) }} as observation_key,
        source_id,
        table_name,
        load_id,

        -- strings
        status,
        measures_json,
        content_hash,

        -- numerics
        row_count,

        -- dates and timestamps
        date_day,
        observed_at

    from source

)

select * from renamed
