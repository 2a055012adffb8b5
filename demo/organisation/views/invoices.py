"""Invoices of what the organisation uses, one file per whole month, dated the first day after it.

The bills are disjoint: seats and usage of Enterprise, seats and extra usage of the Team plan,
usage of the Console by cost centre, and Bedrock from a reseller in euros. Prices are made up, the
quantities and the value of usage are those of the truth. Beside them lie the exchange rates that
the finance department books with, from one invoice date to the next.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from .csv_files import months, write_csv
from .exports import EXTRA_USAGE_DISCOUNT

HEADER: Final = (
    "invoice_id",
    "vendor",
    "product",
    "invoice_date",
    "period_start_date",
    "period_end_date",
    "line_number",
    "line_kind",
    "description",
    "quantity",
    "unit_price",
    "amount",
    "currency",
    "cost_centre",
)
RATES_HEADER: Final = (
    "currency",
    "usd_per_unit",
    "valid_from_date",
    "valid_to_date",
    "rate_source",
)
# Per seat and month, in dollars.
SEAT_PRICES: Final = {
    ("enterprise", "standard"): Decimal("20.00"),
    ("enterprise", "premium"): Decimal("120.00"),
    ("team", "standard"): Decimal("25.00"),
    ("team", "premium"): Decimal("150.00"),
}
SEAT_DISCOUNT: Final = Decimal("0.10")
# What the Enterprise APIs report as the amount, too.
USAGE_DISCOUNT: Final = Decimal("0.20")
TAX_RATE: Final = Decimal("0.19")
CREDIT: Final = Decimal("250.00")
CREDIT_MONTHS: Final = (3, 6, 9)

_CENT: Final = Decimal("0.01")
_ONE: Final = Decimal(1)
_RATE_PLACES: Final = Decimal("0.0000000001")
_SHARED_COST_CENTRE: Final = "CC-100"
_TEAM_COST_CENTRE: Final = "CC-500"
_BEDROCK_COST_CENTRE: Final = "CC-600"
_CLAUDE_CODE_WORKSPACE: Final = "Claude Code"

_SEATS_SQL: Final = """
    select
        seat_tier,
        count(*) filter (where date_day = $start) as first_day_count,
        count(*) as seat_days
    from seats_daily
    where system = $system and seat_status = 'assigned' and date_day between $start and $end
    group by seat_tier
    order by seat_tier desc
"""
_USAGE_SQL: Final = """
    select coalesce(sum(list_cost_usd), 0)
    from tokens_daily
    where route = $route and date_day between $start and $end
"""
_EXTRA_USAGE_SQL: Final = """
    select coalesce(sum(list_cost_usd), 0)
    from team_extra_use
    where date_day between $start and $end
"""
# Keys without a workspace are in the default one; people's own keys are in that of Claude Code.
_CONSOLE_SQL: Final = """
    select
        coalesce(workspaces.name, 'Default') as name,
        coalesce(workspaces.cost_centre, $shared) as cost_centre,
        sum(tokens_daily.list_cost_usd)
    from tokens_daily
    left join actors on tokens_daily.actor_id = actors.actor_id
    left join workspaces
        on case
            when tokens_daily.actor_id is null then workspaces.name = $people_workspace
            else workspaces.workspace_id = actors.workspace_id
        end
    where route = 'console' and date_day between $start and $end
    group by 1, 2
    order by 1, 2
