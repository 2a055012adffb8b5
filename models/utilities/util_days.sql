with

spine as (

    {{
        dbt.date_spine(
            datepart="day",
            start_date="cast('" ~ var('history_start_date') ~ "' as date)",
            end_date="cast(" ~ dbt.dateadd('day', 2, as_of_date()) ~ " as date)"
        )
    }}

),

final as (

    select cast(date_day as date) as date_day
    from spine

)

select * from final
