with

source as (

    select * from {{ source('anthropic_console', 'api_keys') }}

),

renamed as (

    select
        -- ids
        row_key,
        id as api_key_id,
        created_by__id as created_by_id,
        principal__id as principal_id,
        workspace_id,
        scope__workspace_id as scope_workspace_id,

        -- strings
        nullif(trim(name), '') as api_key_name,
        lower(status) as api_key_status,
        lower(created_by__type) as created_by_type,
        lower(principal__type) as principal_type,
        lower(scope__type) as scope_type,

        -- dates and timestamps
        date_day,
        created_at,
        expires_at,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
