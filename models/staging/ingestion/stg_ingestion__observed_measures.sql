with

source as (

    select * from {{ source('ingestion', 'observed_measures') }}

),

renamed as (

    select
        -- ids
        {{
            surrogate_key(['source_id', 'table_name', 'date_day', 'load_id', 'measure_name'])
        }} as observed_measure_key,
        source_id,
        table_name,
        load_id,

        -- strings
        measure_name,

        -- numerics
        measure_value,

        -- dates and timestamps
        date_day,
        observed_at

    from source

)

select * from renamed
