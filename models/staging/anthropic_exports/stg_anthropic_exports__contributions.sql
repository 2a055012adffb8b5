with

source as (

    select * from {{ source('anthropic_exports', 'contributions') }}

),

renamed as (

    select
        -- ids
        row_key,
        part_key,

        -- strings
        feed_name,
        lower(user_email) as user_email,
        source_file,

        -- numerics
        pull_requests_with_claude_code as assisted_pull_request_count,
        pull_requests_total as pull_request_count,
        lines_with_claude_code as assisted_line_count,
        lines_total as line_count,

        -- dates and timestamps
        date_day,
        period_start_date,
        period_end_date,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
