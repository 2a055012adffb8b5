"""Small hand-made warehouses: one sound row per table, to be broken by each test."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from quality.gates import GateResult, run_gate
from quality.suites import GateName
from tests.quality.landed_warehouse import LANDED, LANDED_ROWS

AS_OF = date(2026, 11, 20)

RAW = f"""
{LANDED}
create schema raw_claude_code_otel;
create schema raw_claude_code_logs;
create schema raw_ingestion;
create schema raw_identity;
create table raw_claude_code_otel.events (
    event_key varchar, date_day date, event_name varchar, session_id varchar, model varchar,
    input_tokens bigint, output_tokens bigint, cache_read_tokens bigint,
    cache_creation_tokens bigint, cache_creation_5m_tokens bigint,
    cache_creation_1h_tokens bigint, cost_usd double
);
create table raw_claude_code_otel.metric_points (
    point_key varchar, date_day date, metric_name varchar, metric_kind varchar, temporality integer,
    is_monotonic boolean, value double
);
create table raw_claude_code_otel.spans (
    span_key varchar, date_day date, started_at timestamp, ended_at timestamp
);
create table raw_claude_code_logs.usage_lines (
    line_key varchar, date_day date, session_id varchar, model varchar, is_api_error boolean,
    input_tokens bigint, output_tokens bigint, cache_read_tokens bigint,
    cache_creation_tokens bigint, cache_creation_5m_tokens bigint, cache_creation_1h_tokens bigint
);
create table raw_ingestion.observed_days (
    source_id varchar, table_name varchar, date_day date, observed_at timestamp, status varchar,
    row_count bigint, measures_json varchar, load_id varchar
);
create table raw_identity.pseudonyms (
    identity_kind varchar, identity_value varchar, person_pseudonym varchar
);
"""

RAW_ROWS = """
insert into raw_claude_code_otel.events
select 'event-' || i, date '2026-11-20', 'api_request', 'session', 'claude-opus-5',
    10, 20, 30, 40, 40, 0, 0.5
from range(30) as numbers (i);
insert into raw_claude_code_otel.metric_points values
    ('point', '2026-11-20', 'claude_code.token.usage', 'sum', 1, true, 5),
    ('gauge', '2026-11-20', 'other', 'gauge', null, null, -5);
insert into raw_claude_code_otel.spans values
    ('span', '2026-11-20', '2026-11-20 10:00:00', '2026-11-20 10:00:01');
insert into raw_claude_code_logs.usage_lines
select 'line-' || i, date '2026-11-20', 'session', 'claude-opus-5', false, 10, 20, 30, 40, 40, 0
from range(30) as numbers (i);
insert into raw_ingestion.observed_days values
    ('claude_code_otel', 'events', '2026-11-20', '2026-11-20', 'landed', 30, '{}', '1'),
    ('claude_code_otel', 'metric_points', '2026-11-20', '2026-11-20', 'landed', 2, '{}', '1'),
    ('claude_code_otel', 'spans', '2026-11-20', '2026-11-20', 'landed', 1, '{}', '1'),
    ('claude_code_logs', 'usage_lines', '2026-11-20', '2026-11-20', 'landed', 29, '{}', '1'),
    ('claude_code_logs', 'usage_lines', '2026-11-20', '2026-11-21', 'landed', 30, '{}', '2');
