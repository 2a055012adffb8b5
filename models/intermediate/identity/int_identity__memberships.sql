{{ config(materialized='table', schema='identity') }}

with

roster as (

    select * from {{ ref('int_identity__roster') }}

),

employees as (

    select
        identity_value as employee_id,
        person_key

    from {{ ref('int_identity__aliases') }}

    where identity_kind = 'employee_id'

),

in_turn as (

    select
        *,
        lead(valid_from_date) over (
            partition by employee_id
            order by valid_from_date
        ) as next_valid_from_date

    from roster

),

final as (

    select
        {{ surrogate_key(['employees.person_key', 'in_turn.valid_from_date']) }} as membership_key,
        employees.person_key,
        {{ org_unit_key('team', 'in_turn') }} as org_unit_key,
        in_turn.valid_from_date,
        -- A file that leaves the end of a time open still ends it where the next one begins.
        case
            when in_turn.next_valid_from_date < in_turn.until_date then in_turn.next_valid_from_date
            else in_turn.until_date
        end as until_date

    from in_turn

    inner join employees
        on in_turn.employee_id = employees.employee_id

    where in_turn.valid_from_date < in_turn.until_date

)

select * from final
