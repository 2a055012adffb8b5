with

source as (

    select * from {{ source('anthropic_console', 'workspace_members') }}

),

renamed as (

    select
        -- ids
        row_key,
        workspace_id,
        user_id,

        -- strings
        lower(workspace_role) as workspace_role,

        -- dates and timestamps
        date_day,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
