with

source as (

    select * from {{ source('invoices', 'exchange_rates') }}

),

renamed as (

    select
        -- ids
        row_key,

        -- strings
        currency,
        rate_source,
        source_file,

        -- numerics
        cast(usd_per_unit as decimal(18, 10)) as usd_per_unit,

        -- dates and timestamps
        date_day,
        valid_from_date,
        valid_to_date,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
