"""A landing of session logs that dies at any moment loses nothing and doubles nothing."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingestion.sources.claude_code_logs.reader import land
from tests.ingestion.claude_code_logs.killed_landing import STEPS
from tests.ingestion.claude_code_logs.transcripts import encoded, message, record

pytestmark = pytest.mark.minutes(1)

PROJECT_DIR = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("killed_landing.py")
# A landing takes about this much CPU after its imports.
MOMENTS = (0.005, 0.2)
ROUNDS = 12
ANSWERS = 30


def write_round(logs: Path, number: int) -> None:
    """Add to a transcript that grows, and leave a new one that repeats half of its answers."""
    first = number * ANSWERS
    lines = [
        encoded(record(requestId=f"req_{answer}", message=message(id=f"msg_{answer}")))
        for answer in range(first, first + ANSWERS)
    ]
    with (logs / "growing.jsonl").open("ab") as stream:
        stream.write(b"".join(lines))
    (logs / f"{number}.jsonl").write_bytes(b"".join(lines[: ANSWERS // 2]))


def killed(*arguments: object) -> int:
    """Run the script and tell how it ended."""
    done = subprocess.run(
        [sys.executable, SCRIPT, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(PROJECT_DIR)},
        capture_output=True,
        check=False,
    )
    assert done.returncode <= 0, done.stderr.decode()
    return done.returncode


def assert_whole(database: Path, answers: int) -> None:
    """Check rows against what was written, and observations against rows."""
    with duckdb.connect(str(database), read_only=True) as connection:
        query = connection.execute
        assert query(
            """
            select count(*), count(distinct line_key), count(distinct message_id), sum(input_tokens)
            from raw_claude_code_logs.usage_lines
            """
        ).fetchall() == [(answers, answers, answers, 10 * answers)]
        assert query(
            """
            select row_count, cast(measures_json ->> 'input_tokens' as bigint)
            from raw_ingestion.observed_days
            order by observed_at desc
            limit 1
            """
        ).fetchall() == [(answers, 10 * answers)]
        assert (
            query(
                """
                select distinct _dlt_load_id from raw_claude_code_logs.usage_lines
                except
                select load_id from raw_ingestion.observed_days
                """
            ).fetchall()
            == []
        )


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    directory = tmp_path / "projects" / "-repo-demo"
    directory.mkdir(parents=True)
    return directory


@pytest.mark.parametrize("step", STEPS)
def test_a_landing_that_died_between_two_steps_is_made_good(
    tmp_path: Path, logs: Path, step: str
) -> None:
    database, working_dir = tmp_path / "warehouse.duckdb", tmp_path / "dlt"
    write_round(logs, 0)
    assert killed(logs, database, working_dir, step) == -signal.SIGKILL
    again = land([logs], database=database, working_dir=working_dir)
    # Rows and marks are there together, or neither is.
    assert again.rows == {"usage_lines": 0 if step == "committed" else ANSWERS}
    assert_whole(database, ANSWERS)
    assert not list(working_dir.rglob("*.json"))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_landings_that_die_at_any_moment_are_made_good(
    tmp_path: Path, logs: Path, seed: int
) -> None:
    moments = random.Random(seed)
    database, working_dir = tmp_path / "warehouse.duckdb", tmp_path / "dlt"
    deaths = 0
    for number in range(ROUNDS):
        write_round(logs, number)
        deaths += killed(logs, database, working_dir, moments.uniform(*MOMENTS)) < 0
    assert deaths >= ROUNDS // 3
    land([logs], database=database, working_dir=working_dir)
    assert_whole(database, ROUNDS * ANSWERS)
