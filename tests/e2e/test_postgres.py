"""The models say on PostgreSQL what they say on DuckDB, after a full build and after one more day.

Every mart is compared row by row, in the types that both name. Decimals, dates, moments and texts
are equal to the last digit; floats too, as the shortest text that gives the same number again.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.compare_releases import Mart, compare
from demo.organisation import Parameters
from pipeline import dbt, flow
from pipeline.intake import Window, land_all
from pipeline.settings import Settings
from pipeline.steps import Steps
from tests.e2e.company import Company, hand_in_logs, make_company, write_telemetry
from tests.e2e.postgres import Server, running_server, server_binaries
from tests.e2e.system import PROJECT
from tests.e2e.vendor import Vendor, evening

pytestmark = [pytest.mark.long, pytest.mark.minutes(3)]

START = date(2026, 8, 22)
UNTIL = START + timedelta(days=19)
_EVE = UNTIL - timedelta(days=1)
# A mart that keeps its days.
_DAILY_MODEL = "fct_claude_requests"


@dataclass(frozen=True)
class Builds:
    """What both servers say.

    Args:
        full: The marts compared after a full build.
        daily: The marts compared after a build of one more day.
        rebuilt: First and last day of each stretch that PostgreSQL rebuilt of a daily mart.
    """

    full: list[Mart]
    daily: list[Mart]
    rebuilt: list[tuple[date, date]]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    binaries = server_binaries()
    if binaries is None:
        pytest.skip("there is no PostgreSQL server; on Debian: apt-get install postgresql")
    with running_server(binaries) as server:
        yield server


@pytest.fixture(scope="module")
def builds(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """Land a company twice and build both warehouses after each landing."""
    path = tmp_path_factory.mktemp("company")
    company = make_company(path, Parameters(people=25, start=START, until=UNTIL, seed=3))
    hand_in_logs(company, 3)
    last_day = _hold_last_day(company, tmp_path_factory.mktemp("held"))
    home = tmp_path_factory.mktemp("home")
    vendor = Vendor(company.path, evening(_EVE), granted=1_000_000)
    compared = []
    for day in (_EVE, UNTIL):
        settings = company.settings(home, as_of=day)
        if day == UNTIL:
            shutil.move(last_day, company.path / "telemetry")
            vendor.clock.move_to(evening(day))
        vendor.land(home, since=START if day == _EVE else None)
        steps = Steps(Console(quiet=True))
        assert land_all(settings, steps, Window()) == ()
        flow.prepare(settings, steps)
        server.take_raw_tables(settings.database)
        _build_postgres(server, settings, tmp_path_factory.mktemp("dbt"))
        dbt.build(settings, run_tests=False)
        theirs = tmp_path_factory.mktemp("theirs") / "postgres.duckdb"
        server.bring_schema("marts", theirs)
        compared.append(compare(settings.database, theirs))
    with server.connect() as connection:
        cursor = connection.cursor()
        cursor.execute(
            "select first_day, last_day from intermediate.int_days__ledger where model_name = %s"
            " order by built_through_at, first_day",
            [_DAILY_MODEL],
        )
        rebuilt = cursor.fetchall()
    return Builds(*compared, rebuilt)


def _hold_last_day(company: Company, held: Path) -> Path:
    """Take the telemetry of the last day away, and return where it lies."""
    telemetry = company.path / "telemetry"
    shutil.rmtree(telemetry)
    telemetry.mkdir()
    write_telemetry(company, lambda day: (held if day == UNTIL else telemetry) / day.isoformat())
    return held / UNTIL.isoformat()


def _build_postgres(server: Server, settings: Settings, work: Path) -> None:
    """Build models, seeds and data tests by the profile that the example shows in a comment."""
    example = (PROJECT / "profiles.example.yml").read_text(encoding="utf-8")
    shown = re.sub(r"^    # (postgres:|  \w+: )", r"    \1", example, flags=re.MULTILINE)
    (work / "profiles.yml").write_text(shown, encoding="utf-8")
    built = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "build"),
            *("--target", "postgres", "--exclude-resource-type", "unit_test"),
        ],
        cwd=work,
        env={
            **os.environ,
            **server.variables,
            "CLAUDE_ANALYTICS_AS_OF": settings.as_of.isoformat(),
            "DBT_PROJECT_DIR": str(PROJECT),
            "DBT_PROFILES_DIR": str(work),
            "DBT_TARGET_PATH": str(work / "target"),
            "DBT_LOG_PATH": str(work / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr


def test_a_full_build_says_the_same(builds: Builds) -> None:
    assert len(builds.full) > 20
    assert [mart for mart in builds.full if not mart.is_equal] == []


def test_one_more_day_says_the_same(builds: Builds) -> None:
    assert [mart for mart in builds.daily if not mart.is_equal] == []
    rows = {mart.name: mart.rows for mart in builds.daily}
    assert [name for name, counts in rows.items() if counts == (0, 0)] == ["fct_restatements"]


def test_one_more_day_is_rebuilt_by_its_days(builds: Builds) -> None:
    first, *daily = builds.rebuilt
    assert first == (date(1900, 1, 1), date(9998, 12, 31))
    assert daily
    assert all(START < first_day <= last_day for first_day, last_day in daily)
