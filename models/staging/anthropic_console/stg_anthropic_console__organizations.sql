with

source as (

    select * from {{ source('anthropic_console', 'organizations') }}

),

renamed as (

    select
        -- ids
        row_key,
        id as organization_id,

        -- strings
        nullif(trim(name), '') as organization_name,

        -- dates and timestamps
        date_day,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
