"""`status` tells fresh from stale, holes from silence, and ends with 1 if a contract is broken."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.settings import load_settings
from pipeline.sources import SOURCES
from pipeline.spool import MAX_PENDING_AGE, begin_landing, end_landing, spool_status
from tests.e2e.outcome import Cli

OTEL, LOGS = "claude_code_otel", "claude_code_logs"
Observed = tuple[str, str, str, str, str, int]


def observe(home: Path, rows: Iterable[Observed]) -> None:
    """Write what landings observed: source, table, day, observed at, status, rows."""
    home.mkdir(exist_ok=True)
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("create schema raw_ingestion")
        connection.execute(
            "create table raw_ingestion.observed_days (source_id varchar, table_name varchar, "
            "date_day date, observed_at timestamp, status varchar, row_count bigint, "
            "measures_json varchar, load_id varchar)"
        )
        connection.executemany(
            "insert into raw_ingestion.observed_days values (?, ?, ?, ?, ?, ?, '{}', '1.0')",
            list(rows),
        )


def read_json(cli: Cli, code: int) -> dict[str, Any]:
    outcome = cli("status", "--json")
    assert outcome.code == code, outcome
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def test_nothing_landed_breaks_nothing(cli: Cli, home: Path) -> None:
    outcome = cli("status")
    assert (outcome.code, outcome.err) == (0, "")
    assert "No source has landed anything yet" in outcome.out
    assert not home.exists()  # Looking changes nothing.


def test_fresh_source_with_a_hole(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", "2026-11-21")
    observe(
        home,
        [
            (OTEL, "events", "2026-11-16", "2026-11-16 20:00", "landed", 5),
            (OTEL, "events", "2026-11-17", "2026-11-17 20:00", "landed", 7),
            # Seen again with more rows: the later look counts.
            (OTEL, "events", "2026-11-17", "2026-11-18 20:00", "landed", 9),
            (OTEL, "metric_points", "2026-11-20", "2026-11-20 20:00", "landed", 3),
        ],
    )
    found = read_json(cli, 0)
    assert found["ok"] is True
    assert found["read_from"] == "warehouse"
    assert found["sources"] == [
        {
            "source_id": OTEL,
            "first_day": "2026-11-16",
            "last_day": "2026-11-20",
            "last_observed_at": "2026-11-20T20:00:00",
            "gap_days": ["2026-11-18", "2026-11-19"],
            "row_count": 17,
            # From the end of the 20th to the end of the reporting day.
            "age_hours": 24.0,
            "max_age_hours": 84.0,
            "ok": True,
        }
    ]
    shown = cli("status")
    assert shown.code == 0
    assert "2026-11-20" in shown.out


def test_stale_source_ends_with_1_and_is_named(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", "2026-11-24")
    observe(
        home,
        [
            (OTEL, "events", "2026-11-20", "2026-11-20 20:00", "landed", 5),
            (LOGS, "usage_lines", "2026-11-20", "2026-11-20 20:00", "landed", 5),
        ],
    )
    outcome = cli("status")
    assert outcome.code == 1
    (line,) = outcome.err.splitlines()
    assert line.startswith("broken: claude_code_otel: last day 2026-11-20 is 96 h old")
    found = read_json(cli, 1)
    assert found["ok"] is False
    assert [source["ok"] for source in found["sources"]] == [False, True]


def test_failed_landing_breaks_the_contract(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", "2026-11-20")
    observe(
        home,
        [
            (OTEL, "events", "2026-11-20", "2026-11-20 20:00", "landed", 5),
            (OTEL, "events", "2026-11-21", "2026-11-20 21:00", "forbidden", 0),
        ],
    )
    outcome = cli("status")
    assert outcome.code == 1
    assert "the last landing ended as 'forbidden'" in outcome.err


def test_a_later_landing_heals_a_failed_one(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", "2026-11-20")
    observe(
        home,
        [
            (OTEL, "events", "2026-11-20", "2026-11-20 20:00", "landed", 5),
            (OTEL, "events", "2026-11-20", "2026-11-20 19:00", "failed", 0),
        ],
    )
    assert cli("status").code == 0
    assert read_json(cli, 0)["sources"][0]["last_day"] == "2026-11-20"


def test_clock_that_is_not_fixed_is_now(home: Path) -> None:
    reference = load_settings().reference_at
    assert abs(datetime.now(UTC).replace(tzinfo=None) - reference) < timedelta(minutes=1)


def test_held_warehouse_answers_from_the_release(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", "2026-11-20")
    current = home / "releases" / "current"
    current.mkdir(parents=True)
    with duckdb.connect(str(current / "claude_analytics.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute(
            f"create table marts.fct_observed_days as select '{OTEL}' as source_id, "
            "date '2026-11-20' as date_day, 'landed' as status, "
            "timestamp '2026-11-20 20:00' as last_observed_at, 5::bigint as row_count"
        )
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True);"
            "sys.stdin.read()",
            str(home / "warehouse.duckdb"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert read_json(cli, 0)["read_from"] == "release"
        assert "numbers of the last release" in cli("status").out
    finally:
        holder.communicate(b"")


def test_spool_counts_what_no_run_has_landed(home: Path, cli: Cli) -> None:
    settings = load_settings()
    quarantine = home / "spool" / "quarantine"
    quarantine.mkdir(parents=True)
    (quarantine / "body.bin").write_bytes(b"x")
    closed = home / "spool" / "logs-1.jsonl"
    closed.write_text("{}\n")
    with (home / "spool" / "logs-2.jsonl.open").open("w") as live:
        fcntl.flock(live, fcntl.LOCK_EX)
        found = spool_status(settings)
    assert (found.pending_files, found.pending_bytes, found.open_files) == (1, 3, 1)
    assert found.quarantined_files == 1
    assert not found.is_late

    mark = begin_landing(settings)
    old = closed.stat().st_ctime_ns
    os.utime(mark, ns=(old + 1, old + 1))
    assert spool_status(settings).pending_files == 1  # Not landed before the landing ends.
    end_landing(settings, mark)
    assert spool_status(settings).pending_files == 0

    # A live file that is closed after the landing began waits for the next one, however old it is.
    os.utime(home / ".spool_landed", ns=(old - 1, old - 1))
    live_file = home / "spool" / "logs-2.jsonl.open"
    os.utime(live_file, ns=(1, 1))
    live_file.rename(home / "spool" / "logs-2.jsonl")
    assert spool_status(settings).pending_files == 2
    assert "2 files pending" in cli("status").out


def test_spool_that_nobody_lands_is_broken(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "spool").mkdir(parents=True)
    (home / "spool" / "logs-1.jsonl").write_text("{}\n")
    later = datetime.now(UTC).replace(tzinfo=None) + MAX_PENDING_AGE + timedelta(hours=1)
    monkeypatch.setattr("pipeline.spool._now", lambda: later)
    outcome = cli("status")
    assert outcome.code == 1
    assert "spool: a closed file has waited since" in outcome.err
    assert "claude-analytics run" in outcome.err


def test_every_source_of_the_ingestion_room_has_a_contract() -> None:
    from ingestion.sources import SOURCE_IDS

    assert set(SOURCES) == set(SOURCE_IDS)
