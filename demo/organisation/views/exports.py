"""CSV exports of the subsidiary on the Team plan, which no API reports.

One spend report and one contribution report per month, one member list per month's end. The spend
report shows spend **above what the seat includes**, nothing else: a day counts once the days of
the month before it have used up the allowance. What a seat includes is not published; here it is
`ALLOWANCES` of list value per month. Columns are those of mid 2026 for older months and those of
autumn 2026 for newer ones. Addresses are those at the period's end.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb

from .csv_files import months, write_csv
from .reading import email_on

# List value per calendar month that a seat of the Team plan includes, in dollars.
ALLOWANCES: Final = {"standard": Decimal(10), "premium": Decimal(50)}
# Off the list for spend above the allowance; what is left is the net spend.
EXTRA_USAGE_DISCOUNT: Final = Decimal("0.10")
NEW_HEADER_DATE: Final = date(2026, 7, 1)

_OLD_HEADER: Final = (
    "user_email",
    "account_uuid",
    "product",
    "model",
    "total_requests",
    "total_prompt_tokens",
    "total_completion_tokens",
    "total_net_spend_usd",
    "total_gross_spend_usd",
)
_ADDED_HEADER: Final = (
    "user_id",
    "total_uncached_input_tokens",
    "total_cache_read_tokens",
    "total_cache_write_5m_tokens",
    "total_cache_write_1h_tokens",
    "total_web_search_count",
    "slack_channel_id",
    "teams_channel_id",
)
_CONTRIBUTIONS_HEADER: Final = (
    "user_email",
    "pull_requests_with_claude_code",
    "pull_requests_total",
    "lines_with_claude_code",
    "lines_total",
)
_MEMBERS_HEADER: Final = ("user_email", "role", "seat_tier", "status", "added_date")
_PRODUCTS: Final = {
    "chat": "Chat",
    "claude_code": "Claude Code",
    "cowork": "Cowork",
    "office": "Office Agents",
    "chrome": "Claude in Chrome",
    "design": "Claude Design",
}
_DOLLARS: Final = Decimal("0.000001")

_EXTRA_USE_SQL: Final = f"""
    with
    days as (
        select
            tokens_daily.person_id,
            tokens_daily.date_day,
            sum(tokens_daily.list_cost_usd) as list_cost_usd,
            coalesce(any_value(seats_daily.seat_tier), 'standard') as seat_tier
        from tokens_daily
        left join seats_daily
            on
                tokens_daily.person_id = seats_daily.person_id
                and tokens_daily.date_day = seats_daily.date_day
                and seats_daily.system = 'team'
        where tokens_daily.route = 'team'
        group by all
    ),
    used as (
        select
            person_id,
            date_day,
            seat_tier,
            sum(list_cost_usd) over (
                partition by person_id, date_trunc('month', date_day)
                order by date_day rows between unbounded preceding and 1 preceding
            ) as list_cost_before_usd
        from days
    ),
    charged_days as (
        select person_id, date_day from used
        where
            list_cost_before_usd
            >= case seat_tier {
    " ".join(f"when '{tier}' then {amount}" for tier, amount in ALLOWANCES.items())
} end
    )
    select tokens_daily.*
    from tokens_daily
    inner join charged_days using (person_id, date_day)
    where tokens_daily.route = 'team'
"""  # noqa: S608 - the amounts are our own
_SPEND_SQL: Final = """
    select
        people.email, people.former_email, people.email_changed_date, accounts.account_uuid,
        accounts.user_id, surface, claude_model_id, cast(sum(request_count) as bigint),
        cast(sum(input_tokens) as bigint), cast(sum(cache_read_tokens) as bigint),
        cast(sum(cache_write_5m_tokens) as bigint), cast(sum(cache_write_1h_tokens) as bigint),
        cast(sum(web_search_count) as bigint), cast(sum(output_tokens) as bigint),
        sum(list_cost_usd)
    from team_extra_use
    inner join people using (person_id)
    inner join accounts on people.person_id = accounts.person_id and accounts.system = 'team'
    where date_day between ? and ?
    group by all
    order by people.email, surface, claude_model_id
