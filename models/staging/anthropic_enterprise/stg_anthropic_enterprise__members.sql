with

source as (

    select * from {{ source('anthropic_enterprise', 'members') }}

),

renamed as (

    select
        -- ids
        row_key,
        id as user_id,

        -- strings
        nullif(lower(trim(email)), '') as user_email,
        lower(role) as user_role,

        -- dates and timestamps
        date_day,
        added_at,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
