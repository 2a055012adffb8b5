{{ config(materialized='table', schema='identity') }}

-- Each file of a roster is a whole one; who is missing from the newest stays as last told.
with

rows_by_age as (

    select
        *,
        max(date_day) over (partition by employee_id) as newest_date

    from {{ ref('stg_people__roster') }}

    where employee_id is not null

),

final as (

    select
        row_key,
        employee_id,
        email,
        former_emails_json,
        manager_employee_id,
        legal_entity,
        department,
        team,
        job_function,
        seniority,
        location,
        cost_band,
        logins_json,
        start_date,
        end_date,
        coalesce(valid_from_date, start_date, {{ earliest_date() }}) as valid_from_date,
        coalesce(valid_to_date, {{ dbt.dateadd('day', 1, 'end_date') }}, {{ latest_date() }})
            as until_date

    from rows_by_age

    where date_day = newest_date

)

select * from final
