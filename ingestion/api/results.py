"""What a window of an endpoint is, and what it said."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from .source import Endpoint

LANDED: Final = "landed"
EMPTY: Final = "empty"
NOT_PUBLISHED: Final = "not_published"
FORBIDDEN: Final = "forbidden"
FAILED: Final = "failed"


@dataclass(frozen=True)
class Unit:
    """A window of an endpoint: what is read and landed together.

    Attributes:
        endpoint: What is asked.
        window: First and last day; None for a snapshot.
        parents: Ids to ask for, one after another, if the endpoint has a parent.
    """

    endpoint: Endpoint
    window: tuple[date, date] | None = None
    parents: tuple[str, ...] | None = None

    def __str__(self) -> str:
        """Name the window in messages."""
        if self.window is None:
            return self.endpoint.name
        first, last = self.window
        return f"{self.endpoint.name} {first}" + (f" to {last}" if last != first else "")


@dataclass(frozen=True)
class Fault:
    """Why a window was not answered.

    Attributes:
        status: `forbidden`, `failed` or `not_published`.
        message: One line without a secret.
        cause: Equal for faults that are told once.
        is_slow: Whether a smaller window may be answered.
    """

    status: str
    message: str
    cause: str
    is_slow: bool = False


@dataclass
class Result:
    """What a window said.

    Attributes:
        unit: What was asked.
        day: Day of a snapshot.
        answered: Days that the API answered for.
        tables: Rows by table, of answered days only.
        counts: Rows by table and day.
        pulled_at: When the API began to answer, by its own clock.
        refreshed_at: As of when it says its data is.
        requests: What was asked, without the key.
        unknown: Fields that are not known, by table.
        page_count: Answers that were read.
        fault: Why days were not answered.
    """

    unit: Unit
    day: date | None = None
    answered: set[date] = field(default_factory=set)
    tables: dict[str, list[pa.Table]] = field(default_factory=dict)
    counts: Counter[tuple[str, date]] = field(default_factory=Counter)
    pulled_at: datetime | None = None
    refreshed_at: datetime | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    unknown: dict[str, set[str]] = field(default_factory=dict)
    page_count: int = 0
    fault: Fault | None = None

    def add(self, part: "Result") -> None:
        """Add what a part of the window, or one of its queries, said."""
        for name, tables in part.tables.items():
            self.tables.setdefault(name, []).extend(tables)
        for name, unknown in part.unknown.items():
            self.unknown.setdefault(name, set()).update(unknown)
        self.counts += part.counts
        self.day = self.day or part.day
        self.pulled_at = self.pulled_at or part.pulled_at
        self.refreshed_at = self.refreshed_at or part.refreshed_at
        self.requests += part.requests
        self.page_count += part.page_count
        self.fault = self.fault or part.fault

    def keep_days(self, days: set[date]) -> None:
        """Drop the rows of all other days."""
        kept = pa.array(sorted(days), pa.date32())
        self.tables = {
            name: [table.filter(pc.is_in(table["date_day"], value_set=kept)) for table in tables]
            for name, tables in self.tables.items()
        }
        self.counts = Counter({key: rows for key, rows in self.counts.items() if key[1] in days})
