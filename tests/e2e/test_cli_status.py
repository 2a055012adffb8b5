"""`status` tells fresh from stale, holes from silence, and ends with 1 if a contract is broken."""

import csv
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

from ingestion.sources import SOURCE_IDS, declaration
from pipeline.configured_sources import SOURCES, KeySource
from pipeline.settings import PROJECT_DIR, load_settings
from pipeline.watching.backlog import MAX_PENDING_AGE, begin_landing, end_landing, spool_status
from tests.e2e.outcome import Cli

OTEL, LOGS = "claude_code_otel", "claude_code_logs"
CONSOLE, ENTERPRISE = "anthropic_console", "anthropic_enterprise"
Observed = tuple[str, str, str, str, str, int | None]


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


def build_marts(
    connection: duckdb.DuckDBPyConnection, observed_days: str, restatements: str
) -> None:
    """Write the facts that a build would have, of landing `claude_code_otel` and the Console."""
    connection.execute(
        f"""
        create schema if not exists marts;
        create table marts.dim_sources (source_id varchar, landing_source_id varchar);
        insert into marts.dim_sources values
            ('otel_events', '{OTEL}'), ('console_cost_report', '{CONSOLE}'), ('-1', null);
        create table marts.fct_observed_days (
            source_id varchar, table_name varchar, date_day date, status varchar,
            last_asked_status varchar, last_observed_at timestamp, last_asked_at timestamp,
            row_count bigint
        );
        insert into marts.fct_observed_days values {observed_days};
        create table marts.fct_restatements (
            source_id varchar, table_name varchar, date_day date, measure_name varchar,
            restated_at timestamp
        );
        insert into marts.fct_restatements values {restatements};
        """
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
    (source,) = found["sources"]
    tables = source.pop("tables")
    assert source == {
        "source_id": OTEL,
        "first_day": "2026-11-16",
        "last_day": "2026-11-20",
        "last_observed_at": "2026-11-20T20:00:00",
        "last_asked_at": "2026-11-20T20:00:00",
        "status": "ok",
        "gap_days": ["2026-11-18", "2026-11-19"],
        "unpublished_days": [],
        "row_count": 17,
        "restatement_count": 0,
        # From the end of the 20th to the end of the reporting day.
        "age_hours": 24.0,
        "max_age_hours": 84.0,
        "ok": True,
    }
    # Clients need not send each signal every day, so the source is judged as one.
    assert [
        (table["table_name"], table["last_day"], table["row_count"], table["ok"])
        for table in tables
    ] == [("events", "2026-11-17", 14, True), ("metric_points", "2026-11-20", 3, True)]
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


def test_api_is_judged_by_table_with_its_gaps_and_its_restatements(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", "2026-11-20")
    asked = "2026-11-20 06:00"
    observe(
        home,
        [
            (CONSOLE, "cost_report", "2026-11-15", "2026-11-16 06:00", "landed", 5),
            # Empty is an answer; what was answered once stays known.
            (CONSOLE, "cost_report", "2026-11-16", asked, "empty", 0),
            (CONSOLE, "cost_report", "2026-11-17", "2026-11-18 06:00", "not_published", None),
            (CONSOLE, "cost_report", "2026-11-18", "2026-11-19 06:00", "landed", 7),
            (CONSOLE, "cost_report", "2026-11-18", asked, "landed", 8),
            (CONSOLE, "cost_report", "2026-11-19", asked, "landed", 2),
            (CONSOLE, "users", "2026-11-20", asked, "landed", 3),
            (ENTERPRISE, "user_activity", "2026-11-17", asked, "landed", 9),
            (ENTERPRISE, "user_activity", "2026-11-18", asked, "not_published", None),
        ],
    )
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        build_marts(
            connection,
            "(null, null, null, null, null, null, null, null)",
            "('console_cost_report', 'cost_report', '2026-11-18', 'row_count', '2026-11-20'), "
            "('console_cost_report', 'cost_report', '2026-11-18', 'amount', '2026-11-20'), "
            "('console_cost_report', 'cost_report', '2026-11-15', 'amount', '2026-11-20')",
        )
    console, enterprise = read_json(cli, 0)["sources"]
    assert (console["last_day"], console["row_count"]) == ("2026-11-20", 18)
    assert console["gap_days"] == console["unpublished_days"] == ["2026-11-17"]
    # Two measures that changed at once are one restatement.
    assert console["restatement_count"] == 2
    # The age of the table that is nearest to its limit.
    assert (console["age_hours"], console["max_age_hours"]) == (24.0, 48.0)
    assert (enterprise["last_day"], enterprise["age_hours"]) == ("2026-11-17", 72.0)
    assert (enterprise["max_age_hours"], enterprise["ok"]) == (120.0, True)
    costs, users = console["tables"]
    assert (costs["last_day"], costs["restatement_count"]) == ("2026-11-19", 2)
    assert (users["table_name"], users["gap_days"]) == ("users", [])
    shown = cli("status").out
    assert "cost_report" not in shown
    detailed = cli("status", "--tables").out
    assert "cost_report" in detailed
    assert "user_activity" in detailed


def test_refused_tables_are_named_with_the_reason_in_one_line(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", "2026-11-20")
    asked = "2026-11-20 06:00"
    observe(
        home,
        [
            (CONSOLE, "cost_report", "2026-11-19", asked, "forbidden", None),
            (CONSOLE, "messages_usage", "2026-11-18", "2026-11-19 06:00", "landed", 4),
            (CONSOLE, "messages_usage", "2026-11-19", asked, "forbidden", None),
            (CONSOLE, "users", "2026-11-20", asked, "failed", None),
            (CONSOLE, "invites", "2026-11-10", "2026-11-10 06:00", "landed", 1),
            # Refused before, and answered since.
            (CONSOLE, "workspaces", "2026-11-19", "2026-11-19 06:00", "forbidden", None),
            (CONSOLE, "workspaces", "2026-11-20", asked, "landed", 1),
        ],
    )
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(
            """
            create schema raw_anthropic_console;
            create table raw_anthropic_console.pulls as
            select * from (values
                ('cost_report', 'forbidden', 'an older reason', timestamp '2026-11-19 06:00'),
                ('cost_report', 'forbidden', 'set CLAUDE_X to a key', timestamp '2026-11-20 06:00'),
                ('messages_usage', 'forbidden', 'set CLAUDE_X to a key', timestamp '2026-11-20'),
                ('users', 'failed', 'HTTP 500 three times', timestamp '2026-11-20 06:00'),
                ('users', 'landed', null, timestamp '2026-11-19 06:00')
            ) as pulls (table_name, status, reason, pulled_at)
            """
        )
    outcome = cli("status")
    assert outcome.code == 1
    assert outcome.err.splitlines() == [
        "broken: anthropic_console cost_report, messages_usage: the last landing ended as "
        "'forbidden': set CLAUDE_X to a key",
        "broken: anthropic_console invites: last day 2026-11-10 is 240 h old (allowed: 48 h); "
        "run `claude-analytics run` every day",
        "broken: anthropic_console users: the last landing ended as 'failed': HTTP 500 three times",
    ]
    (source,) = read_json(cli, 1)["sources"]
    assert source["status"] == "forbidden"
    assert [table["table_name"] for table in source["tables"] if table["ok"]] == ["workspaces"]


def test_files_of_a_period_have_no_gaps(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", "2026-11-20")
    observe(
        home,
        [
            ("anthropic_exports", "spend_report", "2026-09-01", "2026-10-02 09:00", "landed", 5),
            ("anthropic_exports", "spend_report", "2026-10-01", "2026-11-02 09:00", "landed", 5),
            ("people", "roster", "2026-10-01", "2026-10-02 09:00", "landed", 5),
        ],
    )
    outcome = cli("status")
    assert outcome.code == 1
    (line,) = outcome.err.splitlines()
    assert line.startswith("broken: people: last day 2026-10-01 is 1200 h old (allowed: 840 h)")
    assert [source["gap_days"] for source in read_json(cli, 1)["sources"]] == [[], []]


def test_clock_that_is_not_fixed_is_now(home: Path) -> None:
    before = datetime.now(UTC).replace(tzinfo=None)
    reference = load_settings().reference_at
    assert before <= reference <= datetime.now(UTC).replace(tzinfo=None)


def test_held_warehouse_answers_from_the_release(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", "2026-11-20")
    current = home / "releases" / "current"
    current.mkdir(parents=True)
    with duckdb.connect(str(current / "claude_analytics.duckdb")) as connection:
        connection.execute("create schema marts")
        build_marts(
            connection,
            "('otel_events', 'events', '2026-11-20', 'landed', 'landed', '2026-11-20 20:00', "
            "'2026-11-20 20:00', 5)",
            "('otel_events', 'events', '2026-11-20', 'row_count', '2026-11-20 20:00')",
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
        found = read_json(cli, 0)
        assert found["read_from"] == "release"
        (source,) = found["sources"]
        assert (source["source_id"], source["last_day"]) == (OTEL, "2026-11-20")
        assert (source["row_count"], source["restatement_count"]) == (5, 1)
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
    monkeypatch.setattr("pipeline.watching.backlog._now", lambda: later)
    outcome = cli("status")
    assert outcome.code == 1
    assert "spool: a closed file has waited since" in outcome.err
    assert "claude-analytics run" in outcome.err


def test_every_source_of_the_ingestion_room_has_a_contract() -> None:
    assert set(SOURCES) == set(SOURCE_IDS)


@pytest.mark.parametrize(
    "source", [source for source in SOURCES.values() if isinstance(source, KeySource)]
)
def test_every_table_that_is_asked_for_has_a_contract(source: KeySource) -> None:
    assert set(source.declared.max_ages) == set(source.declared.measures)


def test_the_warehouse_and_the_contracts_agree_on_what_reports_every_day() -> None:
    with (PROJECT_DIR / "seeds" / "mappings" / "sources.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        declared = SOURCES[row["landing_source_id"]].declared
        contract = declared.freshness
        assert contract.is_daily == (row["is_daily"] == "true"), row["source_id"]
        # A day that came as late as is normal must not be stale before the next one comes.
        allowed = declared.max_ages.get(row["landing_table_name"], contract.max_age)
        if contract.is_daily:
            assert allowed >= timedelta(hours=int(row["expected_lag_hours"]) + 24), row["source_id"]


def test_every_landed_table_is_a_source_that_marts_name() -> None:
    with (PROJECT_DIR / "seeds" / "mappings" / "sources.csv").open(encoding="utf-8") as lines:
        listed = {
            (row["landing_source_id"], row["landing_table_name"]) for row in csv.DictReader(lines)
        }
    landed = {
        (source_id, table) for source_id in SOURCE_IDS for table in declaration(source_id).measures
    }
    assert landed == listed