insert into raw_identity.pseudonyms values ('email', 'ana@example.com', 'p1');
"""
RAW_ROWS += LANDED_ROWS

MARTS = """
create schema marts;
create schema intermediate;
create table marts.dim_days as
select cast(day as date) as date_day
from range(date '2026-11-01', date '2026-12-01', interval 1 day) as days (day);
create table marts.dim_people (person_key varchar);
create table marts.dim_claude_models (claude_model_id varchar);
create table marts.dim_sources (source_id varchar);
create table marts.dim_actors (actor_key varchar);
create table marts.dim_org_units (org_unit_key varchar);
create table marts.dim_workspaces (workspace_key varchar);
create table marts.dim_surfaces (surface varchar);
create table marts.fct_claude_requests (
    request_key varchar, date_day date, person_key varchar, claude_model_id varchar,
    raw_claude_model_id varchar, source_id varchar, price_status varchar,
    input_tokens bigint, output_tokens bigint, cache_read_tokens bigint,
    cache_write_5m_tokens bigint, cache_write_1h_tokens bigint, web_search_count bigint,
    reported_cost_usd decimal(18, 10), list_cost_usd decimal(18, 10)
);
create table marts.fct_token_cost_daily (
    date_day date, person_key varchar, actor_key varchar, org_unit_key varchar,
    workspace_key varchar, surface varchar, claude_model_id varchar, source_id varchar,
    input_tokens bigint, output_tokens bigint, cache_read_tokens bigint,
    cache_write_5m_tokens bigint, cache_write_1h_tokens bigint, web_search_count bigint,
    request_count bigint
);
create table intermediate.int_cost__token_candidates (
    date_day date, source_id varchar, candidate_status varchar,
    input_tokens bigint, output_tokens bigint, cache_read_tokens bigint,
    cache_write_5m_tokens bigint, cache_write_1h_tokens bigint, web_search_count bigint,
    request_count bigint
);
create table marts.fct_project_cost_daily (date_day date);
create table marts.fct_billed_cost_daily (
    date_day date, person_key varchar, actor_key varchar, org_unit_key varchar,
    workspace_key varchar, surface varchar, claude_model_id varchar, source_id varchar,
    currency varchar, usd_per_unit decimal(18, 10)
);
create table intermediate.int_billing__spend_reports (
    feed_name varchar, period_start_date date, period_end_date date, uncovered_day_count bigint
);
create table marts.fct_claude_sessions (date_day date, person_key varchar, actor_key varchar);
create table marts.fct_tool_decisions_daily (
    date_day date, person_key varchar, actor_key varchar, org_unit_key varchar, surface varchar,
    source_id varchar
);
create table marts.fct_usage_daily (
    date_day date, person_key varchar, actor_key varchar, org_unit_key varchar, surface varchar
);
create table marts.fct_feature_use_daily (
    date_day date, person_key varchar, org_unit_key varchar, source_id varchar
);
create table marts.fct_seats_daily (
    date_day date, person_key varchar, org_unit_key varchar, source_id varchar
);
create table marts.fct_telemetry_events_daily (date_day date, person_key varchar);
create table marts.fct_telemetry_metrics_daily (date_day date, person_key varchar);
create table marts.fct_observed_days (
    source_id varchar, table_name varchar, date_day date, status varchar
);
create table marts.fct_identity_coverage (
    date_day date, source_id varchar, channel varchar, activity_count bigint,
    resolved_activity_count bigint, suppressed_activity_count bigint,
    list_cost_usd decimal(18, 10), list_cost_resolved_usd decimal(18, 10),
    list_cost_suppressed_usd decimal(18, 10)
);
create table marts.fct_restatements (source_id varchar, date_day date);
create table marts.fct_reconciliation_daily (
    date_day date, person_key varchar, claude_model_id varchar, pair_id varchar, measure varchar,
    is_explained boolean, cell_count bigint, left_value double, right_value double
);
"""

MARTS_ROWS = """
insert into marts.dim_people values ('-1'), ('p1');
insert into marts.dim_claude_models values ('-1'), ('claude-opus-5');
insert into marts.dim_sources values
    ('-1'), ('otel_events'), ('local_logs'), ('reported');
insert into marts.dim_actors values ('-1'), ('a1');
insert into marts.dim_org_units values ('-1'), ('u1');
insert into marts.dim_workspaces values ('-1'), ('w1');
insert into marts.dim_surfaces values ('-1'), ('chat');
insert into marts.fct_claude_requests
select 'request-' || i, date '2026-11-20', 'p1', 'claude-opus-5', 'claude-opus-5-20260724',
    'otel_events', 'priced', 10, 20, 30, 40, 0, null, 0.5, 0.5
