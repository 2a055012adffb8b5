"""What makes a day stale is built again, and nothing else, whatever the reason was.

One small home that is changed in one way after the other and built after each; a full build of the
same raw tables has the last word.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from benchmarks.compare_releases import compare
from demo.organisation import Parameters
from pipeline import dbt, flow
from pipeline.settings import PROJECT_DIR, Settings
from pipeline.steps import Steps
from tests.e2e.company import hand_in_logs, make_company
from tests.e2e.outcome import Cli

pytestmark = [pytest.mark.long, pytest.mark.minutes(6)]

START = date(2026, 8, 26)
VANISHED = START + timedelta(days=5)
KILLED = START + timedelta(days=1)
ORGANIZATION = "00000000-0000-4000-8000-00000000abcd"
# Runs dbt in a process of its own, which dies after the days of a model were deleted.
DIE_AFTER_DELETE = """
import os, sys
from dbt.adapters.duckdb.environments import local
from dbt.cli.main import dbtRunner

execute = local.DuckDBCursorWrapper.execute

def die_after_delete(self, sql, bindings=None):
    if "delete from" in sql and "fct_telemetry_events_daily" in sql:
        execute(self, sql[: sql.index(";")], bindings)
        os._exit(9)
    return execute(self, sql, bindings)

local.DuckDBCursorWrapper.execute = die_after_delete
dbtRunner().invoke(sys.argv[1:])
"""


@dataclass(frozen=True)
class Built:
    """A home and what the first build of it left.

    Args:
        settings: Where it is.
        entries: How many entries the ledger had.
    """

    settings: Settings
    entries: int


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A landed and built company whose clients send deltas."""
    parameters = Parameters(people=20, start=START, until=VANISHED, seed=3)
    company = make_company(tmp_path_factory.mktemp("company"), parameters)
    hand_in_logs(company, 3)
    settings = company.land(tmp_path_factory.mktemp("home"))
    _change(settings, f"update raw_claude_code_otel.events set organization_id = '{ORGANIZATION}'")
    flow.prepare(settings, Steps(Console(quiet=True)))
    dbt.build(settings, run_tests=False)
    return Built(settings, len(_ask(settings, _ENTRIES)))


_ENTRIES = "select * from intermediate.int_days__ledger where model_name != 'int_days__changes'"


def _change(settings: Settings, *statements: str) -> None:
    with duckdb.connect(str(settings.database)) as connection:
        for statement in statements:
            connection.execute(statement)


