with

source as (

    select * from {{ source('people', 'roster') }}

),

renamed as (

    select
        -- ids
        row_key,
        part_key,
        employee_id,
        manager_employee_id,

        -- strings
        feed_name,
        lower(email) as email,
        lower(former_emails_json) as former_emails_json,
        legal_entity,
        department,
        team,
        function as job_function,
        seniority,
        location,
        cost_band,
        logins_json,
        source_file,

        -- dates and timestamps
        date_day,
        start_date,
        end_date,
        valid_from_date,
        valid_to_date,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
