with

source as (

    select * from {{ source('claude_code_otel', 'spans') }}

),

renamed as (

    select
        -- ids
        span_key,
        trace_id,
        span_id,
        parent_span_id,
        session_id,
        request_id,
        user_account_id,
        lower(user_email) as user_email,
        user_id,

        -- strings
        span_name,
        lower(model) as raw_claude_model_id,
        tool_name,
        service_name,
        service_version as client_version,

        -- numerics
        span_kind,
        cast(status_code as integer) as status_code,
        cast(duration_ms as {{ type_double() }}) as duration_ms,

        -- dates and timestamps
        date_day,
        started_at,
        ended_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
