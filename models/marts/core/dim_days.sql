with

days as (

    select date_day from {{ ref('util_days') }}

),

-- ISO weeks counted from a known Monday: `date_trunc` starts weeks where the warehouse likes.
placed as (

    select
        date_day,
        cast({{ dbt.date_trunc('month', 'date_day') }} as date) as date_month,
        cast({{ dbt.date_trunc('quarter', 'date_day') }} as date) as date_quarter,
        cast({{ dbt.date_trunc('year', 'date_day') }} as date) as date_year,
        mod({{ dbt.datediff("cast('1900-01-01' as date)", 'date_day', 'day') }}, 7) + 1
            as iso_day_of_week

    from days

),

with_weeks as (

    select
        *,
        cast({{ dbt.dateadd('day', '1 - iso_day_of_week', 'date_day') }} as date) as date_week,
        cast({{ dbt.dateadd('day', '4 - iso_day_of_week', 'date_day') }} as date) as iso_thursday

    from placed

),

-- The Thursday of a week decides the year that the week belongs to.
with_week_numbers as (

    select
        *,
        extract(year from iso_thursday) as iso_year,
        floor(
            {{
                dbt.datediff(
                    "cast(" ~ dbt.date_trunc('year', 'iso_thursday') ~ " as date)",
                    'iso_thursday', 'day'
                )
            }} / 7.0
        ) + 1 as iso_week_number

    from with_weeks

),

final as (

    select
        date_day,
        date_week,
        date_month,
        date_quarter,
        date_year,
        cast(iso_year as integer) as iso_year,
        cast(iso_week_number as integer) as iso_week_number,
        cast(iso_day_of_week as integer) as iso_day_of_week,
        cast(extract(month from date_day) as integer) as month_number,
        case iso_day_of_week
            when 1 then 'Monday'
            when 2 then 'Tuesday'
            when 3 then 'Wednesday'
            when 4 then 'Thursday'
            when 5 then 'Friday'
            when 6 then 'Saturday'
            else 'Sunday'
        end as day_name,
        case extract(month from date_day)
            when 1 then 'January'
            when 2 then 'February'
            when 3 then 'March'
            when 4 then 'April'
            when 5 then 'May'
            when 6 then 'June'
            when 7 then 'July'
            when 8 then 'August'
            when 9 then 'September'
            when 10 then 'October'
            when 11 then 'November'
            else 'December'
        end as month_name,
        iso_day_of_week >= 6 as is_weekend,
        date_day > {{ as_of_date() }} as is_future

    from with_week_numbers

)

select * from final
