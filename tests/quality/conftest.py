"""Small hand-made warehouses: one sound row per table, to be broken by each test."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from dbt.contracts.graph.nodes import ModelNode

from ingestion.raw_tables import ensure_raw_tables
from pipeline import dbt
from pipeline.settings import load_settings
from quality.gates import GateResult, run_gate
from quality.suites import GateName
from tests.quality.landed_warehouse import RAW_ROWS

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

AS_OF = date(2026, 11, 20)

# Marts have the columns of their contracts; these two models below them have none.
INTERMEDIATE = """
create schema intermediate;
create table intermediate.int_cost__token_candidates (
    date_day date, source_id varchar, candidate_status varchar,
    input_tokens bigint, output_tokens bigint, cache_read_tokens bigint,
    cache_write_5m_tokens bigint, cache_write_1h_tokens bigint, web_search_count bigint,
    request_count bigint
);
create table intermediate.int_billing__spend_reports (
    feed_name varchar, period_start_date date, period_end_date date, uncovered_day_count bigint
);
create schema marts;
"""

UNKNOWN_MEMBERS = """
insert into marts.dim_people (person_key) values ('-1');
insert into marts.dim_claude_models (claude_model_id) values ('-1');
insert into marts.dim_sources (source_id) values ('-1');
insert into marts.dim_actors (actor_key) values ('-1');
insert into marts.dim_org_units (org_unit_key) values ('-1');
insert into marts.dim_workspaces (workspace_key) values ('-1');
insert into marts.dim_surfaces (surface) values ('-1');
"""

MARTS_ROWS = f"""
{UNKNOWN_MEMBERS}
insert into marts.dim_people (person_key) values ('p1');
insert into marts.dim_claude_models (claude_model_id) values ('claude-opus-5');
insert into marts.dim_sources (source_id) values ('otel_events'), ('local_logs'), ('reported');
insert into marts.dim_actors (actor_key) values ('a1');
insert into marts.dim_org_units (org_unit_key) values ('u1');
insert into marts.dim_workspaces (workspace_key) values ('w1');
insert into marts.dim_surfaces (surface) values ('chat');
insert into marts.fct_claude_requests (
    request_key, date_day, person_key, claude_model_id, raw_claude_model_id, source_id,
    price_status, input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens,
    cache_write_1h_tokens, web_search_count, reported_cost_usd, list_cost_usd
)
select 'request-' || i, date '2026-11-20', 'p1', 'claude-opus-5', 'claude-opus-5-20260724',
    'otel_events', 'priced', 10, 20, 30, 40, 0, null, 0.5, 0.5
from range(30) as numbers (i);
insert into marts.fct_token_cost_daily (
    date_day, person_key, actor_key, org_unit_key, workspace_key, surface, claude_model_id,
    source_id, input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens,
    cache_write_1h_tokens, web_search_count, request_count
) values
    (
        '2026-11-20', 'p1', '-1', 'u1', '-1', 'chat', 'claude-opus-5', 'otel_events',
        100, 200, 300, 400, 0, null, 10
    ),
    (
        '2026-11-20', '-1', 'a1', '-1', 'w1', '-1', 'claude-opus-5', 'reported',
        50, 50, 50, 50, 0, null, null
    );
insert into intermediate.int_cost__token_candidates (
    date_day, source_id, candidate_status, input_tokens, output_tokens, cache_read_tokens,
    cache_write_5m_tokens, cache_write_1h_tokens, web_search_count, request_count
) values
    ('2026-11-20', 'reported', 'chosen', 50, 50, 50, 50, 0, null, null),
    ('2026-11-20', 'otel_events', 'chosen', 100, 200, 300, 400, 0, null, 10),
    ('2026-11-20', 'otel_events', 'outranked', 150, 300, 450, 600, 0, null, 15),
    ('2026-11-20', 'otel_events', 'suppressed', 50, 100, 150, 200, 0, null, 5);
insert into marts.fct_project_cost_daily (date_day) values ('2026-11-20');
insert into marts.fct_billed_cost_daily (
    date_day, person_key, actor_key, org_unit_key, workspace_key, surface, claude_model_id,
    source_id, currency, usd_per_unit
) values
    ('2026-11-20', '-1', 'a1', '-1', 'w1', '-1', 'claude-opus-5', 'otel_events', 'USD', 1),
    ('2026-11-01', 'p1', '-1', 'u1', '-1', 'chat', 'claude-opus-5', 'otel_events', 'EUR', 1.1);
insert into intermediate.int_billing__spend_reports (
    feed_name, period_start_date, period_end_date, uncovered_day_count
) values
    ('spend', '2026-10-01', '2026-10-31', 0), ('spend', '2026-10-01', '2026-10-15', 0);
insert into marts.fct_claude_sessions (date_day, person_key, actor_key)
values ('2026-11-20', 'p1', '-1');
insert into marts.fct_tool_decisions_daily (
    date_day, person_key, actor_key, org_unit_key, surface, source_id
) values
    ('2026-11-20', 'p1', '-1', 'u1', 'chat', 'otel_events');
