{{ config(materialized='table', schema='identity') }}

-- The newest roster in which each employee stands. Whoever a later one leaves out is gone from its
-- day on, and keeps the time before.
with

roster as (

    select * from {{ ref('stg_people__roster') }}

),

last_named as (

    select
        feed_name,
        employee_id,
        max(date_day) as date_day

    from roster

    group by feed_name, employee_id

),

snapshots as (

    select distinct
        feed_name,
        date_day

    from roster

),

left_out as (

    select
        last_named.feed_name,
        last_named.employee_id,
        last_named.date_day,
        min(snapshots.date_day) as left_out_date

    from last_named

    left join snapshots
        on
            last_named.feed_name = snapshots.feed_name
            and last_named.date_day < snapshots.date_day

    group by last_named.feed_name, last_named.employee_id, last_named.date_day

),

placed as (

    select
        roster.*,
        left_out.left_out_date,
        lead(roster.valid_from_date) over (
            partition by roster.employee_id
            order by roster.valid_from_date, roster.date_day, roster.feed_name
        ) as next_valid_from_date

    from roster

    inner join left_out
        on
            roster.feed_name = left_out.feed_name
            and roster.employee_id = left_out.employee_id
            and roster.date_day = left_out.date_day

),

bounded as (

    select
        *,
        -- Who moved between companies stands in two rosters: the later place ends the earlier.
        least(
            coalesce(valid_to_date, cast('9999-12-31' as date)),
            coalesce(left_out_date, cast('9999-12-31' as date)),
            coalesce(next_valid_from_date, cast('9999-12-31' as date))
        ) as until_date

    from placed

),

final as (

    select
        row_key,
        employee_id,
        manager_employee_id,
        feed_name,
        email,
        legal_entity,
        department,
        team,
        job_function,
        seniority,
        location,
        cost_band,
        start_date,
        end_date,
        valid_from_date,
        until_date

    from bounded

    where until_date > valid_from_date

)

select * from final
