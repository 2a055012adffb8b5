with

source as (

    select * from {{ source('anthropic_enterprise', 'chat_projects') }}

),

renamed as (

    select
        -- ids
        row_key,
        project_id,
        user_id,
        created_by__id as creator_user_id,

        -- strings
        cut,
        nullif(trim(project_name), '') as project_name,
        nullif(lower(trim(created_by__email_address)), '') as creator_email,
        group_by_json,

        -- numerics
        distinct_user_count as user_count,
        message_count,
        distinct_conversation_count as conversation_count,

        -- dates and timestamps
        date_day,
        created_at as project_created_at,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
