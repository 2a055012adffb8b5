"""What was billed, computed from the truth and the rules by which the company is billed.

Reports round each row that they serve; how far a sum may be off is counted row by row, and nothing
else is allowed. Invoices are computed to the cent and must be the same.
"""

from typing import Final

from demo.organisation.views.enterprise_cost import PAID_SHARE
from demo.organisation.views.exports import ALLOWANCES, EXTRA_USAGE_DISCOUNT
from demo.organisation.views.invoices import (
    CREDIT,
    CREDIT_MONTHS,
    SEAT_DISCOUNT,
    SEAT_PRICES,
    TAX_RATE,
    USAGE_DISCOUNT,
)

# The Console tells ten-thousandths of a cent and one digit more, Enterprise two more, exports
# millionths of a dollar: half of the last digit may go per row.
_CONSOLE_ROUNDING: Final = "0.00000005"
_ENTERPRISE_ROUNDING: Final = "0.000000005"
_EXPORT_ROUNDING: Final = "0.0000005"
_TOKEN_KINDS: Final = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
)

# A report row per kind of token that was used, and one for the searches of a workspace.
_SERVED_ROWS: Final = " + ".join(f"sign(sum({kind}))" for kind in _TOKEN_KINDS)

# People's own keys are in the workspace that the vendor made for them.
_CONSOLE: Final = f"""
    with

    used as (

        select
            date_day,
            coalesce(actors.workspace_id, own_keys.workspace_id, 'default') as workspace_id,
            claude_model_id,
            service_tier,
            sum(list_cost_usd) as cost_usd,
            {_SERVED_ROWS} as served_rows
        from truth.tokens_daily
        left join truth.actors using (actor_id)
        left join (
            select owner_person_id, min(workspace_id) as workspace_id
            from truth.actors where kind = 'user_key' group by owner_person_id
        ) as own_keys on tokens_daily.person_id = own_keys.owner_person_id
        where route = 'console'
        group by all

    )

    select
        date_day,
        md5('workspace|' || workspace_id) as workspace_key,
        coalesce(any_value(cost_centre), 'unattributed') as cost_centre,
        sum(cost_usd) as cost_usd,
        (sum(served_rows) + 1) * {_CONSOLE_ROUNDING} as rounding_usd
    from used
    left join truth.workspaces using (workspace_id)
    group by date_day, workspace_id
"""

# Cowork that ran by schedule is told of nobody, and some products under names of their own.
_ENTERPRISE: Final = f"""
    with

    scheduled as (

        select date_day, person_id
        from truth.planted
        join truth.accounts
            on system = 'enterprise' and user_id = split_part(note, ' ', 1)
        where kind = 'unattributed'

    ),

    odd as (

        select date_day, person_id, split_part(split_part(note, ' used ', 2), ',', 1) as surface
        from truth.planted
        join truth.people on email = split_part(note, ' used ', 1)
        where kind = 'unknown_product'

    )

    select
        tokens_daily.date_day,
        case
            when scheduled.person_id is null then coalesce(person_keys.person_key, '-1')
            else '-1'
        end as person_key,
        case
            when scheduled.person_id is not null or person_keys.person_key is null then 'other'
            when odd.person_id is null then tokens_daily.surface
            when tokens_daily.surface = 'chat' then 'slack'
            else 'other'
        end as surface,
        case
            when scheduled.person_id is null and person_keys.person_key is not null
                then claude_model_id
            else '-1'
        end as claude_model_id,
        sum(list_cost_usd) * {PAID_SHARE} as cost_usd,
        count(*) * {_ENTERPRISE_ROUNDING} as rounding_usd
    from truth.tokens_daily
    left join truth.person_keys using (person_id)
    left join scheduled
        on
            tokens_daily.surface = 'cowork'
            and tokens_daily.date_day = scheduled.date_day
            and tokens_daily.person_id = scheduled.person_id
    left join odd
        on
            tokens_daily.date_day = odd.date_day
            and tokens_daily.person_id = odd.person_id
            and tokens_daily.surface = odd.surface
    where route = 'enterprise'
    group by all
"""
# The remainder of a day is a total less its users, each of which was rounded; so is nothing.
_ENTERPRISE_BOUNDED: Final = f"""
    with expected as ({_ENTERPRISE})

    select * from expected
    union all
    select
        date_day, '-1', 'other', '-1', 0, {_ENTERPRISE_ROUNDING} + sum(rounding_usd)
    from expected
    group by date_day
"""