from range(30) as numbers (i);
insert into marts.fct_token_cost_daily values
    (
        '2026-11-20', 'p1', '-1', 'u1', '-1', 'chat', 'claude-opus-5', 'otel_events',
        100, 200, 300, 400, 0, null, 10
    ),
    (
        '2026-11-20', '-1', 'a1', '-1', 'w1', '-1', 'claude-opus-5', 'reported',
        50, 50, 50, 50, 0, null, null
    );
insert into intermediate.int_cost__token_candidates values
    ('2026-11-20', 'reported', 'chosen', 50, 50, 50, 50, 0, null, null),
    ('2026-11-20', 'otel_events', 'chosen', 100, 200, 300, 400, 0, null, 10),
    ('2026-11-20', 'otel_events', 'outranked', 150, 300, 450, 600, 0, null, 15),
    ('2026-11-20', 'otel_events', 'suppressed', 50, 100, 150, 200, 0, null, 5);
insert into marts.fct_project_cost_daily values ('2026-11-20');
insert into marts.fct_billed_cost_daily values
    ('2026-11-20', '-1', 'a1', '-1', 'w1', '-1', 'claude-opus-5', 'otel_events', 'USD', 1),
    ('2026-11-01', 'p1', '-1', 'u1', '-1', 'chat', 'claude-opus-5', 'otel_events', 'EUR', 1.1);
insert into intermediate.int_billing__spend_reports values
    ('spend', '2026-10-01', '2026-10-31', 0), ('spend', '2026-10-01', '2026-10-15', 0);
insert into marts.fct_claude_sessions values ('2026-11-20', 'p1', '-1');
insert into marts.fct_tool_decisions_daily values
    ('2026-11-20', 'p1', '-1', 'u1', 'chat', 'otel_events');
insert into marts.fct_usage_daily values ('2026-11-20', 'p1', '-1', 'u1', 'chat');
insert into marts.fct_feature_use_daily values ('2026-11-20', 'p1', 'u1', 'reported');
insert into marts.fct_seats_daily values ('2026-11-20', 'p1', 'u1', 'reported');
insert into marts.fct_telemetry_events_daily values ('2026-11-20', 'p1');
insert into marts.fct_telemetry_metrics_daily values ('2026-11-20', '-1');
insert into marts.fct_observed_days values
    ('claude_code_otel', 'events', '2026-11-20', 'landed'),
    ('claude_code_otel', 'events', '2026-10-01', 'failed');
insert into marts.fct_identity_coverage values
    ('2026-11-20', 'otel_events', 'console', 150, 90, 50, 150, 90, 50),
    ('2026-11-20', 'local_logs', 'unknown', 19, 0, 0, null, null, null);
insert into marts.fct_restatements values ('otel_events', '2026-11-20');
insert into marts.fct_reconciliation_daily values
    ('2026-11-20', '-1', '-1', 'otel_events:local_logs', 'input_tokens', true, 94, 9, 9),
    ('2026-11-20', 'p1', '-1', 'otel_events:local_logs', 'input_tokens', true, 6, 5, null),
    ('2026-11-20', '-1', '-1', 'list_cost:reported_cost', 'cost_usd', true, 999, 98, 98),
    ('2026-11-20', 'p1', '-1', 'list_cost:reported_cost', 'cost_usd', true, 1, null, 2);
"""

CheckWarehouse = Callable[..., GateResult]


@pytest.fixture
def check_warehouse(tmp_path: Path) -> CheckWarehouse:
    """Build a sound warehouse, break it with a statement, and run a gate over it."""

    def check(gate: GateName, breakage: str = "", as_of: date = AS_OF) -> GateResult:
        database = tmp_path / "warehouse.duckdb"
        with duckdb.connect(str(database)) as connection:
            connection.execute(RAW + RAW_ROWS if gate == "raw" else MARTS + MARTS_ROWS)
            connection.execute(breakage or "select 1")
        return run_gate(gate, database, tmp_path / "quality", as_of)

    return check
