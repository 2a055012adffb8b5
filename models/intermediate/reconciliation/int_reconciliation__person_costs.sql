-- A spend report of an Enterprise organisation beside what its API says of the same people in the
-- same period. A Team plan has no API: its reports stand alone.
with

reports as (

    select * from {{ ref('int_billing__spend_reports') }}
    where is_counted

),

enterprise_costs as (

    select * from {{ ref('int_billing__enterprise_costs') }}
    where person_key != '-1'

),

told as (

    select
        period_start_date,
        period_end_date,
        channel,
        person_key,
        surface,
        cast(null as decimal(28, 10)) as left_value,
        extra_usage_cost_usd as right_value

    from {{ ref('int_billing__extra_usage') }}

    union all

    select
        reports.period_start_date,
        reports.period_end_date,
        reports.channel,
        enterprise_costs.person_key,
        enterprise_costs.surface,
        enterprise_costs.reported_cost_usd as left_value,
        cast(null as decimal(28, 10)) as right_value

    from enterprise_costs

    inner join reports
        on
            reports.channel = 'enterprise'
            and enterprise_costs.date_day between reports.period_start_date
            and reports.period_end_date

),

final as (

    select
        period_start_date as date_day,
        'api:csv' as pair_id,
        period_end_date,
        channel,
        {{ dbt.concat(['channel', "':'", 'surface']) }} as cut_key,
        '-1' as claude_model_id,
        person_key,
        sum(left_value) as left_value,
        sum(right_value) as right_value,
        1 as line_count,
        false as is_price_missing,
        false as is_in_two_periods,
        channel != 'enterprise' as is_left_partial,
        'enterprise_user_cost_report' as left_source_id,
        'exports_spend_report' as right_source_id,
        false as lacks_days,
        {{ newest_change(['anthropic_exports', 'anthropic_enterprise']) }} as observed_through_at

    from told

    group by period_start_date, period_end_date, channel, surface, person_key

)

select * from final
