-- Usage as reported beside usage as invoiced, by the period of the invoice and its cost centre.
-- Days that no invoice bills yet stand in their calendar month. The Console names no cost centre
-- for its default workspace, and other channels name none at all: cost centres that agree stand
-- alone, and the rest can only be compared as one.
with

reported_days as (

    select
        date_day,
        channel,
        cost_centre,
        cost_usd,
        unpriced_count,
        observed_through_at

    from {{ ref('int_reconciliation__reported_days') }}

    union all

    select
        period_start_date as date_day,
        channel,
        'unattributed' as cost_centre,
        extra_usage_cost_usd as cost_usd,
        0 as unpriced_count,
        {{ newest_change(['anthropic_exports']) }} as observed_through_at

    from {{ ref('int_billing__extra_usage') }}

    where channel = 'team'

),

periods as (

    select * from {{ ref('int_reconciliation__invoice_periods') }}

),

tolerances as (

    select * from {{ ref('reconciliation_tolerances') }}
    where pair_id = 'cost_report:invoice' and measure = 'cost_usd'

),

placed as (

    select
        reported_days.*,
        coalesce(
            periods.period_start_date,
            cast({{ dbt.date_trunc('month', 'reported_days.date_day') }} as date)
        ) as period_start_date,
        coalesce(
            periods.period_end_date,
            cast({{ dbt.last_day('reported_days.date_day', 'month') }} as date)
        ) as period_end_date

    from reported_days

    left join periods
        on
            reported_days.channel = periods.channel
            and reported_days.date_day between periods.period_start_date and periods.period_end_date

),

sides as (

    select
        channel,
        period_start_date,
        period_end_date,
        cost_centre,
        cost_usd as left_value,
        cast(null as decimal(28, 10)) as right_value,
        0 as line_count,
        unpriced_count,
        0 as unconverted_count,
        observed_through_at

    from placed

    union all

    select
        channel,
        period_start_date,
        period_end_date,
        cost_centre,
        cast(null as decimal(28, 10)) as left_value,
        invoiced_cost_usd as right_value,
        1 as line_count,
        0 as unpriced_count,
        case when invoiced_cost_usd is null then 1 else 0 end as unconverted_count,
        {{ newest_change(['invoices']) }} as observed_through_at

    from {{ ref('int_billing__invoiced_lines') }}

    where line_kind in ('usage', 'extra_usage')

),

by_cost_centre as (

    select
        channel,
        period_start_date,
        period_end_date,
        cost_centre,
        sum(left_value) as left_value,
        sum(right_value) as right_value,
        sum(line_count) as line_count,
        sum(unpriced_count) as unpriced_count,
        sum(unconverted_count) as unconverted_count,
        max(observed_through_at) as observed_through_at

    from sides

    group by channel, period_start_date, period_end_date, cost_centre

),

judged as (

    select
        by_cost_centre.*,
        coalesce(
            by_cost_centre.cost_centre != 'unattributed'
            and abs(by_cost_centre.left_value - by_cost_centre.right_value)
            <= by_cost_centre.line_count * tolerances.absolute_tolerance,
            false
        ) as is_alike,
        max(case when by_cost_centre.cost_centre = 'unattributed' then 1 else 0 end) over (
            partition by
                by_cost_centre.channel,
                by_cost_centre.period_start_date,
                by_cost_centre.period_end_date
        ) as has_unattributed

    from by_cost_centre

    cross join tolerances

),

cells as (

    select
        channel,
        period_start_date,
        period_end_date,
        case
            when is_alike or has_unattributed = 0
                then {{ dbt.concat(['channel', "':'", 'cost_centre']) }}
            else channel
        end as cut_key,
        sum(left_value) as left_value,
        case when sum(unconverted_count) = 0 then sum(right_value) end as right_value,
        sum(line_count) as line_count,
        sum(unpriced_count) as unpriced_count,
        sum(unconverted_count) as unconverted_count,
        max(observed_through_at) as observed_through_at

    from judged

    group by
        channel,
        period_start_date,
        period_end_date,
        case
            when is_alike or has_unattributed = 0
                then {{ dbt.concat(['channel', "':'", 'cost_centre']) }}
            else channel
        end

),

sourced as (

    select
        cells.*,
        coalesce(periods.is_overlapping, false) as is_overlapping,
        coalesce(periods.lacks_days, false) as lacks_days,
        case cells.channel
            when 'console' then 'console_cost_report'
            when 'enterprise' then 'enterprise_cost_report'
            when 'team' then 'exports_spend_report'
            else 'otel_events'
        end as left_source_id

    from cells

    left join periods
        on
            cells.channel = periods.channel
            and cells.period_start_date = periods.period_start_date
            and cells.period_end_date = periods.period_end_date

),

final as (

    select
        sourced.period_start_date as date_day,
        'cost_report:invoice' as pair_id,
        sourced.period_end_date,
        sourced.channel,
        sourced.cut_key,
        '-1' as claude_model_id,
        '-1' as person_key,
        sourced.left_value,
        sourced.right_value,
        case when sourced.line_count > 0 then sourced.line_count else 1 end as line_count,
        sourced.unpriced_count > 0 or sourced.unconverted_count > 0 as is_price_missing,
        sourced.is_overlapping as is_in_two_periods,
        sourced.channel in ('bedrock', 'vertex') as is_left_partial,
        sourced.left_source_id,
        'invoices_invoice_lines' as right_source_id,
        sourced.lacks_days and sourced.channel not in ('bedrock', 'vertex') as lacks_days,
        sourced.observed_through_at

    from sourced

)

select * from final
