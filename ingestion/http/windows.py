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

from .client import restarting
from .days import days_of
from .dialect import (
    Answer,
    ApiError,
    CredentialFault,
    Dialect,
    NotFound,
    NotPublished,
    Question,
    TooSlow,
)
from .endpoints import ApiSource, Query, Unit
from .records import TableSpec, flatten, to_json_text, to_moment, to_table

logger = logging.getLogger(__name__)

LANDED: Final = "landed"
EMPTY: Final = "empty"
NOT_PUBLISHED: Final = "not_published"
FORBIDDEN: Final = "forbidden"
FAILED: Final = "failed"


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
        whole = Result(unit)
        for half in halves:
            part = self.read(replace(unit, window=half))
            whole.add(part)
            whole.answered |= part.answered
        return whole

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
            if answered != wanted:
                result.keep_days(answered)

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
        window = unit.window or (date.min, date.min)
        params = query.params(*window)
        body = query.body(*window) if query.body else None
        request: dict[str, Any] = {"path": path, "params": [list(pair) for pair in params]}
        result.requests.append({**request, "body": body} if body else request)
        question = Question(path, params, query.headers, body)

        def attempt() -> "_Rows":
            rows = _Rows(self._source.tables, client.dialect, unit, query, result.day)
            for answer in client.pages(question, query.following):
                self._opened.add(endpoint.name)
                rows.take(answer)
            return rows

        rows = restarting(attempt)
        result.add(rows.found)
        return rows.found.answered


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
        dialect: Dialect,
        unit: Unit,
        query: Query,
        day: date | None,
    ) -> None:
        self._specs = specs
        self._dialect = dialect
        self._query = query
        self._first_table = unit.endpoint.tables[0]
        self._wanted = set(days_of(*unit.window)) if unit.window else None
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._ordinals: Counter[str] = Counter()
        self._stamp: dict[str, Any] = {}
        self.found = Result(unit, day=unit.window[0] if unit.window else day)
        if self._wanted and not query.layout.has_each_day:
            self.found.answered = self._wanted

    def take(self, answer: Answer) -> None:
        """Add the rows of one answer; they are made compact before the next one comes."""
        found = self.found
        refreshed = self._dialect.refreshed_at(answer.payload)
        found.refreshed_at = to_moment(refreshed) if refreshed is not None else None
        found.pulled_at = found.pulled_at or answer.served_at
        found.day = found.day or answer.served_at.date()
        found.page_count += 1
        self._stamp = {
            **self._query.values,
            "pulled_at": answer.served_at,
            "data_refreshed_at": found.refreshed_at,
        }
        for day, record in self._records(answer):
            self._stamp["date_day"] = day
            if self._query.rows is not None:
                self._query.rows(record, self)
            else:
                self.add(self._first_table, record)
        for name, rows in self._rows.items():
            table = to_table(rows, self._specs[name].schema)
            found.tables.setdefault(name, []).append(table)
        self._rows.clear()

    def add(self, table: str, record: Mapping[str, Any], **values: object) -> str:
        """Add a row and return its key; see `Sink`."""
        spec = self._specs[table]
        row = flatten(record, spec, self.found.unknown.setdefault(table, set()))
        row |= self._stamp
        row |= values
        natural = to_json_text([table, row["date_day"], *(row.get(name) for name in spec.keys)])
        row["row_key"] = _hash(f"{natural}{self._ordinals[natural]}")
        self._ordinals[natural] += 1
        self.found.counts[table, row["date_day"]] += 1
        self._rows.setdefault(table, []).append(row)
        return str(row["row_key"])

    def _records(self, answer: Answer) -> Iterator[tuple[date, Mapping[str, Any]]]:
        dated = self._query.layout.dated
        for item in _objects((self._query.items or self._dialect.items)(answer.payload)):
            if dated is None:
                if self.found.day is not None:
                    yield self.found.day, item
                continue
            day, records = dated(item)
            # An API that answers for more than was asked may answer for half a day.
            if self._wanted is None or day not in self._wanted:
                continue
            self.found.answered.add(day)
            for record in _objects(records):
                yield day, record


def _objects(items: object) -> Sequence[Mapping[str, Any]]:
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ApiError("the answer holds something else than a list of objects")
    return items


def _hash(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
