with

source as (

    select * from {{ source('anthropic_console', 'workspaces') }}

),

renamed as (

    select
        -- ids
        row_key,
        id as workspace_id,
        compartment_id,
        external_key_id,

        -- strings
        nullif(trim(name), '') as workspace_name,
        display_color,
        lower(data_residency__workspace_geo) as workspace_geo,
        lower(data_residency__default_inference_geo) as default_inference_geo,
        data_residency__allowed_inference_geos_json as allowed_inference_geos_json,
        tags_json,

        -- dates and timestamps
        date_day,
        created_at,
        archived_at,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
