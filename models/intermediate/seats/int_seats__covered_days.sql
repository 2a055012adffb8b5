-- The next list tells a day: who is on it was there since he was added, and who left before it is
-- not known to have been there since the list before. After the last list nothing is known.
with

days as (

    select date_day from {{ ref('util_days') }}

    where date_day <= {{ as_of_date() }}

),

list_days as (

    select * from {{ ref('int_seats__list_days') }}

),

final as (

    select
        days.date_day,
        list_days.source_id,
        list_days.feed_name,
        list_days.list_date,
        case when days.date_day = list_days.list_date then list_days.previous_list_date end
            as previous_list_date,
        case when days.date_day = list_days.list_date then list_days.next_list_date end
            as next_list_date

    from list_days

    inner join days
        on
            list_days.list_date >= days.date_day
            and (
                list_days.previous_list_date is null
                or list_days.previous_list_date < days.date_day
            )

)

select * from final
