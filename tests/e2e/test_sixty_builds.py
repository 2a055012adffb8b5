"""Daily runs, each with a build of what changed, end where one full build ends.

Twelve of them; `DAILY_BUILDS=60 make test-long ARGS=tests/e2e/test_sixty_builds.py` does sixty.

Nothing comes as it does in one landing at the end: reports are restated, files of people, exports
and invoices come weekly and monthly, the first roster after some days of use, a Collector stands
still for days and a transcript grows.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.compare_releases import compare
from demo.organisation import Parameters
from demo.organisation.views.exports import add_extra_use, write_exports
from demo.organisation.views.invoices import write_invoices
from demo.organisation.views.reading import open_truth
from demo.organisation.views.roster import write_roster
from pipeline import dbt, flow
from pipeline.intake import Window, land_all
from pipeline.steps import Steps
from tests.e2e.company import Company, hand_in_logs, make_company, write_telemetry
from tests.e2e.vendor import Vendor, evening

pytestmark = [pytest.mark.long, pytest.mark.minutes(7)]

START = date(2026, 8, 26)
RUNS = int(os.environ.get("DAILY_BUILDS", "12"))
UNTIL = START + timedelta(days=RUNS - 1)
FIRST_ROSTER = START + timedelta(days=4)
# The Collector stands still on these days; what it held goes out on the day after them.
STILL = (START + timedelta(days=6), START + timedelta(days=9))


@dataclass(frozen=True)
class Builds:
    """The marts after the last daily build, and after a full one on the same raw tables.

    Args:
        daily: Warehouse after the last daily run.
        full: Its copy, built in full.
    """

    daily: Path
    full: Path


class Deliveries:
    """The files of a company, on the days on which they come.

    Args:
        company: Whose; its files are taken away first.
        held: Where what has not come yet is kept.
    """

    def __init__(self, company: Company, held: Path) -> None:
        self._company = company
        self._held = held
        self._files = company.path / "files"
        shutil.move(self._files / "logs", held / "logs")
        shutil.rmtree(self._files)
        for name in ("exports", "people", "invoices", "logs"):
            (self._files / name).mkdir(parents=True)
        write_telemetry(company, lambda day: held / self._sent_on(day).isoformat() / f"{day}")
        shutil.rmtree(company.path / "telemetry")
        (company.path / "telemetry").mkdir()

    @staticmethod
    def _sent_on(day: date) -> date:
        first, end = STILL
        return end if first <= day < end else day

    def bring(self, day: date) -> None:
        """Put where it belongs what came by the evening of a day."""
        sent = self._held / day.isoformat()
        if sent.is_dir():
            shutil.move(sent, self._company.path / "telemetry" / day.isoformat())
        self._grow_logs(day)
        with open_truth(self._company.path / "truth") as truth:
            add_extra_use(truth)
            if day >= FIRST_ROSTER and (day - FIRST_ROSTER).days % 7 == 0:
                write_roster(truth, self._files / "people", day)
            if (day + timedelta(days=1)).day == 1:
                write_exports(truth, self._files / "exports", START, day)
            if day.day == 3:
                month_end = day - timedelta(days=3)
                write_invoices(truth, self._files / "invoices", START, month_end)

    def _grow_logs(self, day: date) -> None:
        for file in self._held.glob("logs/**/*.jsonl"):
            lines = [
                line
                for line in file.read_text().splitlines(keepends=True)
                if line.partition('"timestamp":"')[2][:10] <= day.isoformat()
            ]
            if lines:
                grown = self._files / file.relative_to(self._held)
                grown.parent.mkdir(parents=True, exist_ok=True)
                text = "".join(lines)
                if not grown.exists() or grown.stat().st_size != len(text.encode()):
                    grown.write_text(text)


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """Run day after day, then once in full."""
    parameters = Parameters(people=20, start=START, until=UNTIL, seed=3)
    company = make_company(tmp_path_factory.mktemp("company"), parameters)
    hand_in_logs(company, 3)
    home = tmp_path_factory.mktemp("daily")
    deliveries = Deliveries(company, tmp_path_factory.mktemp("held"))
    vendor = Vendor(company.path, evening(START), granted=1_000_000)
    steps = Steps(Console(quiet=True))
    for number in range(RUNS):
        day = START + timedelta(days=number)
        settings = company.settings(home, as_of=day)
        deliveries.bring(day)
        vendor.clock.move_to(evening(day))
        vendor.land(home, since=START if number == 0 else None)
        assert land_all(settings, steps, Window()) == ()
        flow.prepare(settings, steps)
        dbt.build(settings, run_tests=False)
    full_home = tmp_path_factory.mktemp("full")
    shutil.copyfile(settings.database, full_home / "warehouse.duckdb")
    full = company.settings(full_home, as_of=UNTIL)
    dbt.build(full, full_refresh=True, run_tests=False)
    return Builds(settings.database, full.database)


def test_daily_builds_end_where_a_full_build_ends(builds: Builds) -> None:
    marts = compare(builds.daily, builds.full)
    assert len(marts) > 20
    assert [mart for mart in marts if not mart.is_equal] == []
