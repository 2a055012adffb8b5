{{ config(materialized='table', schema='identity') }}

-- The one way back from a pseudonym. A release has it only where the site says that it may
-- name people.
with

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

held as (

    select
        person_key,
        identity_kind,
        identity_value

    from aliases

    where
        person_key != '-1'
        and until_date = {{ latest_date() }}

),

final as (

    select
        person_key,
        min(case when identity_kind = 'employee_id' then identity_value end) as employee_id,
        min(case when identity_kind = 'email' then identity_value end) as email,
        min(case when identity_kind = 'account_id' then identity_value end) as user_account_id

    from held

    group by person_key

)

select * from final
