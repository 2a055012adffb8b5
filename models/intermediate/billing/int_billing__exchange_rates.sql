-- A rate ends when its file says so, and at the latest when the next one of its currency begins.
with

rates as (

    select
        *,
        lead(valid_from_date) over (
            partition by currency
            order by valid_from_date
        ) as next_from_date

    from {{ ref('stg_invoices__exchange_rates') }}

),

final as (

    select
        currency,
        usd_per_unit,
        valid_from_date,
        case
            when valid_to_date <= coalesce(next_from_date, valid_to_date) then valid_to_date
            else coalesce(next_from_date, cast('9999-12-31' as date))
        end as until_date

    from rates

)

select * from final
