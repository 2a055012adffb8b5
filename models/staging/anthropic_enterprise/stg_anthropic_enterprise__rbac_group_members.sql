with

source as (

    select * from {{ source('anthropic_enterprise', 'rbac_group_members') }}

),

renamed as (

    select
        -- ids
        row_key,
        group_id as rbac_group_id,
        user_id,

        -- strings
        nullif(lower(trim(email)), '') as user_email,

        -- dates and timestamps
        date_day,
        created_at as added_at,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
