"""What a gate checks, as plain data: a query for a small frame, and bounds on its columns."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning"]
GateName = Literal["raw", "marts"]


@dataclass(frozen=True)
class Check:
    """A bound that every value of one column of the frame keeps; a null value says nothing.

    Attributes:
        name: Short name, unique within its suite.
        column: Column of the frame.
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
    minimum: float | None = None
    maximum: float | None = None
    severity: Severity = "critical"
    keys: tuple[str, ...] | None = None

    @property
    def expected(self) -> str:
        """The bound in words."""
        if self.minimum == self.maximum:
            return f"{self.column} = {self.minimum:g}"
        bounds = [
            f"{self.column} {sign} {bound:g}"
            for sign, bound in ((">=", self.minimum), ("<=", self.maximum))
            if bound is not None
        ]
        return " and ".join(bounds)


@dataclass(frozen=True)
class Suite:
    """The checks of one frame of one table.

    Attributes:
        table: The checked table, `schema.table`.
        query: One aggregate query; may use `$as_of`.
        keys: Columns of the frame that name a row.
        checks: Bounds on the other columns.
        view: Tells two frames of the same table apart.
    """

    table: str
    query: str
    keys: tuple[str, ...]
    checks: tuple[Check, ...]
    view: str = ""

    @property
    def name(self) -> str:
        """Name of the suite, unique within its gate."""
        return f"{self.table}.{self.view}" if self.view else self.table


def zero(column: str, rule: str, advice: str, severity: Severity = "critical") -> Check:
    """A count that must be zero; the check is named after the column."""
    return Check(column.removesuffix("_count"), column, rule, advice, 0, 0, severity)
