-- The periods that invoices bill, and how many days of each the reports beside them have.
with

invoice_lines as (

    select * from {{ ref('int_billing__invoiced_lines') }}
    where line_kind in ('usage', 'extra_usage')

),

periods as (

    select distinct
        channel,
        period_start_date,
        period_end_date

    from invoice_lines

),

overlapping as (

    select distinct
        periods.channel,
        periods.period_start_date,
        periods.period_end_date

    from periods

    inner join periods as other_periods
        on
            periods.channel = other_periods.channel
            and periods.period_start_date <= other_periods.period_end_date
            and periods.period_end_date >= other_periods.period_start_date
            and (
                periods.period_start_date != other_periods.period_start_date
                or periods.period_end_date != other_periods.period_end_date
            )

),

report_days as (

    select distinct
        case source_id when 'anthropic_console' then 'console' else 'enterprise' end as channel,
        date_day as first_day,
        1 as day_count

    from {{ ref('stg_ingestion__observed_days') }}

    where
        source_id in ('anthropic_console', 'anthropic_enterprise')
        and table_name = 'cost_report'
        and status in ('landed', 'empty')

    union all

    select
        channel,
        period_start_date as first_day,
        {{
            dbt.datediff('period_start_date', 'period_end_date', 'day')
        }} + 1 as day_count

    from {{ ref('int_billing__spend_reports') }}

    where is_counted and channel = 'team'

),

covered as (

    select
        periods.channel,
        periods.period_start_date,
        periods.period_end_date,
        sum(report_days.day_count) as reported_day_count

    from periods

    inner join report_days
        on
            periods.channel = report_days.channel
            and report_days.first_day between periods.period_start_date and periods.period_end_date

    group by periods.channel, periods.period_start_date, periods.period_end_date

),

final as (

    select
        periods.channel,
        periods.period_start_date,
        periods.period_end_date,
        overlapping.channel is not null as is_overlapping,
        coalesce(covered.reported_day_count, 0)
        < {{
            dbt.datediff('periods.period_start_date', 'periods.period_end_date', 'day')
        }} + 1 as lacks_days

    from periods

    left join overlapping
        on
            periods.channel = overlapping.channel
            and periods.period_start_date = overlapping.period_start_date
            and periods.period_end_date = overlapping.period_end_date

    left join covered
        on
            periods.channel = covered.channel
            and periods.period_start_date = covered.period_start_date
            and periods.period_end_date = covered.period_end_date

)

select * from final