insert into marts.fct_usage_daily (date_day, person_key, actor_key, org_unit_key, surface)
values ('2026-11-20', 'p1', '-1', 'u1', 'chat');
insert into marts.fct_feature_use_daily (date_day, person_key, org_unit_key, source_id)
values ('2026-11-20', 'p1', 'u1', 'reported');
insert into marts.fct_seats_daily (date_day, person_key, org_unit_key, source_id)
values ('2026-11-20', 'p1', 'u1', 'reported');
insert into marts.fct_telemetry_events_daily (date_day, person_key) values ('2026-11-20', 'p1');
insert into marts.fct_telemetry_metrics_daily (date_day, person_key) values ('2026-11-20', '-1');
insert into marts.fct_observed_days (source_id, table_name, date_day, status) values
    ('otel_events', 'events', '2026-11-20', 'landed'),
    ('otel_events', 'events', '2026-10-01', 'failed');
insert into marts.fct_identity_coverage (
    date_day, source_id, channel, activity_count, resolved_activity_count,
    suppressed_activity_count, list_cost_usd, list_cost_resolved_usd, list_cost_suppressed_usd
) values
    ('2026-11-20', 'otel_events', 'console', 150, 90, 50, 150, 90, 50),
    ('2026-11-20', 'local_logs', 'unknown', 19, 0, 0, null, null, null);
insert into marts.fct_restatements (source_id, date_day) values ('otel_events', '2026-11-20');
insert into marts.dim_causes (cause_code) values ('-1');
insert into marts.dim_reconciliation_pairs (pair_id)
values ('otel_events:local_logs'), ('list_cost:reported_cost');
insert into marts.fct_reconciliation_daily (
    date_day, person_key, claude_model_id, pair_id, measure, is_explained, cell_count, left_value,
    right_value
) values
    ('2026-11-20', '-1', '-1', 'otel_events:local_logs', 'input_tokens', true, 94, 9, 9),
    ('2026-11-20', 'p1', '-1', 'otel_events:local_logs', 'input_tokens', true, 6, 5, null),
    ('2026-11-20', '-1', '-1', 'list_cost:reported_cost', 'cost_usd', true, 999, 98, 98),
    ('2026-11-20', 'p1', '-1', 'list_cost:reported_cost', 'cost_usd', true, 1, null, 2);
"""

CheckWarehouse = Callable[..., GateResult]


@dataclass(frozen=True)
class Warehouses:
    """Empty tables under the views of the gates, and the project that they were made from."""

    files: dict[GateName, Path]
    manifest: "Manifest"


def _contracts(manifest: "Manifest") -> dict[str, list[str]]:
    """Columns of each mart; a key that a row does not name is the unknown one."""
    marts = {
        node.name: {name: column.data_type for name, column in node.columns.items()}
        for node in manifest.nodes.values()
        if isinstance(node, ModelNode) and node.fqn[1] == "marts"
    }
    keys = {next(iter(columns)) for name, columns in marts.items() if name.startswith("dim_")}
    return {
        mart: [
            f"{name} {kind}" + (" default '-1'" if name in keys - {"date_day"} else "")
            for name, kind in columns.items()
        ]
        for mart, columns in marts.items()
    }


@pytest.fixture(scope="session")
def warehouses(tmp_path_factory: pytest.TempPathFactory) -> Warehouses:
    """Make both once: dbt takes longer than all checks."""
    home = tmp_path_factory.mktemp("home")
    environment = {"CLAUDE_ANALYTICS_HOME": str(home), "CLAUDE_ANALYTICS_AS_OF": str(AS_OF)}
    settings = load_settings(environment)
    ensure_raw_tables(settings.database)
    manifest = dbt.make_raw_gate(settings)
    raw = settings.database.rename(home / "raw.duckdb")
    with duckdb.connect(str(settings.database)) as connection:
        connection.execute(INTERMEDIATE)
        for name, columns in _contracts(manifest).items():
            connection.execute(f"create table marts.{name} ({', '.join(columns)})")
        connection.execute(
            """
            insert into marts.dim_days (date_day)
            select cast(day as date)
            from range(date '2026-11-01', date '2026-12-01', interval 1 day) as days (day)
            """
        )
    dbt.build(settings, select=["path:models/gates/marts"], manifest=manifest)
    marts = settings.database.rename(home / "marts.duckdb")
    return Warehouses({"raw": raw, "marts": marts}, manifest)


@pytest.fixture
def check_warehouse(warehouses: Warehouses, tmp_path: Path) -> CheckWarehouse:
    """Fill a warehouse with sound rows, break it with a statement, and run a gate over it."""

    def check(gate: GateName, breakage: str = "") -> GateResult:
        database = tmp_path / "warehouse.duckdb"
        shutil.copyfile(warehouses.files[gate], database)
        with duckdb.connect(str(database)) as connection:
            connection.execute(RAW_ROWS if gate == "raw" else MARTS_ROWS)
            connection.execute(breakage or "select 1")
        return run_gate(gate, database, tmp_path / "quality", AS_OF)

    return check
