"""Landings of the APIs that die at any moment: the next one loses nothing and doubles nothing."""

import multiprocessing
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from demo.organisation import Parameters, generate
from tests.e2e.api_landing import GRANTED, land
from tests.e2e.loopback import serving
from tests.e2e.vendor import API_SOURCES, Vendor, differences, evening

pytestmark = [pytest.mark.long, pytest.mark.minutes(2.5)]

# Ten days that lie in two of the stretches that Enterprise is read in.
FIRST = date(2026, 8, 3)
DAYS = 10
LAST = FIRST + timedelta(days=DAYS - 1)
HOMES = 4
KILLS_PER_HOME = 5
# A child that ended before its moment does not count; this many say that moments are too late.
MOST_LANDINGS_PER_HOME = 3 * KILLS_PER_HOME
# Of a company so small; with this one no table is empty.
SEED = 7
# A child is forked from a process that has imported everything, so its time is that of a landing.
PROCESSES = multiprocessing.get_context("forkserver")


@dataclass
class Served:
    """The vendor on loopback.

    Args:
        vendor: The stand-in.
        url: Where it listens.
    """

    vendor: Vendor
    url: str

    def start(self, home: Path) -> multiprocessing.process.BaseProcess:
        """Begin a landing, a minute after the one before."""
        self.vendor.clock.advance(60)
        home.mkdir(exist_ok=True)
        process = PROCESSES.Process(
            target=land, args=(self.url, home, FIRST, self.vendor.clock.now())
        )
        process.start()
        return process

    def land(self, home: Path) -> float:
        """Land undisturbed; returns how many seconds it took."""
        started_at = time.monotonic()
        process = self.start(home)
        process.join()
        assert process.exitcode == 0
        return time.monotonic() - started_at


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data_dir = tmp_path_factory.mktemp("organisation")
    generate(data_dir, Parameters(people=30, start=FIRST, until=LAST, seed=SEED))
    # Late enough for the days of cost and usage to be over too.
    vendor = Vendor(data_dir, evening(LAST + timedelta(days=1)), granted=GRANTED)
    PROCESSES.set_forkserver_preload(["__main__", "ingestion.landing", "tests.e2e.api_landing"])
    # The first child waits for the imports.
    first = PROCESSES.Process(target=int)
    first.start()
    first.join()
    with serving(vendor.app) as url:
        yield Served(vendor, url)


def test_landings_killed_twenty_times_heal(served: Served, tmp_path: Path) -> None:
    rng = random.Random(SEED)
    span = served.land(tmp_path / "undisturbed")
    expected = observed_days(tmp_path / "undisturbed")
    for number in range(HOMES):
        home = tmp_path / str(number)
        killed = 0
        for _ in range(MOST_LANDINGS_PER_HOME):
            started_at = time.monotonic()
            process = served.start(home)
            process.join(rng.uniform(0, span))
            process.kill()
            process.join()
            assert process.exitcode in {0, -signal.SIGKILL}
            killed += process.exitcode != 0
            if process.exitcode == 0:
                # The machine has become faster: later moments would find nothing to kill.
                span = min(span, time.monotonic() - started_at)
            if killed == KILLS_PER_HOME:
                break
        assert killed == KILLS_PER_HOME
        served.land(home)
        assert differences(served.vendor, home) == {}
        assert observed_days(home) == expected
        assert_observed_once(home)


def observed_days(home: Path) -> list[tuple[object, ...]]:
    """The newest observation of every day."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(
            """
            select source_id, table_name, date_day, status, row_count, measures_json
            from raw_ingestion.observed_days
            qualify row_number() over (
                partition by source_id, table_name, date_day order by observed_at desc, load_id desc
            ) = 1
            order by all
            """
        ).fetchall()


def assert_observed_once(home: Path) -> None:
    """Every day that a finished load asked for was observed with it, and once."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        for source_id in API_SOURCES:
            # A load whose last step is repeated is listed twice.
            asked = connection.execute(
                f"""
                select loads.load_id, pulls.table_name, pulls.date_day, pulls.status
                from (select distinct load_id from raw_{source_id}._dlt_loads) as loads
                left join raw_{source_id}.pulls as pulls on loads.load_id = pulls._dlt_load_id
                order by all
                """
            ).fetchall()
            observed = connection.execute(
                """
                select load_id, table_name, date_day, status
                from raw_ingestion.observed_days
                where source_id = $source_id
                order by all
                """,
                {"source_id": source_id},
            ).fetchall()
            assert len(asked) > DAYS
            assert observed == asked
