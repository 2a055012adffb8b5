-- Age is measured when something was last landed, and so told of a run as `status` tells it then.
with

landed_tables as (

    {% for landed in landed_tables() | selectattr('is_observed') %}
    select
        '{{ landed.source_id }}' as source_id,
        '{{ landed.table_name }}' as table_name,
        '{{ landed.table_name if landed.is_aged_alone else 'all' }}' as aged_tables,
        {{ landed.max_age_hours }} as max_age_hours
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

last_landing as (

    select max(observed_at) as landed_at
    from {{ source('ingestion', 'observed_days') }}

),

-- A source that is seen as one has one row.
last_days as (

    select
        landed_tables.source_id,
        landed_tables.aged_tables,
        landed_tables.max_age_hours,
        max(observed_days.date_day) as last_day
    from landed_tables
    inner join {{ source('ingestion', 'observed_days') }} as observed_days
        on
            landed_tables.source_id = observed_days.source_id
            and landed_tables.table_name = observed_days.table_name
    where observed_days.status in ('landed', 'empty')
    group by landed_tables.source_id, landed_tables.aged_tables, landed_tables.max_age_hours

),

ages as (

    select
        last_days.*,
        {{
            dbt.datediff(
                dbt.dateadd('day', 1, 'last_days.last_day'),
                'last_landing.landed_at',
                'minute'
            )
        }} as age_minutes
    from last_days
    cross join last_landing

),

final as (

    select
        source_id,
        aged_tables,
        last_day,
        max_age_hours,
        case
            when age_minutes > 60 * max_age_hours then age_minutes - 60 * max_age_hours else 0
        end as overdue_minute_count
    from ages

)

select * from final
