{{ config(materialized='table', schema='identity') }}

-- Which combinations of ids are an employee's, because one of them was theirs on the days on which
-- they were seen. The strongest such id decides, and only if it names one employee.
with

tuples as (

    select * from {{ ref('int_identity__observed_identities') }}

),

claimed as (

    select * from {{ ref('int_identity__claimed_identities') }}

),

members as (

    {{ identity_members('tuples') }}

),

vouched as (

    select
        members.identity_tuple_key,
        claimed.employee_id,
        min(case when claimed.match_rule = 'override' then 0 else members.strength end)
            as voucher_strength

    from members

    inner join claimed
        on
            members.identity_kind = claimed.identity_kind
            and members.identity_value = claimed.identity_value
            and members.last_date_day >= claimed.valid_from_date
            and members.first_date_day < claimed.until_date

    where claimed.employee_id is not null

    group by members.identity_tuple_key, claimed.employee_id

),

best_vouched as (

    select
        identity_tuple_key,
        min(voucher_strength) as voucher_strength

    from vouched

    group by identity_tuple_key

),

final as (

    select
        vouched.identity_tuple_key,
        min(vouched.employee_id) as employee_id

    from vouched

    inner join best_vouched
        on
            vouched.identity_tuple_key = best_vouched.identity_tuple_key
            and vouched.voucher_strength = best_vouched.voucher_strength

    group by vouched.identity_tuple_key

    having count(*) = 1

)

select * from final
