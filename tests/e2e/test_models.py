"""The models: their unit tests, and many small builds against one of everything."""

import json
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

pytestmark = [pytest.mark.long, pytest.mark.minutes(7)]

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


def test_days_of_another_landing_are_neither_rebuilt_nor_removed(three_passes: System) -> None:
    """An API that is asked for a day again says nothing new about telemetry."""
    database = three_passes.home / "warehouse.duckdb"
    facts = "select * from marts.fct_claude_requests order by all"
    with duckdb.connect(str(database)) as connection:
        before = connection.execute(facts).fetchall()
        connection.execute(
            """
            insert into raw_ingestion.observed_days
            select
                'anthropic_console', 'cost_report', date_day,
                max(observed_at) + interval 1 minute, 'landed', 1, '{}', '1', null
            from raw_ingestion.observed_days
            group by date_day
            """
        )
    try:
        _dbt(three_passes.home, "run", "--select", "+fct_claude_requests")
        with duckdb.connect(str(database)) as connection:
            # With the moment that each row was built at.
            assert connection.execute(facts).fetchall() == before
            assert len(before) == 27
    finally:
        with duckdb.connect(str(database)) as connection:
            connection.execute(
                "delete from raw_ingestion.observed_days where source_id = 'anthropic_console'"
            )


def _export(session: str, at_nanos: int, **identity: str) -> str:
    values = {
        "event.name": "api_request",
        "session.id": session,
        "request_id": f"request-of-{session}",
        "model": "claude-haiku-5-5",
        "input_tokens": "10",
        "output_tokens": "1",
        **{key.replace("__", "."): value for key, value in identity.items()},
    }
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]
    record = {"timeUnixNano": str(at_nanos), "attributes": attributes}
    logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    return json.dumps(logs) + "\n"


def test_an_installation_that_gets_an_account_takes_its_past_along(tmp_path: Path) -> None:
    inbox = tmp_path / "collector"
    inbox.mkdir()
    system = System(tmp_path / "home", {"CLAUDE_ANALYTICS_OTLP_PATHS": str(inbox)})
    day = 86_400 * 10**9
    noon = 1_795_176_000 * 10**9  # 2026-11-20
    account = {"user__id": "installation", "user__account_id": "user_01"}
    (inbox / "a.jsonl").write_text(
        _export("alone", noon - 9 * day, user__id="installation"), encoding="utf-8"
    )
    system.run("run")
    (inbox / "b.jsonl").write_text(_export("signed-in", noon, **account), encoding="utf-8")
    system.run("run")  # its gate demands that each fact's person exists

    database = system.home / "warehouse.duckdb"
    with system.release() as marts:
        people = marts.execute(
            "select count(distinct person_key), count(*) from marts.fct_claude_requests"
        ).fetchall()
    assert people == [(1, 2)]
    after_two_runs = _marts(database)
    system.run("build", "--full-refresh")
    assert _marts(database) == after_two_runs
