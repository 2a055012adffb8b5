"""The whole warehouse of a large organisation: built in full, one more day, and by hand."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.measurement import Measurement
from benchmarks.warehouse_by_hand import BY_HAND
from benchmarks.warehouse_raw import land_day_range, land_people
from ingestion.raw_tables import ensure_raw_tables

PEOPLE = 10_000
LAST_DAY = date(2026, 11, 15)
SHORT_DAYS = 90
LONG_DAYS = 365
EXTRA_DAYS = 3
ROUNDS = 3
_MIB_OF_PROMISE = 8 * 1024
# The peak of the process is its own to tell: it prints it when it is done.
_PROGRAM = """
from benchmarks.measurement import peak_mebibytes
from pipeline.cli import app
try:
    app()
finally:
    print(peak_mebibytes())
"""


@dataclass(frozen=True)
class Build:
    """Seconds and peak memory of one build."""

    seconds: float
    peak_mebibytes: float


def _build(home: Path, as_of: date, *options: str) -> Build:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, "build", *options],
        env={
            **os.environ,
            "CLAUDE_ANALYTICS_HOME": str(home),
            "CLAUDE_ANALYTICS_AS_OF": as_of.isoformat(),
            "CLAUDE_ANALYTICS_PSEUDONYM_KEY": "a key of made-up people",
        },
        check=True,
        capture_output=True,
        text=True,
    )
    return Build(time.perf_counter() - started, float(done.stdout.split()[-1]))


def _by_hand(database: Path) -> float:
    """Seconds of a hand-written query that gives usage and token cost alone."""
    seconds = []
    for _ in range(ROUNDS):
        with (
            tempfile.TemporaryDirectory(dir=database.parent) as folder,
            duckdb.connect(f"{folder}/by_hand.duckdb", config={"threads": 2}) as connection,
        ):
            connection.execute(f"attach '{database}' as warehouse (read_only)")
            started = time.perf_counter()
            connection.execute(BY_HAND)
            seconds.append(time.perf_counter() - started)
    return median(seconds)


def _history(people: int, days: int, home: Path) -> tuple[Build, float]:
    """A full build over so many days, and the median seconds of one more day."""
    database = home / "warehouse.duckdb"
    ensure_raw_tables(database)
    first_day = LAST_DAY - timedelta(days=days)
    with duckdb.connect(str(database)) as connection:
        land_people(connection, people, first_day, LAST_DAY - timedelta(days=1))
        land_day_range(connection, people, first_day, LAST_DAY - timedelta(days=1))
    full = _build(home, LAST_DAY - timedelta(days=1), "--full-refresh")
    extra = []
    for number in range(EXTRA_DAYS):
        day = LAST_DAY + timedelta(days=number)
        with duckdb.connect(str(database)) as connection:
            land_day_range(connection, people, day, day)
        extra.append(_build(home, day).seconds)
    return full, median(extra)


def _rows(database: Path, table: str) -> int:
    with duckdb.connect(str(database), read_only=True) as connection:
        ((count,),) = connection.execute(f"select count(*) from {table}").fetchall()  # constants
    return int(count)


def measure(scale: float) -> list[Measurement]:
    """Build 90 and 365 days of one organisation, then three single days on top of each.

    Args:
        scale: 1.0 is 10,000 people.
    """
    people = max(100, int(PEOPLE * scale))
    with tempfile.TemporaryDirectory() as folder:
        _, short_extra = _history(people, SHORT_DAYS, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        full, extra = _history(people, LONG_DAYS, home)
        database = home / "warehouse.duckdb"
        by_hand = _by_hand(database)
        usage = _rows(database, "marts.fct_usage_daily")
        requests = _rows(database, "marts.fct_claude_requests")
    return [
        Measurement(
            "full build",
            full.seconds,
            "s",
            note=f"{people:,} people, {LONG_DAYS} days, {usage:,} usage rows, "
            f"{requests:,} requests; with all tests",
        ),
        Measurement("usage and token cost by hand", by_hand, "s", note=f"median of {ROUNDS}"),
        Measurement(
            "full build / usage and token cost by hand",
            full.seconds / by_hand,
            "ratio",
            target=3,
            bound="at most",
        ),
        Measurement("one more day", extra, "s", note=f"median of {EXTRA_DAYS}, with tests"),
        Measurement(
            "one more day / full build", extra / full.seconds, "ratio", target=0.1, bound="at most"
        ),
        Measurement(
            f"one more day after {LONG_DAYS} days / after {SHORT_DAYS}",
            extra / short_extra,
            "ratio",
            target=1.2,
            bound="at most",
        ),
        Measurement(
            "peak memory of a build",
            full.peak_mebibytes,
            "MiB",
            target=_MIB_OF_PROMISE,
            bound="at most",
        ),
    ]
