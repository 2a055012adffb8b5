-- Invoices without a rate, and spend reports of which a newer one takes a part alone.
select
    currency as item_name,
    date_day as period_start_date,
    date_day as period_end_date,
    count(*) - count(usd_per_unit) as unconverted_row_count,
    cast(null as bigint) as uncovered_day_count
from {{ ref('fct_billed_cost_daily') }}
group by currency, date_day

union all

select
    feed_name as item_name,
    period_start_date,
    period_end_date,
    cast(null as bigint) as unconverted_row_count,
    uncovered_day_count
from {{ ref('int_billing__spend_reports') }}
