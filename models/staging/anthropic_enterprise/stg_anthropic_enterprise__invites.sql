with

source as (

    select * from {{ source('anthropic_enterprise', 'invites') }}

),

renamed as (

    select
        -- ids
        row_key,
        id as invite_id,

        -- strings
        nullif(lower(trim(email)), '') as user_email,
        lower(role) as user_role,
        lower(status) as invite_status,
        rbac_group_ids_json,

        -- dates and timestamps
        date_day,
        invited_at,
        accepted_at,
        expires_at,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
