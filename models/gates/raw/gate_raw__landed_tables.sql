-- Distinct keys are the one dear count, so they are counted on days that loads of the last seven days
-- wrote: files stay in the spool that long, and a fault can still be mended by reading them again.
with

observed_days as (

    select
        source_id,
        table_name,
        date_day,
        observed_at
    from {{ source('ingestion', 'observed_days') }}

),

recent_days as (

    select distinct
        source_id,
        table_name,
        date_day
    from observed_days
    where
        observed_at
        >= {{ dbt.dateadd('day', -7, '(select max(newest.observed_at) from observed_days as newest)') }}

),

table_days as (

    {% for landed in landed_tables() %}
    select
        '{{ landed.source_id }}' as source_id,
        '{{ landed.table_name }}' as table_name,
        landed.date_day,
        count(*) as row_count,
        count(case when landed.{{ landed.key }} is null or landed.date_day is null then 1 end)
            as null_key_count,
        count(case when recent_days.date_day is not null then landed.{{ landed.key }} end)
        - count(
            distinct case when recent_days.date_day is not null then landed.{{ landed.key }} end
        ) as duplicate_key_count
    from {{ source(landed.source_id, landed.table_name) }} as landed
    left join recent_days
        on
            landed.date_day = recent_days.date_day
            and recent_days.source_id = '{{ landed.source_id }}'
            and recent_days.table_name = '{{ landed.table_name }}'
    group by landed.date_day
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Clients stamp their own clock, and a zone away from UTC and a drifting clock fit within one day.
-- Seats are billed for days to come. A line that was set aside may have the day of its file, which
-- the machine dates, whatever the reporting day.
dated_days as (

    select
        *,
        case when date_day < cast('{{ var("history_start_date") }}' as date) then row_count else 0 end
            as ancient_row_count,
        case
            when
                date_day > {{ dbt.dateadd('day', 1, as_of_date()) }}
                and source_id != 'invoices'
                and table_name != 'rejected_rows'
                then row_count
            else 0
        end as future_row_count
    from table_days

),

-- Of tables that clients stamp themselves: of a file with few lines one wrong date is a large share.
future_shares as (

    select
        source_id,
        table_name,
        1.0 * sum(future_row_count) / sum(row_count) as future_row_share
    from dated_days
    where source_id in ('claude_code_otel', 'claude_code_logs')
    group by
        source_id,
        table_name

),

-- Sound days of a table are one row.
named_days as (

    select
        source_id,
        table_name,
        case
            when null_key_count + duplicate_key_count + ancient_row_count + future_row_count > 0
                then date_day
        end as date_day,
        row_count,
        null_key_count,
        duplicate_key_count,
        ancient_row_count,
        future_row_count
    from dated_days

),

final as (

    select
        named_days.source_id,
        named_days.table_name,
        named_days.date_day,
        sum(named_days.row_count) as row_count,
        sum(named_days.null_key_count) as null_key_count,
        sum(named_days.duplicate_key_count) as duplicate_key_count,
        sum(named_days.ancient_row_count) as ancient_row_count,
        sum(named_days.future_row_count) as future_row_count,
        max(future_shares.future_row_share) as future_row_share
    from named_days
    left join future_shares
        on
            named_days.source_id = future_shares.source_id
            and named_days.table_name = future_shares.table_name
    group by
        named_days.source_id,
        named_days.table_name,
        named_days.date_day

)

select * from final
