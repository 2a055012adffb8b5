"""Reports in daily buckets, empty ones included."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import pyarrow as pa

from .calls import Call
from .clock import midnight, rfc3339
from .errors import bad_request
from .paging import Pager
from .parameters import required
from .shapes import Record, Shape
from .views import Selection, tuples

_DEFAULT_LIMIT: Final = 7
_MAX_LIMIT: Final = 31
_ONE_DAY: Final = timedelta(days=1)
_NOT_SERVED: Final = frozenset({"date_day", "starting_at", "ending_at", "cut"})


@dataclass(frozen=True)
class Span:
    """The days asked for, half-open."""

    first_day: date
    end_day: date

    def days(self) -> list[date]:
        """All of them."""
        count = (self.end_day - self.first_day).days
        return [self.first_day + timedelta(days=step) for step in range(count)]


def asked_moments(call: Call) -> tuple[datetime, datetime | None]:
    """The bounds of the request; the end is None if it names none."""
    starting_at = required(call.query.moment("starting_at"), "starting_at")
    ending_at = call.query.moment("ending_at")
    if ending_at is not None and ending_at <= starting_at:
        raise bad_request("ending_at: must be after starting_at")
    return starting_at, ending_at


def span_of(starting_at: datetime, ending_at: datetime | None, now: datetime) -> Span:
    """The whole days between the bounds; without an end the running day is the last one."""
    tomorrow = now.date() + _ONE_DAY
    end_day = ending_at.date() if ending_at is not None else tomorrow
    return Span(starting_at.date(), max(starting_at.date(), min(end_day, tomorrow)))


def only_days(call: Call, widths: Sequence[str]) -> None:
    """Refuse a width that the vendor does not know, and one that the views do not hold."""
    if call.query.choice("bucket_width", widths, "1d") != "1d":
        raise bad_request("bucket_width: the stand-in holds days only")


def cut_of(
    call: Call, dimensions: Iterable[str], cuts: Mapping[frozenset[str], str | None]
) -> str | None:
    """The cut of the view that the grouping asks for; None where the view has no cuts.

    Args:
        call: The request.
        dimensions: What the vendor lets group by.
        cuts: The cut that holds each grouping.
    """
    asked = frozenset(call.query.array("group_by", frozenset(dimensions)))
    if asked not in cuts:
        held = " or ".join(",".join(sorted(names)) or "nothing" for names in cuts)
        raise bad_request(f"group_by[]: legal, but the stand-in holds only: {held}")
    return cuts[asked]


def bucket_page(
    call: Call, pager: Pager, span: Span, selection: Selection, shape: Shape
) -> list[Record]:
    """The buckets of a page, oldest first.

    Args:
        call: The request.
        pager: Where it stands; a page counts in buckets.
        span: The days asked for.
        selection: The rows; days outside the page are cut off here.
        shape: How they nest.
    """
    days = span.days()
    shown = days[pager.start : pager.stop(len(days))]
    by_day: dict[date, list[Record]] = {day: [] for day in shown}
    if shown:
        last_day = min(shown[-1], selection.last_day or shown[-1])
        rows = call.views.rows(replace(selection, first_day=shown[0], last_day=last_day))
        for day, record in zip(_days(rows), shape.records(rows), strict=True):
            by_day[day].append(record)
    return [
        {
            "starting_at": rfc3339(midnight(day)),
            "ending_at": rfc3339(midnight(day + _ONE_DAY)),
            "results": results,
        }
        for day, results in by_day.items()
    ]


def bucket_limit(call: Call) -> int:
    """Buckets per page."""
    return call.query.limit(_DEFAULT_LIMIT, _MAX_LIMIT)


def served_columns(columns: Iterable[str]) -> list[str]:
    """The columns of a result: the bucket carries the days."""
    return [name for name in columns if name not in _NOT_SERVED]


def _days(rows: pa.Table) -> list[date]:
    return [day for (day,) in tuples(rows, ["date_day"])] if rows.num_rows else []
