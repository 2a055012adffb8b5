with

landed_days as (

    {% for landed in landed_tables() | selectattr('is_observed') %}
    select
        '{{ landed.source_id }}' as source_id,
        '{{ landed.table_name }}' as table_name,
        date_day,
        count(*) as row_count
    from {{ source(landed.source_id, landed.table_name) }}
    where date_day is not null
    group by date_day
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

observations as (

    select
        source_id,
        table_name,
        date_day,
        observed_at,
        status,
        row_count,
        row_number() over (
            partition by source_id, table_name, date_day
            order by
                case when observed_at is null then 1 else 0 end,
                observed_at desc,
                load_id desc
        ) as age_rank
    from {{ source('ingestion', 'observed_days') }}

),

observed_days as (

    select
        source_id,
        table_name,
        date_day,
        max(case when age_rank = 1 then row_count end) as row_count,
        count(
            case
                when status in ('landed', 'empty', 'not_published', 'forbidden', 'failed') then null
                else 1
            end
        ) as unknown_status_count,
        count(case when observed_at is null then 1 end) as no_time_count
    from observations
    group by source_id, table_name, date_day

),

table_days as (

    select
        coalesce(landed_days.source_id, observed_days.source_id) as source_id,
        coalesce(landed_days.table_name, observed_days.table_name) as table_name,
        coalesce(landed_days.date_day, observed_days.date_day) as date_day,
        case when observed_days.source_id is null then 1 else 0 end as unobserved_day_count,
        coalesce(landed_days.row_count - observed_days.row_count, 0) as row_count_difference,
        coalesce(observed_days.unknown_status_count, 0) as unknown_status_count,
        coalesce(observed_days.no_time_count, 0) as no_time_count
    from landed_days
    full outer join observed_days
        on
            landed_days.source_id = observed_days.source_id
            and landed_days.table_name = observed_days.table_name
            and landed_days.date_day = observed_days.date_day

),

-- Sound days of a table are one row.
final as (

    select
        source_id,
        table_name,
        case
            when
                unobserved_day_count + unknown_status_count + no_time_count > 0
                or row_count_difference != 0
                then date_day
        end as fault_day,
        sum(unobserved_day_count) as unobserved_day_count,
        sum(row_count_difference) as row_count_difference,
        sum(unknown_status_count) as unknown_status_count,
        sum(no_time_count) as no_time_count
    from table_days
    group by source_id, table_name, fault_day

)

select * from final
