"""Reads one window of one endpoint, whole or not at all."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import md5
from typing import Any
from urllib.parse import quote

from .client import Answer
from .errors import ApiError, CredentialFault, NotFound, NotPublished, TooSlow
from .pages import pages, restarting
from .results import FAILED, FORBIDDEN, NOT_PUBLISHED, Fault, Result, Unit
from .rows import TableSpec, flatten, to_json_text, to_moment, to_table
from .source import ApiSource, Layout, Query
from .windows import days_of

logger = logging.getLogger(__name__)


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
        params = query.params(*(unit.window or (date.min, date.min)))
        result.requests.append({"path": path, "params": [list(pair) for pair in params]})

        def attempt() -> "_Rows":
            rows = _Rows(self._source.tables, unit, query, result.day)
            for answer in pages(client, path, params, query.style, beta=query.beta):
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
        self, specs: Mapping[str, TableSpec], unit: Unit, query: Query, day: date | None
    ) -> None:
        self._specs = specs
        self._query = query
        self._first_table = unit.endpoint.tables[0]
        self._wanted = set(days_of(*unit.window)) if unit.window else None
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._ordinals: Counter[str] = Counter()
        self._stamp: dict[str, Any] = {}
        self.found = Result(unit, day=unit.window[0] if unit.window else day)
        if self._wanted and query.layout in {Layout.RECORDS, Layout.DATED}:
            self.found.answered = self._wanted

    def take(self, answer: Answer) -> None:
        """Add the rows of one answer; they are made compact before the next one comes."""
        found = self.found
        refreshed = answer.payload.get("data_refreshed_at")
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
        layout = self._query.layout
        for item in _objects(self._query.items(answer.payload)):
            if layout is Layout.RECORDS:
                if self.found.day is not None:
                    yield self.found.day, item
                continue
            day = _day_of(item)
            # An API that answers for more than was asked may answer for half a day.
            if self._wanted is None or day not in self._wanted:
                continue
            self.found.answered.add(day)
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
