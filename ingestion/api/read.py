"""Reads one window of one endpoint, whole or not at all."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import md5
from typing import Any, Final
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

from .client import Answer
from .errors import ApiError, CredentialFault, NotFound, NotPublished, TooSlow
from .pages import pages, restarting
from .rows import TableSpec, flatten, to_json_text, to_moment, to_table
from .source import ApiSource, Endpoint, Layout, Query
from .windows import days_of

logger = logging.getLogger(__name__)

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


class Reader:
    """Reads windows of a source; may be used by several threads.

    Args:
        source: The source.
    """

    def __init__(self, source: ApiSource) -> None:
        self._source = source
        self._opened: set[str] = set()

    def read(self, unit: Unit) -> Result:
        """Ask for a window; a fault is part of the result, and leaves no rows of its days.

        A window that is too much for the API is asked for in halves.
        """
        result = self._read_whole(unit)
        if unit.window is None or result.fault is None or not result.fault.is_slow:
            return result
        first, last = unit.window
        if first == last:
            return result
        logger.info("%s; asked for in halves", result.fault.message)
        middle = first + (last - first) // 2
        halves = [(first, middle), (middle + timedelta(days=1), last)]
        return _joined(unit, [self.read(replace(unit, window=half)) for half in halves])

    def _read_whole(self, unit: Unit) -> Result:
        result = Result(unit)
        try:
            self._ask(result)
        except NotFound as error:
            is_first = unit.endpoint.name not in self._opened
            result = _without_rows(result, _fault(unit, error, FORBIDDEN if is_first else FAILED))
        except CredentialFault as error:
            result = _without_rows(result, _fault(unit, error, FORBIDDEN))
        except NotPublished as error:
            # A refusal may name a day for another reason, such as the first one there is.
            is_young = unit.window is not None and error.newest_day < unit.window[0]
            status = NOT_PUBLISHED if is_young else FAILED
            result = _without_rows(result, _fault(unit, error, status))
        except ApiError as error:
            result = _without_rows(result, _fault(unit, error, FAILED))
        return result

    def _ask(self, result: Result) -> None:
        unit = result.unit
        wanted = set(days_of(*unit.window)) if unit.window else None
        answered = wanted
        for query in unit.endpoint.queries:
            days = self._ask_query(result, query)
            if answered is not None:
                answered = answered & days
        if wanted is None or answered is None:
            result.day = result.day or self._source.server_now.date()
            result.answered = {result.day}
        else:
            result.answered = answered
            _keep_days(result, answered, wanted)

    def _ask_query(self, result: Result, query: Query) -> set[date]:
        """Ask one question, of each parent if there are any; returns the days it answered."""
        parents = result.unit.parents
        if parents is None:
            return self._ask_pages(result, query, query.path)
        gone: list[NotFound] = []
        for parent in parents:
            try:
                self._ask_pages(result, query, query.path.replace("{id}", quote(parent, safe="")))
            except NotFound as error:
                logger.info("%s: gone since it was listed", error)
                gone.append(error)
        if gone and len(gone) == len(parents):
            raise gone[0]
        return set()

    def _ask_pages(self, result: Result, query: Query, path: str) -> set[date]:
        unit = result.unit
        endpoint = unit.endpoint
        client = self._source.clients[endpoint.client]
        params = query.params(*(unit.window or (date.min, date.min)))
        result.requests.append({"path": path, "params": [list(pair) for pair in params]})

        def attempt() -> "_Rows":
            rows = _Rows(self._source.tables, endpoint, query, unit.window, result.day)
            for answer in pages(client, path, params, query.style, beta=query.beta):
                self._opened.add(endpoint.name)
                rows.take(answer)
            return rows

        rows = restarting(attempt)
        rows.pour_into(result)
        return rows.answered


def _joined(unit: Unit, parts: Sequence[Result]) -> Result:
    """What the parts of a window said; a fault of one leaves the days of the others."""
    whole = Result(unit)
    for part in parts:
        whole.answered |= part.answered
        for name, tables in part.tables.items():
            whole.tables.setdefault(name, []).extend(tables)
        for name, unknown in part.unknown.items():
            whole.unknown.setdefault(name, set()).update(unknown)
        whole.counts += part.counts
        whole.pulled_at = whole.pulled_at or part.pulled_at
        whole.refreshed_at = whole.refreshed_at or part.refreshed_at
        whole.requests += part.requests
        whole.page_count += part.page_count
        whole.fault = whole.fault or part.fault
    return whole


def _keep_days(result: Result, answered: set[date], wanted: set[date]) -> None:
    """Keep rows only of days that all queries of the window answered."""
    if answered == wanted:
        return
    days = pa.array(sorted(answered), pa.date32())
    result.tables = {
        name: [table.filter(pc.is_in(table["date_day"], value_set=days)) for table in tables]
        for name, tables in result.tables.items()
    }
    result.counts = Counter(
        {key: count for key, count in result.counts.items() if key[1] in answered}
    )


def _without_rows(result: Result, fault: Fault) -> Result:
    return Result(
        result.unit,
        pulled_at=result.pulled_at,
        requests=result.requests,
        page_count=result.page_count,
        fault=fault,
    )


def _fault(unit: Unit, error: ApiError, status: str) -> Fault:
    if status == FORBIDDEN and isinstance(error, CredentialFault):
        return Fault(status, str(error), error.cause)
    is_slow = isinstance(error, TooSlow)
    return Fault(status, f"{unit}: {error}", unit.endpoint.name, is_slow)


class _Rows:
    """The rows of one attempt at one query."""

    def __init__(
        self,
        specs: Mapping[str, TableSpec],
        endpoint: Endpoint,
        query: Query,
        window: tuple[date, date] | None,
        day: date | None,
    ) -> None:
        self._specs = specs
        self._first_table = endpoint.tables[0]
        self._query = query
        self._wanted = set(days_of(*window)) if window else None
        self._day = window[0] if window else day
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._tables: dict[str, list[pa.Table]] = {}
        self._ordinals: Counter[str] = Counter()
        self._counts: Counter[tuple[str, date]] = Counter()
        self._unknown: dict[str, set[str]] = {}
        self._stamp: dict[str, Any] = {}
        self._pulled_at: datetime | None = None
        self._refreshed_at: datetime | None = None
        self._page_count = 0
        self.answered: set[date] = set()
        if self._wanted and query.layout in {Layout.RECORDS, Layout.DATED}:
            self.answered = self._wanted

    def take(self, answer: Answer) -> None:
        """Add the rows of one answer; they are made compact before the next one comes."""
        refreshed = answer.payload.get("data_refreshed_at")
        refreshed_at = to_moment(refreshed) if refreshed is not None else None
        self._pulled_at = self._pulled_at or answer.served_at
        self._refreshed_at = refreshed_at
        self._day = self._day or answer.served_at.date()
        self._page_count += 1
        self._stamp = {
            **self._query.values,
            "pulled_at": answer.served_at,
            "data_refreshed_at": refreshed_at,
        }
        for day, record in self._records(answer):
            self._stamp["date_day"] = day
            if self._query.rows is not None:
                self._query.rows(record, self)
            else:
                self.add(self._first_table, record)
        for name, rows in self._rows.items():
            table = to_table(rows, self._specs[name].schema)
            self._tables.setdefault(name, []).append(table)
        self._rows.clear()

    def add(self, table: str, record: Mapping[str, Any], **values: object) -> str:
        """Add a row and return its key; see `Sink`."""
        spec = self._specs[table]
        row = flatten(record, spec, self._unknown.setdefault(table, set()))
        row |= self._stamp
        row |= values
        natural = to_json_text([table, row["date_day"], *(row.get(name) for name in spec.keys)])
        row["row_key"] = _hash(f"{natural}{self._ordinals[natural]}")
        self._ordinals[natural] += 1
        self._counts[table, row["date_day"]] += 1
        self._rows.setdefault(table, []).append(row)
        return str(row["row_key"])

    def pour_into(self, result: Result) -> None:
        """Add all of it to the result of the window."""
        for name, tables in self._tables.items():
            result.tables.setdefault(name, []).extend(tables)
        for name, unknown in self._unknown.items():
            result.unknown.setdefault(name, set()).update(unknown)
        result.counts += self._counts
        result.day = result.day or self._day
        result.pulled_at = result.pulled_at or self._pulled_at
        result.refreshed_at = result.refreshed_at or self._refreshed_at
        result.page_count += self._page_count

    def _records(self, answer: Answer) -> Iterator[tuple[date, Mapping[str, Any]]]:
        layout = self._query.layout
        for item in _objects(self._query.items(answer.payload)):
            if layout is Layout.RECORDS:
                if self._day is not None:
                    yield self._day, item
                continue
            day = _day_of(item)
            # An API that answers for more than was asked may answer for half a day.
            if self._wanted is None or day not in self._wanted:
                continue
            self.answered.add(day)
            if layout is not Layout.BUCKETS:
                yield day, item
                continue
            bounds = {name: item.get(name) for name in ("starting_at", "ending_at")}
            for record in _objects(item.get("results")):
                yield day, {**record, **bounds}


def _objects(items: object) -> Sequence[Mapping[str, Any]]:
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ApiError("the answer holds something else than a list of objects")
    return items


def _day_of(item: Mapping[str, Any]) -> date:
    try:
        return to_moment(item.get("starting_at") or item.get("starting_date")).date()
    except ValueError as error:
        raise ApiError(f"the field starting_at {error}") from None


def _hash(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
