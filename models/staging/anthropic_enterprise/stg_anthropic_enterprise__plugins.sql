with

source as (

    select * from {{ source('anthropic_enterprise', 'plugins') }}

),

renamed as (

    select
        -- ids
        row_key,
        plugin_id,
        user_id,

        -- strings
        cut,
        plugin_name,
        group_by_json,

        -- numerics
        distinct_user_count as user_count,
        install_count as installing_user_count,
        invocation_count,
        claude_code_metrics__distinct_session_plugin_used_count as claude_code_session_count,
        cowork_metrics__distinct_session_plugin_used_count as cowork_session_count,
        chat_cowork_unified_metrics__sessions__distinct_session_plugin_used_count
            as unified_cowork_session_count,

        -- dates and timestamps
        date_day,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
