with

source as (

    select * from {{ source('anthropic_exports', 'members') }}

),

renamed as (

    select
        -- ids
        row_key,
        part_key,

        -- strings
        feed_name,
        lower(user_email) as user_email,
        lower(role) as user_role,
        lower(seat_tier) as seat_tier,
        lower(status) as member_status,
        source_file,

        -- dates and timestamps
        date_day,
        added_date,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
