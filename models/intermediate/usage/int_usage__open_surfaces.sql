-- Days, channels and surfaces of which no source told everything.
with

days as (

    select date_day
    from {{ ref('util_days') }}
    where date_day <= {{ as_of_date() }}

),

-- Products that nobody knows, and keys, have no surface to miss.
surfaces as (

    select distinct
        channel,
        surface

    from {{ ref('int_usage__source_ranks') }}

    where
        channel != 'unknown'
        and surface not in ('slack', 'other', 'api')

),

covered_days as (

    select * from {{ ref('int_counting__covered_days') }}
    where measure_kind = 'use'

),

final as (

    select
        days.date_day,
        surfaces.channel,
        surfaces.surface

    from days

    cross join surfaces

    left join covered_days
        on
            days.date_day = covered_days.date_day
            and surfaces.channel = covered_days.channel
            and surfaces.surface = covered_days.surface

    where covered_days.date_day is null

)

select * from final
