with

source as (

    select * from {{ source('anthropic_enterprise', 'artifacts') }}

),

renamed as (

    select
        -- ids
        row_key,
        user_id,

        -- strings
        cut,
        lower(artifact_type) as artifact_type,
        group_by_json,

        -- numerics
        distinct_user_count as user_count,
        artifacts_created_count as artifact_created_count,
        published_artifacts_created_count as published_artifact_created_count,

        -- booleans
        is_shared,

        -- dates and timestamps
        date_day,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
