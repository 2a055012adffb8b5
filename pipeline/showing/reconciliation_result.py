"""How far the sources agree, in words and amounts for somebody who checks a bill."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import duckdb
from rich.console import Console

from pipeline.showing.terminal import table

# What the two sides of a pair are called; what is not listed shows its id.
_PAIRS: Final = {
    "token_cost:cost_report": "tokens at list price / vendor's cost report",
    "cost_report:invoice": "vendor's cost report / invoice",
    "api:csv": "Enterprise API / exported spend report",
    "list_cost:reported_cost": "requests at list price / clients' estimate",
    "console_report:otel_events": "Console's Claude Code report / clients' requests",
    "console_report:otel_metrics": "Console's Claude Code report / clients' counters",
    "enterprise_usage:otel_events": "Enterprise usage report / clients' requests",
    "enterprise_activity:otel_metrics": "Enterprise activity / clients' counters",
    "otel_events:otel_metrics": "clients' requests / clients' counters",
    "otel_events:local_logs": "clients' requests / session logs",
    "otel_metrics:local_logs": "clients' counters / session logs",
}
_CAUSES: Final = {
    "lag": "not final yet",
    "overlap": "counted elsewhere",
    "unknown_price": "no list price",
    "missing_population": "seen by one side only",
    "client_version": "known fault of a client",
    "rounding": "rounding",
    "unseen_searches": "searches not in telemetry",
}
# Of a pair that compares counts, the one that most people know.
_UNITS: Final = ("request_count", "session_count", "output_tokens")
_UNIT_NAMES: Final = {
    "request_count": "requests",
    "session_count": "sessions",
    "output_tokens": "output tokens",
}
_DIFFERENCES: Final = """
    select
        pair_id,
        measure,
        strftime(date_day, '%Y-%m') as month,
        cause_code,
        sum(coalesce(left_value, 0)),
        sum(coalesce(right_value, 0)),
        sum(abs(coalesce(left_value, 0) - coalesce(right_value, 0))),
        count(*)
    from marts.fct_reconciliation_daily
    group by all
    order by all
"""
_MONEY_HEADINGS: Final = (
    "left / right", "month", "left USD", "right USD", "difference", "unexplained", "explained by",
)  # fmt: skip
_COUNT_HEADINGS: Final = (
    "left / right", "counts", "left", "right", "difference", "unexplained", "explained by",
)  # fmt: skip
_CENT: Final = 0.005


@dataclass
class _Comparison:
    """Two sides of a pair over a period."""

    left: float = 0
    right: float = 0
    unexplained: float = 0
    causes: dict[str, float] = field(default_factory=dict)

    def add(self, cause: str, left: float, right: float, apart: float) -> None:
        """Add what a cause explains; what nothing explains is counted whichever side is larger."""
        self.left += left
        self.right += right
        if cause == "unexplained":
            self.unexplained += apart
        elif cause != "none":
            self.causes[cause] = self.causes.get(cause, 0) + left - right


def show_reconciliation(connection: duckdb.DuckDBPyConnection, console: Console) -> None:
    """Show each pair of sources by month, why they differ, and a verdict.

    Args:
        connection: Connection to a release or a warehouse.
        console: Where to show it.
    """
    money: dict[tuple[str, str], _Comparison] = {}
    counts: dict[tuple[str, str], _Comparison] = {}
    unexplained_count = 0
    for pair_id, measure, month, cause, left, right, apart, row_count in connection.execute(
        _DIFFERENCES
    ).fetchall():
        if measure.endswith("_usd"):
            comparison = money.setdefault((pair_id, month), _Comparison())
        else:
            comparison = counts.setdefault((pair_id, measure), _Comparison())
        comparison.add(cause, left, right, apart)
        if cause == "unexplained":
            unexplained_count += row_count
    console.print(
        table(
            "Reconciliation: what is paid, as two sources tell it (US dollars)",
            _MONEY_HEADINGS,
            [(_name(pair_id), month, *_amounts(each)) for (pair_id, month), each in money.items()],
            numbers=_MONEY_HEADINGS[2:-1],
        )
    )
    with_money = {pair_id for pair_id, _ in money}
    chosen = [
        (pair_id, unit)
        for pair_id in dict.fromkeys(pair_id for pair_id, _ in counts)
        if pair_id not in with_money
        for unit in [next((unit for unit in _UNITS if (pair_id, unit) in counts), None)]
        if unit
    ]
    if chosen:
        console.print(
            table(
                "Reconciliation: the same use, where sources count and tell no amount",
                _COUNT_HEADINGS,
                [
                    (_name(pair_id), _UNIT_NAMES[unit], *_numbers(counts[pair_id, unit]))
                    for pair_id, unit in chosen
                ],
                numbers=_COUNT_HEADINGS[2:-1],
            )
        )
    console.print(_verdict(list(money.values()), unexplained_count), style="bold", highlight=False)


def _verdict(money: Sequence[_Comparison], unexplained_count: int) -> str:
    if not money and not unexplained_count:
        return "Verdict: no use was seen by two sources, so nothing could be compared."
    if not unexplained_count:
        return "Verdict: every difference has a known cause; 0.00 USD are unexplained."
    amount = sum(each.unexplained for each in money)
    return (
        f"Verdict: {amount:,.2f} USD are unexplained, in {unexplained_count:,} rows of "
        "fct_reconciliation_daily with the cause 'unexplained'."
    )


def _name(pair_id: str) -> str:
    return _PAIRS.get(pair_id, pair_id)


def _amounts(each: _Comparison) -> tuple[str, ...]:
    causes = "; ".join(
        f"{_CAUSES.get(cause, cause)} {_usd(value)}" for cause, value in _by_size(each, _CENT)
    )
    numbers = (each.left, each.right, each.left - each.right, each.unexplained)
    return (*(_usd(number) for number in numbers), causes)


def _numbers(each: _Comparison) -> tuple[str, ...]:
    causes = "; ".join(
        f"{_CAUSES.get(cause, cause)} {value:,.0f}" for cause, value in _by_size(each, _CENT)
    )
    numbers = (each.left, each.right, each.left - each.right, each.unexplained)
    return (*(f"{number:,.0f}" for number in numbers), causes)


def _by_size(each: _Comparison, smallest: float) -> list[tuple[str, float]]:
    shown = [(cause, value) for cause, value in each.causes.items() if abs(value) >= smallest]
    return sorted(shown, key=lambda item: -abs(item[1]))


def _usd(amount: float) -> str:
    # Minus nothing is nothing.
    return f"{0.0 if abs(amount) < _CENT else amount:,.2f}"