"""
_CONTRIBUTIONS_SQL: Final = """
    select
        people.email, people.former_email, people.email_changed_date, people.person_id,
        cast(sum(coalesce(pull_request_count, 0)) as bigint),
        cast(sum(coalesce(lines_added_count, 0)) as bigint)
    from usage_daily
    inner join people using (person_id)
    where route = 'team' and surface = 'claude_code' and date_day between ? and ?
    group by all
    order by people.email
"""
_MEMBERS_SQL: Final = """
    select
        people.email, people.former_email, people.email_changed_date, accounts.role,
        coalesce(seats_daily.seat_tier, ''), coalesce(seats_daily.seat_status, 'assigned'),
        accounts.added_date
    from accounts
    inner join people using (person_id)
    left join seats_daily
        on
            accounts.person_id = seats_daily.person_id
            and seats_daily.system = 'team'
            and seats_daily.date_day = $day
    where
        accounts.system = 'team'
        and accounts.added_date <= $day
        and coalesce(accounts.removed_date, date '9999-12-31') > $day
    order by people.email
"""


def add_extra_use(truth: duckdb.DuckDBPyConnection) -> None:
    """Add the view `team_extra_use`: rows of `tokens_daily` above what the Team seats include."""
    truth.execute(f"create or replace view team_extra_use as {_EXTRA_USE_SQL}")


def write_exports(
    truth: duckdb.DuckDBPyConnection, directory: Path, first_day: date, last_day: date
) -> None:
    """Write the exports of all months; that of the last month goes to the last day.

    Args:
        truth: Connection to the truth, with the view of `add_extra_use`.
        directory: Where to write.
        first_day: First day of the truth.
        last_day: Last day of the truth.
    """
    for start, end in months(first_day, last_day):
        is_new = start >= NEW_HEADER_DATE
        header = _OLD_HEADER + (_ADDED_HEADER if is_new else ())
        spend = (row[: len(header)] for row in _spend_rows(truth, start, end))
        write_csv(directory / f"spend-report_{start}_{end}.csv", header, spend)
        contributions = _contribution_rows(truth, start, end)
        file = directory / f"contributions_{start}_{end}.csv"
        write_csv(file, _CONTRIBUTIONS_HEADER, contributions)
        rows = truth.execute(_MEMBERS_SQL, {"day": end}).fetchall()
        members = ((email_on(end, *row[:3]), *row[3:]) for row in rows)
        write_csv(directory / f"members_{end}.csv", _MEMBERS_HEADER, members)


def _spend_rows(
    truth: duckdb.DuckDBPyConnection, start: date, end: date
) -> Iterator[tuple[Any, ...]]:
    """Rows of the newer header; the older one has their beginning."""
    for row in truth.execute(_SPEND_SQL, [start, end]).fetchall():
        email = email_on(end, *row[:3])
        account_uuid, user_id, surface, model, requests, *prompt, searches, output, cost = row[3:]
        net = cost * (1 - EXTRA_USAGE_DISCOUNT)
        dollars = (net.quantize(_DOLLARS), cost.quantize(_DOLLARS))
        product = _PRODUCTS[surface]
        yield (
            *(email, account_uuid, product, model, requests, sum(prompt), output, *dollars),
            *(user_id, *prompt, searches, "", ""),
        )


def _contribution_rows(
    truth: duckdb.DuckDBPyConnection, start: date, end: date
) -> Iterator[tuple[Any, ...]]:
    """What people did without Claude Code is made up: the truth knows only its use."""
    for *address, person_id, pull_requests, lines in truth.execute(
        _CONTRIBUTIONS_SQL, [start, end]
    ).fetchall():
        other = (person_id + start.month) % 5
        email = email_on(end, *address)
        yield email, pull_requests, pull_requests + other, lines, lines + 180 * other
