with

source as (

    select * from {{ source('anthropic_enterprise', 'rbac_groups') }}

),

renamed as (

    select
        -- ids
        row_key,
        id as rbac_group_id,

        -- strings
        nullif(trim(name), '') as rbac_group_name,
        lower(source_type) as group_source,
        roles_json,

        -- dates and timestamps
        date_day,
        created_at as group_created_at,
        updated_at as group_updated_at,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
