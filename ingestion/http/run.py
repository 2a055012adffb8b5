"""Reads a source through its API and lands what it said, day by day."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final

from .batch import Batch
from .days import Plan, history, plan_days
from .dialect import ApiError, CredentialFault
from .endpoints import ApiSource, Endpoint, Unit
from .windows import FAILED, FORBIDDEN, Fault, Reader, Result

logger = logging.getLogger(__name__)

_MAX_IN_FLIGHT: Final = 4
# What a kill may cost, and what may wait in memory.
_LANDING_SECONDS: Final = 300
_LANDING_ROWS: Final = 300_000
# An endpoint that fails so often in a row is left alone until the next run.
_MAX_FAILURES: Final = 3


@dataclass(frozen=True)
class Problem:
    """Something that was not answered.

    Attributes:
        table_name: The tables that miss data.
        status: `forbidden` or `failed`.
        message: One line: what, where and, if it is a key, which setting.
    """

    table_name: str
    status: str
    message: str


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        done_requests: Answers that were read.
        expected_requests: Answers there will be, judged by the pages of queries so far.
        seconds_left: Time that the rest takes, never less than the limits make it take; None as
            long as there is nothing to judge by.
        first_day: First day that the run asks for; None while only snapshots are planned.
        last_day: Last day that the run asks for.
    """

    done_requests: int
    expected_requests: int
    seconds_left: float | None
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True)
class ApiLanding:
    """What one run of a source brought.

    Attributes:
        source_id: The source that was landed.
        rows: Rows that were loaded per table; a row that was sent again counts.
        load_ids: Loads that were finished, packages left by an earlier run included.
        problems: What was not answered.
    """

    source_id: str
    rows: dict[str, int]
    load_ids: tuple[str, ...]
    problems: tuple[Problem, ...]


