-- A late point of a cumulative series also changes the next day on which the series has points,
-- however far away.
with

series_days as (

    select
        date_day as previous_day,
        lead(date_day) over (
            partition by series_key, start_time_unix_nano
            order by date_day
        ) as date_day

    from {{ ref('int_claude_code__metric_series_days') }}

),

final as (

    select distinct
        previous_day,
        date_day

    from series_days

    where date_day is not null

)

select * from final