"""


class _Line(NamedTuple):
    kind: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    cost_centre: str


class _Month(NamedTuple):
    truth: duckdb.DuckDBPyConnection
    start: date
    end: date

    def ask(self, sql: str, **values: str) -> list[tuple[Any, ...]]:
        """Rows about the days of the month."""
        days = {"start": self.start, "end": self.end}
        return self.truth.execute(sql, days | values).fetchall()


def euros_per_dollar(month: date) -> Decimal:
    """The rate at which the reseller of Bedrock bills a month."""
    return Decimal("0.85") + Decimal(month.month % 5) / 100


def dollars_per_euro(month: date) -> Decimal:
    """The same rate as it is booked, to ten places."""
    return (1 / euros_per_dollar(month)).quantize(_RATE_PLACES, ROUND_HALF_UP)


def write_invoices(
    truth: duckdb.DuckDBPyConnection, directory: Path, first_day: date, last_day: date
) -> None:
    """Write the invoices of all months that have ended, and the rates that convert them.

    Args:
        truth: Connection to the truth, with the view `team_extra_use`.
        directory: Where to write.
        first_day: First day of the truth; a month that began before it is billed from this day.
        last_day: Last day of the truth.
    """
    for start, end in months(first_day, last_day):
        if (end + timedelta(days=1)).day == 1:
            rows = list(_invoices(_Month(truth, start, end)))
            if rows:
                write_csv(directory / f"invoices_{start:%Y-%m}.csv", HEADER, rows)
                rate = _booked_rate(start, end + timedelta(days=1))
                write_csv(directory / f"exchange_rates_{start:%Y-%m}.csv", RATES_HEADER, [rate])


def _booked_rate(month: date, invoice_date: date) -> tuple[Any, ...]:
    """The rate of a month holds from the date of its invoices to that of the next ones."""
    following = (invoice_date + timedelta(days=31)).replace(day=1)
    rate = dollars_per_euro(month)
    return "EUR", rate, invoice_date, following, f"Reseller, rate of {month:%Y-%m}"


def _invoices(month: _Month) -> Iterator[tuple[Any, ...]]:
    for product, (vendor, currency, lines_of) in _PRODUCTS.items():
        lines = list(lines_of(month))
        if not lines:
            continue
        total = sum(line.amount for line in lines)
        tax = _cents(total * TAX_RATE)
        lines.append(_Line("tax", "VAT 19 %", _ONE, tax, tax, lines[0].cost_centre))
        code = "".join(word[0] for word in product.split("_")).upper()
        invoice = (
            f"{code}-{month.start:%Y-%m}",
            vendor,
            product,
            month.end + timedelta(days=1),
            month.start,
            month.end,
        )
        for number, line in enumerate(lines, start=1):
            yield (*invoice, number, *line[:5], currency, line.cost_centre)


def _enterprise(month: _Month) -> Iterator[_Line]:
    seats = list(_seats(month, "enterprise", _SHARED_COST_CENTRE))
    yield from seats
    if seats:
        off = -_cents(sum(line.amount for line in seats) * SEAT_DISCOUNT)
        yield _flat("discount", "Volume discount on seats", off, _SHARED_COST_CENTRE)
    usage = _cents(_total(month.ask(_USAGE_SQL, route="enterprise")) * (1 - USAGE_DISCOUNT))
    if usage:
        yield _flat("usage", "Usage at contract price", usage, _SHARED_COST_CENTRE)
    if usage and month.start.month in CREDIT_MONTHS:
        credit = -min(usage, CREDIT)
        yield _flat("credit", "Promotional credit", credit, _SHARED_COST_CENTRE)


def _team(month: _Month) -> Iterator[_Line]:
    yield from _seats(month, "team", _TEAM_COST_CENTRE)
    extra = _cents(_total(month.ask(_EXTRA_USAGE_SQL)) * (1 - EXTRA_USAGE_DISCOUNT))
    if extra:
        yield _flat("extra_usage", "Usage above the seats", extra, _TEAM_COST_CENTRE)


def _console(month: _Month) -> Iterator[_Line]:
    names = {"shared": _SHARED_COST_CENTRE, "people_workspace": _CLAUDE_CODE_WORKSPACE}
    for workspace, cost_centre, cost in month.ask(_CONSOLE_SQL, **names):
        yield _flat("usage", f"API usage, workspace {workspace}", _cents(cost), cost_centre)


def _bedrock(month: _Month) -> Iterator[_Line]:
    dollars = _cents(_total(month.ask(_USAGE_SQL, route="bedrock")))
    if dollars:
        rate = euros_per_dollar(month.start)
        description = "Claude on Amazon Bedrock, list value in USD at the month's rate"
        yield _Line(
            "usage", description, dollars, rate, _cents(dollars * rate), _BEDROCK_COST_CENTRE
        )


# Vendor, currency and lines of each product.
_PRODUCTS: Final[dict[str, tuple[str, str, Callable[[_Month], Iterator[_Line]]]]] = {
    "claude_enterprise": ("Anthropic", "USD", _enterprise),
    "claude_team": ("Anthropic", "USD", _team),
    "claude_console": ("Anthropic", "USD", _console),
    "bedrock": ("Amazon Web Services", "EUR", _bedrock),
}


def _seats(month: _Month, system: str, cost_centre: str) -> Iterator[_Line]:
    """Seats of the first day, and what was added since, by the day; nothing for removed ones."""
    day_count = (month.end - month.start).days + 1
    for tier, first_day_count, seat_days in month.ask(_SEATS_SQL, system=system):
        price = SEAT_PRICES[system, tier]
        first = Decimal(first_day_count)
        added_days = max(seat_days - first_day_count * day_count, 0)
        added = (Decimal(added_days) / day_count).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        for quantity, name in ((first, "Seats"), (added, "Added seats, prorated")):
            if quantity:
                description = f"{name}, {tier}"
                amount = _cents(quantity * price)
                yield _Line("seat", description, quantity, price, amount, cost_centre)


def _flat(kind: str, description: str, amount: Decimal, cost_centre: str) -> _Line:
    return _Line(kind, description, _ONE, amount, amount, cost_centre)


def _total(rows: list[tuple[Any, ...]]) -> Decimal:
    return Decimal(rows[0][0])


def _cents(amount: Decimal | int) -> Decimal:
    return Decimal(amount).quantize(_CENT, ROUND_HALF_UP)
