with

source as (

    select * from {{ source('invoices', 'invoice_lines') }}

),

renamed as (

    select
        -- ids
        row_key,
        part_key,
        invoice_id,

        -- strings
        vendor,
        lower(product) as product,
        line_kind,
        description as line_description,
        currency,
        cost_centre,
        source_file,

        -- numerics
        line_number,
        cast(quantity as decimal(28, 10)) as quantity,
        cast(unit_price as decimal(28, 10)) as unit_price,
        cast(amount as decimal(28, 10)) as amount,

        -- dates and timestamps
        date_day,
        invoice_date,
        period_start_date,
        period_end_date,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