def _ask(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def _land(settings: Settings, day: date, source_id: str, *tables: str) -> None:
    """Say that a load brought something else for a day."""
    for table in tables:
        _change(
            settings,
            f"""
            insert into raw_ingestion.observed_days (
                source_id, table_name, date_day, observed_at, status, load_id, content_hash
            )
            select
                '{source_id}', '{table}', '{day}', max(observed_at) + interval 1 second,
                'landed', 'later', 'other'
            from raw_ingestion.observed_days
            """,
        )


def _newest_causes(settings: Settings) -> set[tuple[object, ...]]:
    return set(
        _ask(
            settings,
            """
            select cause, subject
            from intermediate.int_days__causes
            where changed_at > (
                select max(built_through_at)
                from intermediate.int_days__ledger
                where built_through_at < (
                    select max(changed_at) from intermediate.int_days__causes
                )
            )
            """,
        )
    )


def _compiled(settings: Settings) -> Iterator[tuple[str, str]]:
    """Daily models and the SQL that the newest build read their rows with."""
    manifest = json.loads((settings.dbt_dir / "target" / "manifest.json").read_text())
    for node in manifest["nodes"].values():
        if node["config"].get("incremental_strategy") == "stale_days":
            path = settings.dbt_dir / "target" / "compiled" / "claude_analytics"
            yield node["name"], (path / node["original_file_path"]).read_text()


def _days_scanned(connection: duckdb.DuckDBPyConnection, sql: str, days: set[str]) -> int:
    """Rows that a query reads of tables that have days."""
    (plan,) = connection.execute(f"explain (analyze, format json) {sql}").fetchall()
    open_nodes = [json.loads(plan[1])]
    scanned = 0
    while open_nodes:
        node = open_nodes.pop()
        open_nodes += node.get("children", [])
        table = str(node.get("extra_info", {}).get("Table", "")).rpartition(".")[2]
        if table in days:
            scanned += int(node.get("operator_rows_scanned", 0))
    return scanned


def test_a_day_without_news_reads_nothing(built: Built) -> None:
    settings = built.settings
    dbt.build(settings, run_tests=False)
    assert len(_ask(settings, _ENTRIES)) == built.entries
    # A model without rows is built like any other.
    assert _ask(settings, "select * from intermediate.int_claude_code__metric_series_days") == []
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        days = {
            table
            for (table,) in connection.execute(
                """
                select table_name from duckdb_columns()
                where schema_name = 'raw_claude_code_otel' and column_name = 'date_day'
                """
            ).fetchall()
        }
        scanned = {name: _days_scanned(connection, sql, days) for name, sql in _compiled(settings)}
    assert len(scanned) > 25
    assert {name: rows for name, rows in scanned.items() if rows} == {}


def test_a_day_that_vanished_is_gone(built: Built) -> None:
    settings = built.settings
    for table in ("skills", "connectors", "plugins", "artifacts", "chat_projects"):
        _change(
            settings, f"delete from raw_anthropic_enterprise.{table} where date_day = '{VANISHED}'"
        )
        _land(settings, VANISHED, "anthropic_enterprise", table)
    query = f"select * from marts.fct_feature_use_daily where date_day = '{VANISHED}'"
    assert _ask(settings, query)
    dbt.build(settings, run_tests=False)
    assert _ask(settings, query) == []
    assert _newest_causes(settings) == {("landing", "anthropic_enterprise")}


def test_what_changes_without_a_landing_is_news(built: Built) -> None:
    settings = built.settings
    _change(
        settings,
        f"""
        insert into raw_pricing.token_price_overlay (
            platform, claude_model_id, speed, min_prompt_tokens, input_usd_per_mtok,
            output_usd_per_mtok, cache_write_5m_usd_per_mtok, cache_write_1h_usd_per_mtok,
            cache_read_usd_per_mtok, valid_from_date, source_note
        )
        values ('anthropic', 'claude-sonnet-5', 'standard', 0, 70, 70, 70, 70, 70,
            '{START + timedelta(days=2)}', 'test')
        """,
        "update raw_people.roster set team = team || ' (new)'",
        f"""
        insert into raw_anthropic_console.organizations by name
        select * replace ('{ORGANIZATION}' as id, 'other' as row_key)
        from raw_anthropic_console.organizations limit 1
        """,
        """update raw_anthropic_console.workspaces set tags_json = '{"cost-center":"CC-900"}'""",
    )
    dbt.build(settings, run_tests=False)
    causes = _newest_causes(settings)
    assert {cause for cause, _ in causes} == {
        *("prices", "people", "seat_holders", "channels", "cost_centres")
    }
    assert ("channels", ORGANIZATION) in causes


def test_a_kill_inside_the_strategy_leaves_the_days_stale(built: Built) -> None:
    settings = built.settings
    _change(settings, f"delete from raw_claude_code_otel.events where date_day = '{KILLED}'")
    _land(settings, KILLED, "claude_code_otel", "events")
    query = f"select * from marts.fct_telemetry_events_daily where date_day = '{KILLED}'"
    before = len(_ask(settings, query))
    assert before > 0
    arguments = ["run", "--select", "+fct_telemetry_events_daily", "--log-level", "none"]
    arguments += ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(settings.dbt_dir)]
    arguments += ["--target-path", str(settings.dbt_dir / "killed")]
    with dbt._environment(settings):  # what a build gives its own dbt
        killed = subprocess.run([sys.executable, "-c", DIE_AFTER_DELETE, *arguments], check=False)
    assert killed.returncode == 9
    assert len(_ask(settings, query)) == before
    dbt.build(settings, run_tests=False)
    assert _ask(settings, query) == []


def test_all_of_it_equals_one_full_build(built: Built, tmp_path: Path) -> None:
    settings = built.settings
    daily = tmp_path / "daily.duckdb"
    shutil.copyfile(settings.database, daily)
    dbt.build(settings, full_refresh=True, run_tests=False)
    marts = compare(daily, settings.database)
    assert len(marts) > 20
    assert [mart for mart in marts if not mart.is_equal] == []


def test_the_command_line_says_why(built: Built, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_HOME", str(built.settings.home))
    told = cli("build", "--explain", VANISHED.isoformat())
    assert told.code == 0
    assert "anthropic_enterprise: artifacts" in told.out
    assert "fct_feature_use_daily" in told.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["2026-02-30"], "--explain is not a day: '2026-02-30'"),
        (["2026-08-28"], "there is no warehouse at"),
        (["2026-08-28", "--full-refresh"], "--explain builds nothing"),
    ],
)
def test_what_cannot_be_explained_is_wrong_use(cli: Cli, arguments: list[str], says: str) -> None:
    told = cli("build", "--explain", *arguments)
    assert told.code == 2
    assert says in told.err