def land_api(
    source: ApiSource,
    *,
    database: Path,
    working_dir: Path,
    since: date | None = None,
    until: date | None = None,
    now: datetime | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> ApiLanding:
    """Ask for what is missing or may have changed, and land it in batches.

    A window whose query fails leaves no rows, and the rest goes on without it; the next run asks
    for it again. Killed at any moment, the next run goes on after the last batch that landed.

    Args:
        source: The source; it is closed in the end.
        database: The warehouse file; nobody else may have it open.
        working_dir: Directory for dlt's packages and state.
        since: First day that is wanted; else the first one ever asked for, or 90 days.
        until: Last day that is wanted.
        now: When this happens, if not by the clock of the machine.
        on_progress: Is told after each window how far the run is.
    """
    run = _Run(source, database, working_dir, now, on_progress)
    try:
        return run.all(since, until)
    finally:
        source.close()


class _Run:
    def __init__(
        self,
        source: ApiSource,
        database: Path,
        working_dir: Path,
        now: datetime | None,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self._source = source
        self._past = history(database, source.source_id)
        self._reader = Reader(source)
        self._meter = _Meter(source, on_progress)
        self._batch = Batch(source, database, working_dir, now)
        self._faults = _Faults()
        self._landed_at = source.clock.monotonic()

    def all(self, since: date | None, until: date | None) -> ApiLanding:
        self._read_snapshots()
        plans = list(self._plans(since, until))
        for plan in plans:
            self._batch.add_unpublished(plan)
            self._meter.plan(plan.units)
        for units in _batches(plans, self._source.batch_days):
            self._read(units)
            elapsed = self._source.clock.monotonic() - self._landed_at
            if elapsed > _LANDING_SECONDS or self._batch.row_count > _LANDING_ROWS:
                self._land()
        self._land()
        tables = {endpoint.name: endpoint.tables for endpoint in self._source.endpoints}
        return ApiLanding(
            self._source.source_id,
            self._batch.landed_rows,
            tuple(self._batch.load_ids),
            tuple(self._faults.problems(tables)),
        )

    def _read_snapshots(self) -> None:
        snapshots = [endpoint for endpoint in self._source.endpoints if endpoint.days is None]
        parents = [Unit(endpoint) for endpoint in snapshots if endpoint.parent is None]
        self._meter.plan(parents)
        results = {result.unit.endpoint.name: result for result in self._read(parents)}
        children = []
        for endpoint in snapshots:
            if endpoint.parent is not None:
                parent = results[endpoint.parent]
                if parent.fault:
                    self._faults.close(endpoint.name, parent.fault)
                children.append(Unit(endpoint, parents=_ids(parent)))
        self._meter.plan(children)
        self._read(children)

    def _plans(self, since: date | None, until: date | None) -> Iterator[Plan]:
        for endpoint in self._source.endpoints:
            if endpoint.days is None:
                continue
            client = self._source.clients[endpoint.client]
            server_now = self._source.server_now
            try:
                newest = endpoint.days.newest(client, server_now)
            except ApiError as error:
                self._faults.close(endpoint.name, _fault(endpoint, error))
                newest = server_now.date() - timedelta(days=1)
            yield plan_days(endpoint, self._past, newest, server_now.date(), since, until)

    def _read(self, units: list[Unit]) -> list[Result]:
        """Read windows, a few at the same time; results keep the order of the windows."""
        results = []
        pool = ThreadPoolExecutor(_MAX_IN_FLIGHT)
        try:
            for result in pool.map(self._read_unit, units):
                self._faults.tell(result)
                self._batch.add(result)
                self._meter.advance(result)
                results.append(result)
        finally:
            # Interrupted, windows that nobody waits for any more are not asked for.
            pool.shutdown(cancel_futures=True)
        return results

    def _read_unit(self, unit: Unit) -> Result:
        if fault := self._faults.closing(unit):
            return Result(unit, fault=fault)
        result = self._reader.read(unit)
        self._faults.judge(result)
        return result

    def _land(self) -> None:
        self._batch.land()
        self._landed_at = self._source.clock.monotonic()


class _Faults:
    """The faults of a run; threads ask whether an endpoint is still worth a call."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._closed: dict[str, Fault] = {}
        self._in_a_row: Counter[str] = Counter()
        self._told: dict[str, dict[str, Fault]] = {}
        self._windows: Counter[str] = Counter()

    def closing(self, unit: Unit) -> Fault | None:
        """Why a window is not asked for any more, if so."""
        fault = self._closed.get(unit.endpoint.name)
        if fault is not None and fault.status == FAILED:
            return replace(fault, message=f"not asked any more after: {fault.message}")
        return fault

    def close(self, name: str, fault: Fault) -> None:
        """Ask an endpoint no more in this run."""
        self._closed.setdefault(name, fault)

    def judge(self, result: Result) -> None:
        """Close the endpoint of an answer if it makes no sense to go on."""
        name, fault = result.unit.endpoint.name, result.fault
        with self._lock:
            if fault is None:
                self._in_a_row[name] = 0
            elif fault.status in {FORBIDDEN, FAILED}:
                self._in_a_row[name] += 1
                is_snapshot = result.unit.window is None
                is_enough = self._in_a_row[name] >= _MAX_FAILURES
                if fault.status == FORBIDDEN or is_snapshot or is_enough:
                    self.close(name, fault)

    def tell(self, result: Result) -> None:
        """Remember a fault for the user; the first of a cause is the one that is told."""
        name, fault = result.unit.endpoint.name, result.fault
        if fault is not None and fault.status in {FORBIDDEN, FAILED}:
            self._told.setdefault(f"{fault.status} {fault.cause}", {}).setdefault(name, fault)
            self._windows[name] += result.unit.window is not None

    def problems(self, tables: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
        """One line per cause, for all the tables that it touches.

        Args:
            tables: Tables by endpoint.
        """
        for faults in self._told.values():
            fault = next(iter(faults.values()))
            names = ", ".join(table for name in faults for table in tables[name])
            others = sum(self._windows[name] for name in faults) - 1
            more = f" (and {others} more)" if fault.status == FAILED and others > 0 else ""
            yield Problem(names, fault.status, f"{fault.message}{more}")


class _Meter:
    """Counts what was read against what is planned.

    Args:
        source: The source that is read.
        on_progress: Is told after each window.
    """

    def __init__(self, source: ApiSource, on_progress: Callable[[Progress], None] | None) -> None:
        self._source = source
        self._on_progress = on_progress
        self._began = source.clock.monotonic()
        self._planned: Counter[str] = Counter()
        self._endpoints: dict[str, Endpoint] = {}
        self._queries: Counter[str] = Counter()
        self._pages: Counter[str] = Counter()
        self._days: list[date] = []

    def plan(self, units: Iterable[Unit]) -> None:
        """Add windows to what is going to be read."""
        for unit in units:
            self._endpoints[unit.endpoint.name] = unit.endpoint
            self._planned[unit.endpoint.name] += _query_count(unit)
            if unit.window is not None:
                self._days = [
                    min(unit.window[0], *self._days[:1]) if self._days else unit.window[0],
                    max(unit.window[1], *self._days[1:]) if self._days else unit.window[1],
                ]

    def advance(self, result: Result) -> None:
        """Note that a window was read, or given up."""
        name = result.unit.endpoint.name
        self._queries[name] += _query_count(result.unit)
        self._pages[name] += result.page_count
        if self._on_progress is not None:
            self._on_progress(self.now())

    def now(self) -> Progress:
        """How far the run is."""
        done = self._pages.total()
        left = sum(self._pages_left(name) for name in self._planned)
        seconds: float | None = None
        if done:
            elapsed = self._source.clock.monotonic() - self._began
            seconds = max(elapsed / done * left, self._limited_seconds())
        first, last = self._days or (None, None)
        return Progress(done, done + round(left), seconds, first, last)

    def _pages_left(self, name: str) -> float:
        left = max(self._planned[name] - self._queries[name], 0)
        done = self._queries[name]
        return left * max(self._pages[name] / done if done else 1.0, 1.0)

    def _limited_seconds(self) -> float:
        """What the slowest limit makes the rest take."""
        calls: Counter[int] = Counter()
        per_minute: dict[int, int] = {}
        for name, endpoint in self._endpoints.items():
            client = self._source.clients[endpoint.client]
            limiter = id(client.limiter)
            per_minute[limiter] = client.limiter.per_minute
            left = self._planned[name] - self._queries[name]
            calls[limiter] += round(self._pages_left(name)) if client.counts_pages else left
        return max((calls[limiter] / per_minute[limiter] * 60 for limiter in calls), default=0.0)


def _batches(plans: Iterable[Plan], batch_days: int) -> Iterator[list[Unit]]:
    """Units of all endpoints by stretches of days, the oldest first."""
    stretches: dict[int, list[Unit]] = {}
    for unit in (unit for plan in plans for unit in plan.units):
        if unit.window is not None:
            stretches.setdefault(unit.window[0].toordinal() // batch_days, []).append(unit)
    for number in sorted(stretches):
        yield stretches[number]


def _ids(result: Result) -> tuple[str, ...]:
    return tuple(
        identity
        for table in result.tables.get(result.unit.endpoint.name, [])
        for identity in (table["id"].to_pylist() if "id" in table.column_names else [])
        if identity
    )


def _fault(endpoint: Endpoint, error: ApiError) -> Fault:
    if isinstance(error, CredentialFault):
        return Fault(FORBIDDEN, str(error), error.cause)
    return Fault(FAILED, f"{endpoint.name}: {error}", endpoint.name)


def _query_count(unit: Unit) -> int:
    each = 1 if unit.parents is None else len(unit.parents)
    return len(unit.endpoint.queries) * each
