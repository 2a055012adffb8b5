-- Distinct keys are the one dear count, so they are counted on days that loads wrote lately.
with

recent_days as (

    select
        source_id,
        table_name,
        date_day
    from {{ ref('gate_raw__recent_days') }}

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
        case
            when date_day < cast('{{ var("history_start_date") }}' as date) then row_count
            else 0
        end as ancient_row_count,
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

-- Sound days of a table are one row. Shares are of tables that clients stamp: of a file with few
-- lines one wrong date is a large share.
final as (

    select
        source_id,
        table_name,
        case
            when null_key_count + duplicate_key_count + ancient_row_count + future_row_count > 0
                then date_day
        end as fault_day,
        sum(row_count) as row_count,
        sum(null_key_count) as null_key_count,
        sum(duplicate_key_count) as duplicate_key_count,
        sum(ancient_row_count) as ancient_row_count,
        sum(future_row_count) as future_row_count,
        case
            when source_id in ('claude_code_otel', 'claude_code_logs')
                then
                    1.0 * sum(sum(future_row_count)) over (partition by source_id, table_name)
                    / sum(sum(row_count)) over (partition by source_id, table_name)
        end as future_row_share
    from dated_days
    group by source_id, table_name, fault_day

)

select * from final
