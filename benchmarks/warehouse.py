"""The whole warehouse: of nothing, in full at three sizes, one more day, and what writing costs."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Final

import duckdb

from benchmarks.measurement import Measurement
from benchmarks.warehouse_raw import land_day_range, land_people
from ingestion.raw_tables import ensure_raw_tables

PEOPLE: Final = 10_000
# Fewer are too few for the departments and teams of the organisation.
_FEWEST: Final = 20
LAST_DAY: Final = date(2026, 11, 15)
SHORT_DAYS: Final = 90
LONG_DAYS: Final = 365
ROUNDS: Final = 3
# The peak of the process is its own to tell: it prints it when it is done.
_PROGRAM: Final = """
from benchmarks.measurement import peak_mebibytes
from pipeline.cli import app
try:
    app()
finally:
    print(peak_mebibytes())
"""


@dataclass(frozen=True)
class Build:
    """What one `build` took.

    Attributes:
        seconds: By the clock on the wall.
        cpu_seconds: Of all its processes, user and system.
        peak_mebibytes: Most resident memory.
        nodes: Seeds, models and tests that dbt ran.
    """

    seconds: float
    cpu_seconds: float
    peak_mebibytes: float
    nodes: int


@dataclass(frozen=True)
class Organisation:
    """Builds of one organisation.

    Attributes:
        people: How many it has.
        days: Days of history before the single days.
        requests: Requests after the single days.
        full: The build in full of its history.
        extra: One more day, in the middle of some.
        floor_seconds: CPU seconds of copying each finished mart in its file.
    """

    people: int
    days: int
    requests: int
    full: Build
    extra: Build
    floor_seconds: float

    def above_nothing(self, nothing: Build) -> float:
        """CPU seconds of the full build above those of nothing, for a million requests."""
        return (self.full.cpu_seconds - nothing.cpu_seconds) / (self.requests / 1e6)

    def __str__(self) -> str:
        """Size in words."""
        return f"{self.people:,} people, {self.days} days"


def _build(home: Path, as_of: date, *options: str) -> Build:
    started, cpu_before = time.perf_counter(), _cpu_seconds(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, "build", *options],
        env={
            **os.environ,
            "CLAUDE_ANALYTICS_HOME": str(home),
            "CLAUDE_ANALYTICS_AS_OF": as_of.isoformat(),
            "CLAUDE_ANALYTICS_PSEUDONYM_KEY": "a key of made-up people",
        },
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"error: build of {home} failed: {done.stderr.strip()}")
    seconds = time.perf_counter() - started
    cpu_seconds = _cpu_seconds(resource.RUSAGE_CHILDREN) - cpu_before
    results = json.loads((home / "dbt" / "target" / "run_results.json").read_text(encoding="utf-8"))
    return Build(seconds, cpu_seconds, float(done.stdout.split()[-1]), len(results["results"]))


def _cpu_seconds(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def _middle(builds: list[Build]) -> Build:
    return sorted(builds, key=lambda build: build.seconds)[len(builds) // 2]


def _nothing() -> tuple[Build, Build]:
    """A first build of an empty home, and one in the middle of some that follow it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        first = _build(home, LAST_DAY, "--full-refresh")
        # The first after a full build still finds things to do.
        _build(home, LAST_DAY)
        return first, _middle([_build(home, LAST_DAY) for _ in range(ROUNDS)])


def _organisation(people: int, days: int) -> Organisation:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        database = home / "warehouse.duckdb"
        ensure_raw_tables(database)
        first_day, history_end = LAST_DAY - timedelta(days=days), LAST_DAY - timedelta(days=1)
        with duckdb.connect(str(database)) as connection:
            land_people(connection, people, first_day, history_end)
            land_day_range(connection, people, first_day, history_end)
        full = _build(home, history_end, "--full-refresh")
        extra = []
        for number in range(ROUNDS):
            day = LAST_DAY + timedelta(days=number)
            with duckdb.connect(str(database)) as connection:
                land_day_range(connection, people, day, day)
            extra.append(_build(home, day))
        with duckdb.connect(str(database), config={"threads": 2}) as connection:
            ((requests,),) = connection.execute(
                "select count(*) from marts.fct_claude_requests"
            ).fetchall()
            floor = median(_floor_seconds(connection) for _ in range(ROUNDS))
        return Organisation(people, days, requests, full, _middle(extra), floor)


