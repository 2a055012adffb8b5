"""A landing that dies at any moment loses nothing, doubles nothing, and the next one heals it."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingestion.landing import land
from ingestion.sources.claude_code_otel.reader import claude_code_otel
from tests.ingestion.otlp.reading.exports import TIME, line, logs, metrics, point, record

pytestmark = pytest.mark.minutes(1)

PROJECT_DIR = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("killed_landing.py")
COPY_SCRIPT = Path(__file__).with_name("killed_after_copy.py")
# A landing of one round takes about this much CPU after its imports.
MOMENTS = (0.01, 1.2)
ROUNDS = 7
REQUESTS = 40


def write_round(inbox: Path, number: int) -> None:
    """Add to a file that grows and leave a new one."""
    first = number * REQUESTS
    content = b"".join(
        line(
            logs(
                record(
                    "api_request",
                    TIME + request * 3_600 * 10**9,
                    request_id=f"r{request}",
                    input_tokens=1,
                    cost_usd=0.1,
                )
            )
        )
        for request in range(first, first + REQUESTS)
    )
    with (inbox / "growing.json").open("ab") as stream:
        stream.write(content)
    again = line(metrics(point(2.0, TIME, TIME + number + 1)))
    (inbox / f"{number}.json").write_bytes(content[: len(content) // 2] + b"\n" + again * 2)


def run_script(script: Path, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, script, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(PROJECT_DIR)},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("moment", ["normalized", "half-removed", "copied", "noted"])
def test_interrupted_step_is_neither_doubled_nor_lost(tmp_path: Path, moment: str) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    write_round(inbox, 0)
    database, working_dir = tmp_path / "warehouse.duckdb", tmp_path / "dlt"
    died = run_script(COPY_SCRIPT, inbox, database, working_dir, moment)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()

    def land_inbox(into: Path, directory: Path) -> list[tuple[object, ...]]:
        land(
            claude_code_otel([inbox]),
            source_id="claude_code_otel",
            database=into,
            working_dir=directory,
        )
        with duckdb.connect(str(into), read_only=True) as connection:
            return connection.execute(
                """
                select count(*), count(distinct event_key), sum(input_tokens)
                from raw_claude_code_otel.events
                """
            ).fetchall()

    healed = land_inbox(database, working_dir)
    assert healed == land_inbox(tmp_path / "other.duckdb", tmp_path / "other")
    assert healed == [(REQUESTS, REQUESTS, REQUESTS)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_killed_landings_heal(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    database, working_dir = tmp_path / "warehouse.duckdb", tmp_path / "dlt"
    killed = 0
    for number in range(ROUNDS):
        write_round(inbox, number)
        seconds = rng.uniform(*MOMENTS)
        died = run_script(SCRIPT, inbox, database, working_dir, seconds)
        assert died.returncode <= 0, died.stderr.decode()
        killed += died.returncode < 0
    assert killed >= ROUNDS // 2

    source = claude_code_otel([inbox])
    land(source, source_id="claude_code_otel", database=database, working_dir=working_dir)
    with duckdb.connect(str(database), read_only=True) as connection:
        query = connection.execute
        count = ROUNDS * REQUESTS
        assert query(
            """
            select count(*), count(distinct request_id), sum(input_tokens)
            from raw_claude_code_otel.events
            """
        ).fetchall() == [(count, count, count)]
        assert query(
            """
            select count(*), count(distinct point_key), sum(value)
            from raw_claude_code_otel.metric_points
            """
        ).fetchall() == [(ROUNDS, ROUNDS, 2.0 * ROUNDS)]
        # The newest observation of every day is what the day now holds.
        assert (
            query(
                """
            with newest as (
                select
                    date_day,
                    row_count,
                    cast(measures_json ->> 'input_tokens' as bigint) as input_tokens
                from raw_ingestion.observed_days
                where table_name = 'events'
                qualify row_number() over (
                    partition by date_day order by observed_at desc, load_id desc
                ) = 1
            ),
            held as (
                select date_day, count(*) as row_count, sum(input_tokens) as input_tokens
                from raw_claude_code_otel.events
                group by date_day
            )
            (from newest except from held)
            union all
            (from held except from newest)
            """
            ).fetchall()
            == []
        )
        # Every finished load that still has rows was observed.
        assert (
            query(
                """
            select distinct _dlt_load_id from raw_claude_code_otel.events
            except
            select load_id from raw_ingestion.observed_days
            """
            ).fetchall()
            == []
        )