_TIERS: Final = " ".join(f"when '{tier}' then {value}" for tier, value in ALLOWANCES.items())
# Every person-month on the Team plan, those who stayed within the seat included. A day is extra
# once the days of the month before it have used the allowance up.
_EXTRA_USAGE: Final = f"""
    with

    days as (

        select
            tokens_daily.person_id,
            tokens_daily.date_day,
            date_trunc('month', tokens_daily.date_day) as date_month,
            case coalesce(any_value(seat_tier), 'standard') {_TIERS} end as allowance_usd,
            sum(list_cost_usd) as list_cost_usd
        from truth.tokens_daily
        left join truth.seats_daily
            on
                tokens_daily.person_id = seats_daily.person_id
                and tokens_daily.date_day = seats_daily.date_day
                and system = 'team'
        where route = 'team'
        group by all

    ),

    running as (

        select
            *,
            sum(list_cost_usd) over (partition by person_id, date_month order by date_day)
            - list_cost_usd >= allowance_usd as is_extra
        from days

    )

    select
        greatest(date_month, (select min(date_day) from truth.calendar))::date as date_day,
        person_key,
        surface,
        claude_model_id,
        sum(case when is_extra then tokens_daily.list_cost_usd else 0 end)
        * (1 - {EXTRA_USAGE_DISCOUNT}) as cost_usd,
        {_EXPORT_ROUNDING} as rounding_usd
    from truth.tokens_daily
    join running using (person_id, date_day)
    join truth.person_keys using (person_id)
    where route = 'team'
    group by all
"""

_SEAT_PRICES: Final = ", ".join(
    f"('{system}', '{tier}', {price})" for (system, tier), price in SEAT_PRICES.items()
)
_CREDIT_MONTHS: Final = ", ".join(map(str, CREDIT_MONTHS))
# All lines of an invoice by hand: months that have ended, each amount rounded to the cent.
_INVOICES: Final = f"""
    with

    all_months as (

        select min(date_day) as first_day, max(date_day) as last_day
        from truth.calendar
        group by date_trunc('month', date_day)

    ),

    months as (

        select
            *,
            last_day - first_day + 1 as day_count,
            (0.85 + (month(first_day) % 5) / 100.0)::decimal(4, 2) as euros_per_dollar
        from all_months
        where day(last_day + 1) = 1

    ),

    seat_counts as (

        select
            first_day, system, seat_tier, day_count, price,
            count(*) filter (date_day = first_day) as first_day_count,
            count(*) as seat_days
        from months
        join truth.seats_daily on date_day between first_day and last_day
        join (values {_SEAT_PRICES}) as _ (system, seat_tier, price) using (system, seat_tier)
        where seat_status = 'assigned'
        group by all

    ),

    seats as (

        select
            first_day,
            system as channel,
            sum(
                round(first_day_count * price::decimal(10, 2), 2)
                + round(
                    round(
                        greatest(seat_days - first_day_count * day_count, 0)::decimal(12, 4)
                        / day_count, 4
                    )::decimal(12, 4)
                    * price::decimal(10, 2), 2
                )
            )::decimal(18, 2) as amount
        from seat_counts
        group by all

    ),

    list_values as (

        select
            first_day,
            euros_per_dollar,
            route,
            case when route = 'console' then workspaces.workspace_id end as workspace_id,
            sum(list_cost_usd) as cost_usd
        from months
        join truth.tokens_daily on date_day between first_day and last_day
        left join truth.actors using (actor_id)
        left join truth.workspaces
            on case
                when tokens_daily.actor_id is null then workspaces.name = 'Claude Code'
                else workspaces.workspace_id = actors.workspace_id
            end
        where route in ('enterprise', 'console', 'bedrock')
        group by all

    ),

    usage as (

        select
            first_day,
            route as channel,
            sum(
                case route
                    when 'enterprise' then round(cost_usd * (1 - {USAGE_DISCOUNT}), 2)
                    when 'bedrock' then round(round(cost_usd, 2) * euros_per_dollar, 2)
                    else round(cost_usd, 2)
                end
            )::decimal(18, 2) as amount
        from list_values
        group by all

    ),

    extra_usage as (

        select
            date_day as first_day,
            round(sum(cost_usd), 2)::decimal(18, 2) as amount
        from ({_EXTRA_USAGE})
        group by date_day

    ),

    lines as (

        select first_day, channel, 'seat' as line_kind, amount from seats
        union all
        select first_day, channel, 'discount', -round(amount * {SEAT_DISCOUNT}, 2)
        from seats where channel = 'enterprise'
        union all
        select first_day, channel, 'usage', amount from usage
        union all
        select first_day, channel, 'credit', -least(amount, {CREDIT})
        from usage
        where channel = 'enterprise' and amount > 0 and month(first_day) in ({_CREDIT_MONTHS})
        union all
        select first_day, 'team', 'extra_usage', amount
        from extra_usage join months using (first_day)

    ),

    taxed as (

        select * from lines where amount != 0
        union all
        select first_day, channel, 'tax', round(sum(amount) * {TAX_RATE}, 2)
        from lines group by first_day, channel

    )

    select
        first_day as date_day,
        last_day as period_end_date,
        channel,
        line_kind,
        case channel when 'bedrock' then 'EUR' else 'USD' end as currency,
        amount::decimal(18, 8) as billed_value,
        (
            amount::decimal(16, 2)
            * case channel
                when 'bedrock' then round((1 / euros_per_dollar)::decimal(18, 14), 10)
                else 1
            end::decimal(18, 10)
        )::decimal(18, 10) as invoiced_cost_usd
    from taxed
    join months using (first_day)
    where amount != 0
"""


