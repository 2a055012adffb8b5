"""Checks of a gate as plain data: bounds on the columns of a view, and words for a breach."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Severity = Literal["critical", "warning"]
GateName = Literal["raw", "marts"]
Bound = float | date | None


@dataclass(frozen=True)
class Check:
    """A bound that every value of one column of the view keeps; a null value says nothing.

    Attributes:
        name: Short name, unique within its suite.
        column: Column of the view.
        rule: What must hold, as a sentence for the reader.
        advice: What to do when it does not.
        minimum: Smallest allowed value; None for no lower bound.
        maximum: Largest allowed value; None for no upper bound.
        severity: `critical` stops the flow, `warning` is reported.
        keys: Columns that name a failing row; None for those of the suite.
    """

    name: str
    column: str
    rule: str
    advice: str
    minimum: Bound = None
    maximum: Bound = None
    severity: Severity = "critical"
    keys: tuple[str, ...] | None = None

    @property
    def expected(self) -> str:
        """The bound in words."""
        if self.minimum == self.maximum:
            return f"{self.column} = {_in_words(self.minimum)}"
        bounds = [
            f"{self.column} {sign} {_in_words(bound)}"
            for sign, bound in ((">=", self.minimum), ("<=", self.maximum))
            if bound is not None
        ]
        return " and ".join(bounds)


@dataclass(frozen=True)
class Suite:
    """The checks of one view.

    Attributes:
        name: What is checked; the view is named after it and the gate.
        keys: Columns of the view that name a row.
        checks: Bounds on the other columns.
    """

    name: str
    keys: tuple[str, ...]
    checks: tuple[Check, ...]

    def query(self, gate: GateName) -> str:
        """All rows of the view, in an order that stays."""
        return f"select * from gates.gate_{gate}__{self.name} order by {', '.join(self.keys)}"  # noqa: S608  # constants of the suites


def zero(
    column: str,
    rule: str,
    advice: str,
    severity: Severity = "critical",
    keys: tuple[str, ...] | None = None,
) -> Check:
    """A count that must be zero; the check is named after the column."""
    return Check(column.removesuffix("_count"), column, rule, advice, 0, 0, severity, keys)


def _in_words(bound: Bound) -> str:
    return bound.isoformat() if isinstance(bound, date) else f"{bound:g}"
