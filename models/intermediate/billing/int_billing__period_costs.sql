-- What is told of a period as one sum stands on its first day.
with

extra_usage as (

    select * from {{ ref('int_billing__extra_usage') }}

),

memberships as (

    select * from {{ ref('int_identity__memberships') }}

),

-- Whoever came or moved within the period counts where they were last.
last_memberships as (

    select
        extra_usage.period_start_date,
        extra_usage.period_end_date,
        extra_usage.person_key,
        max(memberships.valid_from_date) as valid_from_date

    from extra_usage

    inner join memberships
        on
            extra_usage.person_key = memberships.person_key
            and extra_usage.period_end_date >= memberships.valid_from_date
            and extra_usage.period_start_date < memberships.until_date

    group by
        extra_usage.period_start_date,
        extra_usage.period_end_date,
        extra_usage.person_key

),

of_people as (

    select
        'extra_usage' as cost_kind,
        extra_usage.period_start_date,
        extra_usage.period_end_date,
        'extra_usage' as line_kind,
        extra_usage.channel,
        extra_usage.surface,
        extra_usage.person_key,
        coalesce(memberships.org_unit_key, '-1') as org_unit_key,
        'unattributed' as cost_centre,
        extra_usage.claude_model_id,
        'exports_spend_report' as source_id,
        extra_usage.feed_name as issuer,
        '-1' as invoice_id,
        'USD' as currency,
        extra_usage.extra_usage_cost_usd as billed_value,
        cast(1 as decimal(18, 10)) as usd_per_unit,
        extra_usage.extra_usage_cost_usd,
        cast(null as decimal(28, 10)) as invoiced_cost_usd

    from extra_usage

    left join last_memberships
        on
            extra_usage.period_start_date = last_memberships.period_start_date
            and extra_usage.period_end_date = last_memberships.period_end_date
            and extra_usage.person_key = last_memberships.person_key

    left join memberships
        on
            last_memberships.person_key = memberships.person_key
            and last_memberships.valid_from_date = memberships.valid_from_date

),

of_invoices as (

    select
        'invoiced' as cost_kind,
        period_start_date,
        period_end_date,
        line_kind,
        channel,
        'other' as surface,
        '-1' as person_key,
        '-1' as org_unit_key,
        cost_centre,
        '-1' as claude_model_id,
        'invoices_invoice_lines' as source_id,
        vendor as issuer,
        invoice_id,
        currency,
        sum(amount) as billed_value,
        min(usd_per_unit) as usd_per_unit,
        cast(null as decimal(28, 10)) as extra_usage_cost_usd,
        case when count(invoiced_cost_usd) = count(*) then sum(invoiced_cost_usd) end
            as invoiced_cost_usd

    from {{ ref('int_billing__invoiced_lines') }}

    group by
        period_start_date,
        period_end_date,
        line_kind,
        channel,
        cost_centre,
        vendor,
        invoice_id,
        currency

),

final as (

    select * from of_people
    union all
    select * from of_invoices

)

select * from final
