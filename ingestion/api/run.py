"""Reads a source through its API and lands what it said, day by day."""

import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from .batch import Batch
from .errors import ApiError, CredentialFault
from .faults import Faults, Problem
from .plan import Plan, plan_days
from .progress import Progress, ProgressMeter
from .read import Reader
from .results import FAILED, FORBIDDEN, Fault, Result, Unit
from .source import ApiSource, Endpoint
from .windows import history

__all__ = ["ApiLanding", "Problem", "Progress", "land_api"]

logger = logging.getLogger(__name__)

_MAX_IN_FLIGHT: Final = 4
# What a kill may cost, and what may wait in memory.
_LANDING_SECONDS: Final = 300
_LANDING_ROWS: Final = 300_000


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
        self._meter = ProgressMeter(source, on_progress)
        self._batch = Batch(source, database, working_dir, now)
        self._faults = Faults()
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