def _floor_seconds(connection: duckdb.DuckDBPyConnection) -> float:
    """CPU seconds of writing each finished mart once more into the same file."""
    marts = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'marts'"
    ).fetchall()
    connection.execute("create schema floor")
    before = _cpu_seconds(resource.RUSAGE_SELF)
    for (mart,) in marts:
        connection.execute(f"create table floor.{mart} as select * from marts.{mart}")
    seconds = _cpu_seconds(resource.RUSAGE_SELF) - before
    connection.execute("drop schema floor cascade")
    return seconds


def measure(scale: float) -> list[Measurement]:
    """Build nothing, then a tenth of an organisation over two histories, then all of it.

    Args:
        scale: 1.0 is 10,000 people, and 1,000 for what needs no more.
    """
    people = max(_FEWEST * 5, int(PEOPLE * scale))
    few = max(_FEWEST, people // 10)
    first_of_nothing, nothing = _nothing()
    short, long, large = (
        _organisation(few, SHORT_DAYS),
        _organisation(few, LONG_DAYS),
        _organisation(people, LONG_DAYS),
    )
    return [
        *_of_nothing(nothing),
        *_of_days(nothing, short, long, large),
        *_of_full_builds(first_of_nothing, short, long, large),
    ]


def _of_nothing(nothing: Build) -> list[Measurement]:
    note = f"incremental, of an empty home; the middle of {ROUNDS}"
    return [
        Measurement("empty build", nothing.seconds, "s", 22, "at most", note),
        Measurement("empty build, processor time", nothing.cpu_seconds, "CPU s", 22, "at most"),
        Measurement("empty build, nodes", nothing.nodes, "count", 370, "at most"),
    ]


def _of_days(
    nothing: Build, short: Organisation, long: Organisation, large: Organisation
) -> list[Measurement]:
    days = [
        Measurement(
            f"one more day: {organisation}",
            organisation.extra.seconds,
            "s",
            note=f"{organisation.extra.cpu_seconds:.1f} CPU s; the middle of {ROUNDS}, with tests",
        )
        for organisation in (short, long, large)
    ]
    return [
        *days,
        _ratio("one more day / empty build", long, long.extra, nothing, 1.25),
        _ratio(
            f"one more day after {LONG_DAYS} days / after {SHORT_DAYS}",
            long,
            long.extra,
            short.extra,
            1.1,
        ),
        _ratio("one more day / full build", large, large.extra, large.full, 0.04),
    ]


def _ratio(
    name: str, organisation: Organisation, build: Build, against: Build, target: float
) -> Measurement:
    of_cpu = build.cpu_seconds / against.cpu_seconds
    note = f"{organisation}; of CPU seconds {of_cpu:.3f}"
    return Measurement(name, build.seconds / against.seconds, "ratio", target, "at most", note)


def _of_full_builds(
    nothing: Build, short: Organisation, long: Organisation, large: Organisation
) -> list[Measurement]:
    sizes = (short, long, large)
    return [
        *(
            Measurement(
                f"full build: {size}",
                size.full.seconds,
                "s",
                500 if size is large else None,
                "at most",
                f"{size.full.cpu_seconds:.1f} CPU s; {size.requests:,} requests; with all tests",
            )
            for size in sizes
        ),
        *(
            Measurement(
                f"full build / write floor: {size}",
                size.full.cpu_seconds / size.floor_seconds,
                "ratio",
                6,
                "at most",
                f"of CPU seconds; floor {size.floor_seconds:.2f}, median of {ROUNDS}",
            )
            for size in (long, large)
        ),
        *(
            Measurement(
                f"above the empty build, a million requests: {size}",
                size.above_nothing(nothing),
                "CPU s",
                note=f"full builds; the empty one takes {nothing.cpu_seconds:.1f}",
            )
            for size in sizes
        ),
        Measurement(
            "above the empty build, a million requests: most / fewer people",
            large.above_nothing(nothing) / long.above_nothing(nothing),
            "ratio",
            1.15,
            "at most",
            f"{large} against {long}",
        ),
        *(
            Measurement(
                f"peak memory of a full build: {size}",
                size.full.peak_mebibytes,
                "MiB",
                8 * 1024 if size is large else None,
                "at most",
            )
            for size in sizes
        ),
    ]
