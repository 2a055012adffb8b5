"""How far the sources agree, in words and amounts for somebody who checks a bill."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import duckdb
from rich.console import Console

from pipeline.showing.terminal import table

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
        pair_name,
        measure,
        strftime(date_day, '%Y-%m') as month,
        cause_code,
        cause_name,
        sum(coalesce(left_value, 0)),
        sum(coalesce(right_value, 0)),
        sum(abs(coalesce(left_value, 0) - coalesce(right_value, 0))),
        count(*)
    from marts.fct_reconciliation_daily
    join marts.dim_reconciliation_pairs using (pair_id)
    join marts.dim_causes using (cause_code)
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

    pair_name: str
    left: float = 0
    right: float = 0
    unexplained: float = 0
    causes: dict[str, float] = field(default_factory=dict)

    def add(self, cause: str, cause_name: str, left: float, right: float, apart: float) -> None:
        """Add what a cause explains; what nothing explains is counted whichever side is larger."""
        self.left += left
        self.right += right
        if cause == "unexplained":
            self.unexplained += apart
        elif cause != "none":
            self.causes[cause_name] = self.causes.get(cause_name, 0) + left - right


def show_reconciliation(connection: duckdb.DuckDBPyConnection, console: Console) -> None:
    """Show each pair of sources by month, why they differ, and a verdict.

    Args:
        connection: Connection to a release or a warehouse.
        console: Where to show it.
    """
    money: dict[tuple[str, str], _Comparison] = {}
    counts: dict[tuple[str, str], _Comparison] = {}
    unexplained_count = 0
    for row in connection.execute(_DIFFERENCES).fetchall():
        pair_id, pair_name, measure, month, cause, cause_name, left, right, apart, row_count = row
        if measure.endswith("_usd"):
            comparison = money.setdefault((pair_id, month), _Comparison(pair_name))
        else:
            comparison = counts.setdefault((pair_id, measure), _Comparison(pair_name))
        comparison.add(cause, cause_name, left, right, apart)
        if cause == "unexplained":
            unexplained_count += row_count
    console.print(
        table(
            "Reconciliation: what is paid, as two sources tell it (US dollars)",
            _MONEY_HEADINGS,
            [(each.pair_name, month, *_amounts(each)) for (_, month), each in money.items()],
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
                    (
                        counts[pair_id, unit].pair_name,
                        _UNIT_NAMES[unit],
                        *_numbers(counts[pair_id, unit]),
                    )
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


def _amounts(each: _Comparison) -> tuple[str, ...]:
    causes = "; ".join(f"{cause} {_usd(value)}" for cause, value in _by_size(each, _CENT))
    numbers = (each.left, each.right, each.left - each.right, each.unexplained)
    return (*(_usd(number) for number in numbers), causes)


def _numbers(each: _Comparison) -> tuple[str, ...]:
    causes = "; ".join(f"{cause} {value:,.0f}" for cause, value in _by_size(each, _CENT))
    numbers = (each.left, each.right, each.left - each.right, each.unexplained)
    return (*(f"{number:,.0f}" for number in numbers), causes)


def _by_size(each: _Comparison, smallest: float) -> list[tuple[str, float]]:
    shown = [(cause, value) for cause, value in each.causes.items() if abs(value) >= smallest]
    return sorted(shown, key=lambda item: -abs(item[1]))


def _usd(amount: float) -> str:
    # Minus nothing is nothing.
    return f"{0.0 if abs(amount) < _CENT else amount:,.2f}"
