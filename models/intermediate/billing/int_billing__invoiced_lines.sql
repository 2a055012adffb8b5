-- Converted by the rate of the day of the invoice, which is when the money is owed; the period may
-- lie a month earlier. Without a rate for that day there are no dollars.
with

invoice_lines as (

    select
        *,
        coalesce(period_end_date, period_start_date) as last_billed_date

    from {{ ref('stg_invoices__invoice_lines') }}

),

rates as (

    select * from {{ ref('int_billing__exchange_rates') }}

),

final as (

    select
        invoice_lines.row_key,
        invoice_lines.vendor,
        invoice_lines.invoice_id,
        {{ invoice_channel('invoice_lines.product') }} as channel,
        invoice_lines.line_kind,
        coalesce(invoice_lines.cost_centre, 'unattributed') as cost_centre,
        invoice_lines.currency,
        invoice_lines.amount,
        case when invoice_lines.currency = 'USD' then 1 else rates.usd_per_unit end
            as usd_per_unit,
        case
            when invoice_lines.currency = 'USD'
                then cast(invoice_lines.amount as decimal(28, 10))
            else
                cast(
                    cast(invoice_lines.amount as decimal(20, 6)) * rates.usd_per_unit
                    as decimal(28, 10)
                )
        end as invoiced_cost_usd,
        invoice_lines.invoice_date,
        invoice_lines.period_start_date,
        invoice_lines.last_billed_date as period_end_date

    from invoice_lines

    left join rates
        on
            invoice_lines.currency = rates.currency
            and invoice_lines.invoice_date >= rates.valid_from_date
            and invoice_lines.invoice_date < rates.until_date

)

select * from final
