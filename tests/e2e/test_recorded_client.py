"""What a real client sent comes out of the published marts, to the token and the cent."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import pytest

from demo.posting import post_bodies
from demo.replay import LOCAL_LOGS_DIR, RECORDED_DIR, recorded_bodies
from tests.e2e.system import HOST, System, free_port

pytestmark = [pytest.mark.slow, pytest.mark.minutes(2.5)]

EXPECTED: dict[str, Any] = json.loads((RECORDED_DIR / "expected.json").read_text(encoding="utf-8"))
# This client sends neither the split of cache writes nor request ids over telemetry, and prices
# one-hour writes at the five-minute rate.
OLD_CLIENT = "2.0.60"
# Changes with every landing, by its purpose.
STAMPS = {
    "observed_through_at",
    "first_observed_at",
    "last_observed_at",
    "last_asked_at",
    "restatement_count",
}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    """A home in which the recorded client was received, landed, built and published once."""
    system = System(
        tmp_path_factory.mktemp("recorded"),
        {"CLAUDE_ANALYTICS_LOG_PATHS": str(LOCAL_LOGS_DIR)},
    )
    port = free_port()
    receiver = system.start_receiver(port)
    assert post_bodies(recorded_bodies(), HOST, port) == EXPECTED["otlp_bodies"]
    system.stop_receiver(receiver)
    system.run("run")
    return system


@pytest.fixture(scope="module")
def marts(system: System) -> Iterator[duckdb.DuckDBPyConnection]:
    with system.release() as connection:
        yield connection


def _tokens_by_model(marts: duckdb.DuckDBPyConnection, seen_by: str) -> dict[str, list[int]]:
    rows = marts.execute(
        f"""
        select
            raw_claude_model_id,
            sum(input_tokens),
            sum(output_tokens),
            sum(cache_read_tokens),
            sum(cache_write_5m_tokens + cache_write_1h_tokens),
            sum(cache_write_5m_tokens),
            sum(cache_write_1h_tokens),
            count(*)
        from marts.fct_claude_requests
        where {seen_by}
        group by raw_claude_model_id
        """
    ).fetchall()
    return {model: [int(value) for value in values] for model, *values in rows}


def test_tokens_of_the_local_logs(marts: duckdb.DuckDBPyConnection) -> None:
    assert _tokens_by_model(marts, "is_in_local_logs") == EXPECTED["jsonl_visible_tokens_by_model"]


def test_tokens_of_telemetry(marts: duckdb.DuckDBPyConnection) -> None:
    found = _tokens_by_model(marts, "is_in_otel_events")
    expected = {model: list(row) for model, row in EXPECTED["otlp_visible_tokens_by_model"].items()}
    # Seven side requests of the old client are in no transcript: their split of cache writes never
    # left the client, so it is assumed, and said so. Their sum is exact.
    assumed = marts.execute(
        "select raw_claude_model_id, client_version, count(*) from marts.fct_claude_requests "
        "where cache_ttl_basis != 'measured' group by all"
    ).fetchall()
    assert assumed == [("claude-haiku-4-5-20251001", OLD_CLIENT, 6)]
    side_requests = expected["claude-haiku-4-5-20251001"]
    side_requests[4:6] = [side_requests[3], 0]
    assert found == expected


def test_cost_that_the_client_reported_per_session(marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute(
        "select session_id, sum(reported_cost_usd) from marts.fct_claude_requests "
        "where is_in_otel_events group by session_id"
    ).fetchall()
    assert dict(rows) == {
        session: Decimal(str(cost))
        for session, cost in EXPECTED["cost_usd_by_session_from_events"].items()
    }


def test_metric_sums(marts: duckdb.DuckDBPyConnection) -> None:
    expected = {
        (session, *_series(name)): pytest.approx(value, abs=1e-9)
        for session, metrics in EXPECTED["metrics_by_session"].items()
        for name, value in metrics.items()
    }
    rows = marts.execute(
        """
        select
            session_id,
            metric_name,
            metric_type,
            raw_claude_model_id,
            query_source,
            start_type,
            decision,
            tool_name,
            language,
            decision_source,
            sum(increment_value)
        from marts.fct_telemetry_metrics_daily
        group by all
        """
    ).fetchall()
    found = {(session, *series): value for session, *series, value in rows}
    assert found == expected
    points = marts.execute("select sum(point_count) from marts.fct_telemetry_metrics_daily")
    assert points.fetchall() == [(EXPECTED["metric_points"],)]


def _series(name: str) -> tuple[str | None, ...]:
    metric, *pairs = name.split("|")
    values = dict(pair.split("=") for pair in pairs)
    return (metric, *(values.get(attribute) for attribute in SERIES_ATTRIBUTES))


def test_event_counts(marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute(
        "select session_id, event_name, sum(event_count) "
        "from marts.fct_telemetry_events_daily group by all"
    ).fetchall()
    found: dict[str, dict[str, int]] = {}
    for session, event, count in rows:
        found.setdefault(session, {})[event] = int(count)
    assert found == EXPECTED["events_by_session"]


def test_list_price_equals_the_clients_own_estimate(marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute(
        """
        select raw_claude_model_id, client_version, count(*)
        from marts.fct_claude_requests
        where
            is_in_otel_events
            and (
                list_cost_usd is null
                or abs(list_cost_usd - reported_cost_usd) > reported_cost_usd * 0.001
            )
        group by all
        """
    ).fetchall()
    # The old client prices one-hour writes at the five-minute rate.
    assert [(model, version) for model, version, _ in rows] == [
        ("claude-sonnet-4-5-20250929", OLD_CLIENT)
    ]
    explained = marts.execute(
        """
        select distinct claude_model_id, cause_code
        from marts.fct_reconciliation_daily
        where pair_id = 'list_cost:reported_cost' and cause_code != 'none'
        """
    ).fetchall()
    assert explained == [("claude-sonnet-4-5-20250929", "client_version")]


def test_nothing_stays_unexplained(marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute(
        "select * from marts.fct_reconciliation_daily where not is_explained"
    ).fetchall()
    assert rows == []


def _contents(system: System) -> dict[str, list[tuple[Any, ...]]]:
    with system.release() as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' order by all"
        ).fetchall()
        contents = {}
        for (table,) in tables:
            description = connection.execute(f"select * from marts.{table} limit 0").description
            columns = [name for name, *_ in description if name not in STAMPS]
            contents[table] = connection.execute(
                f"select {', '.join(columns)} from marts.{table} order by all"
            ).fetchall()
        return contents


class _LosesAnswers(BaseHTTPRequestHandler):
    """A proxy that stores each third body and then says 503, so that the client sends it again."""

    protocol_version = "HTTP/1.1"
    receiver_port: int
    seen = 0

    def do_POST(self) -> None:
        body = self._body()
        connection = HTTPConnection(HOST, self.receiver_port, timeout=30)
        headers = {key: value for key, value in self.headers.items() if key.lower() not in HOP}
        connection.request("POST", self.path, body=body, headers=headers)
        answer = connection.getresponse()
        payload = answer.read()
        connection.close()
        type(self).seen += 1
        is_lost = type(self).seen % 3 == 0
        self.send_response(503 if is_lost else answer.status)
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def _body(self) -> bytes:
        if "Content-Length" in self.headers:
            return self.rfile.read(int(self.headers["Content-Length"]))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


SERIES_ATTRIBUTES = (
    "type",
    "model",
    "query_source",
    "start_type",
    "decision",
    "tool_name",
    "language",
    "source",
)
HOP = ("host", "transfer-encoding", "content-length", "connection", "accept-encoding")


@contextmanager
def _lossy_proxy(receiver_port: int) -> Iterator[int]:
    class Handler(_LosesAnswers):
        pass

    Handler.receiver_port = receiver_port
    server = ThreadingHTTPServer((HOST, 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_everything_sent_twice_shuffled_with_lost_answers_changes_nothing(
    system: System, tmp_path: Path
) -> None:
    before = _contents(system)
    bodies = recorded_bodies() * 2
    random.Random(20261120).shuffle(bodies)
    port = free_port()
    receiver = system.start_receiver(port)
    with _lossy_proxy(port) as proxy_port:
        assert post_bodies(bodies, HOST, proxy_port) == 2 * EXPECTED["otlp_bodies"]
    system.stop_receiver(receiver)
    # The logs move to another directory, as after a change of computers.
    moved = tmp_path / "moved"
    moved.symlink_to(LOCAL_LOGS_DIR)
    system.settings["CLAUDE_ANALYTICS_LOG_PATHS"] = str(moved)
    system.run("run")
    assert _contents(system) == before