def _compared(expected: str, cost: str, where: str, *keys: str) -> str:
    """SQL of groups whose cost is off by more than rounding, missing ones included."""
    return f"""
        with

        expected as (

            select {", ".join(keys)}, sum(cost_usd) as cost_usd, sum(rounding_usd) as rounding_usd
            from ({expected}) group by all

        ),

        told as (

            select {", ".join(keys)}, sum({cost}) as told_cost_usd
            from fct_billed_cost_daily where {where} group by all

        )

        select *
        from expected
        full outer join told using ({", ".join(keys)})
        where
            abs(coalesce(cost_usd, 0) - coalesce(told_cost_usd, 0))
            > coalesce(rounding_usd, 0)
    """


_CONSOLE_KEYS: Final = ("date_day", "workspace_key", "cost_centre")
_PERSON_KEYS: Final = ("date_day", "person_key", "surface", "claude_model_id")
_INVOICE_COLUMNS: Final = (
    "date_day, period_end_date, channel, line_kind, currency, sum(billed_value),"
    " sum(invoiced_cost_usd)"
)
_INVOICED: Final = f"""
    select {_INVOICE_COLUMNS} from fct_billed_cost_daily where cost_kind = 'invoiced' group by all
"""
_EXPECTED_INVOICES: Final = f"select {_INVOICE_COLUMNS} from ({_INVOICES}) group by all"

CHECKS: Final = {
    "the console reports the cost of each workspace": _compared(
        _CONSOLE,
        "reported_cost_usd",
        "cost_kind = 'reported' and channel = 'console'",
        *_CONSOLE_KEYS,
    ),
    "enterprise reports what each person-day costs after the discount": _compared(
        _ENTERPRISE_BOUNDED,
        "reported_cost_usd",
        "cost_kind = 'reported' and channel = 'enterprise'",
        *_PERSON_KEYS,
    ),
    "extra usage of each person-month is what lies above the seat": _compared(
        _EXTRA_USAGE,
        "extra_usage_cost_usd",
        "cost_kind = 'extra_usage'",
        *_PERSON_KEYS,
    ),
    "invoices are what the truth makes of seats and usage": (
        f"({_EXPECTED_INVOICES} except {_INVOICED})"
        f" union all ({_INVOICED} except {_EXPECTED_INVOICES})"
    ),
    "a row has one kind of cost": """
        select * from fct_billed_cost_daily
        where
            (cost_kind = 'reported') != (reported_cost_usd is not null)
            or (cost_kind = 'extra_usage') != (extra_usage_cost_usd is not null)
            or (cost_kind = 'invoiced') != (invoiced_cost_usd is not null)
    """,
}

COUNTS: Final = {
    "the console reports the cost of each workspace": f"select count(*) from ({_CONSOLE})",
    "enterprise reports what each person-day costs after the discount": (
        f"select count(*) from ({_ENTERPRISE})"
    ),
    "extra usage of each person-month is what lies above the seat": (
        f"select count(*) from ({_EXTRA_USAGE})"
    ),
    "invoices are what the truth makes of seats and usage": f"select count(*) from ({_INVOICES})",
    "a row has one kind of cost": "select count(*) from fct_billed_cost_daily",
}
