"""The models: their unit tests, and many small builds against one of everything."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo.replay import LOCAL_LOGS_DIR, recorded_bodies
from tests.e2e.system import AS_OF, PROJECT, System

pytestmark = pytest.mark.slow

# When a row was built, not what it says.
STAMPS = {"observed_through_at"}


def _dbt(home: Path, *arguments: str) -> None:
    directory = home / "dbt"
    result = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--no-use-colors", *arguments),
            *("--profiles-dir", str(directory), "--target-path", str(directory / "target")),
            *("--log-path", str(directory / "logs"), "--project-dir", str(PROJECT)),
        ],
        cwd=PROJECT,
        env={
            **os.environ,
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "CLAUDE_ANALYTICS_DATABASE": str(home / "warehouse.duckdb"),
            "CLAUDE_ANALYTICS_AS_OF": AS_OF,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "ERROR=0" in result.stdout
    assert "PASS=0 " not in result.stdout


@pytest.fixture(scope="module")
def three_passes(tmp_path_factory: pytest.TempPathFactory) -> System:
    """The recorded client landed in three passes, out of order, built after each."""
    system = System(tmp_path_factory.mktemp("passes"))
    inbox = system.home / "collector"
    logs = system.home / "logs" / "projects"
    inbox.mkdir(parents=True)
    transcripts = sorted(LOCAL_LOGS_DIR.glob("*/projects/*"))
    bodies = recorded_bodies()
    random.Random(3).shuffle(bodies)
    for turn in range(3):
        for body in bodies[turn::3]:
            # Compressed and binary bodies lie as they came, as an object store would hold them.
            (inbox / body.name).write_bytes(body.body)
        for directory in transcripts[turn::3]:
            shutil.copytree(directory, logs / f"{directory.parents[1].name}{directory.name}")
        system.run("ingest", "claude_code_otel", "--path", str(inbox))
        system.run("ingest", "claude_code_logs", "--path", str(logs))
        system.run("build")
    return system


def _marts(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        contents = {}
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' order by all"
        ).fetchall():
            description = connection.execute(f"select * from marts.{table} limit 0").description
            columns = ", ".join(name for name, *_ in description if name not in STAMPS)
            contents[table] = connection.execute(
                f"select {columns} from marts.{table} order by all"
            ).fetchall()
        return contents


def test_three_daily_builds_equal_one_full_refresh(three_passes: System) -> None:
    database = three_passes.home / "warehouse.duckdb"
    after_three_passes = _marts(database)
    three_passes.run("build", "--full-refresh")
    assert _marts(database) == after_three_passes
    assert len(after_three_passes["fct_claude_requests"]) == 27


def test_unit_tests_of_the_models(three_passes: System) -> None:
    _dbt(three_passes.home, "test", "--select", "test_type:unit")
