"""What clients send and keep is what the truth says, in the shape of a real client."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from demo.organisation.views.local_logs import PLANTED_TEXT
from demo.organisation.views.telemetry import bodies
from demo.posting import Body
from demo.replay import recorded_bodies
from ingestion.otlp.decode import Signal
from ingestion.otlp.files import find_files
from ingestion.otlp.reader import FilePart, read_files
from ingestion.sources.claude_code_logs.batches import read_batches
from ingestion.sources.claude_code_logs.client import find_transcripts

FIRST_DAY, LAST_DAY = date(2026, 6, 15), date(2026, 9, 20)
SIGNALS: tuple[tuple[Signal, str], ...] = (("logs", "events"), ("metrics", "points"))
# What one client has that another one need not have.
LOCAL_ATTRIBUTES = {"department", "team.id", "cost_center", "anthropic.custom_base_url"}


@pytest.fixture(scope="module")
def sent(out: Path) -> list[Body]:
    return list(bodies(out / "truth", FIRST_DAY, LAST_DAY))


@pytest.fixture(scope="module")
def landed(
    out: Path, sent: list[Body], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The truth beside `events`, `points` and `usage_lines` as the loader reads them."""
    with duckdb.connect() as connection:
        for file in (out / "truth").glob("*.parquet"):
            connection.execute(f"create view {file.stem} as from '{file}'")
        for signal, table in SIGNALS:
            found = _read(signal, sent, tmp_path_factory.mktemp(signal) / "export.jsonl")
            connection.register(table, found)
        unread = [(transcript, None) for transcript in find_transcripts(out / "files/logs")]
        batches = list(read_batches([*unread]))
        assert not [batch.rejected for batch in batches if batch.rejected]
        connection.register("usage_lines", pa.concat_tables([batch.table for batch in batches]))
        yield connection


def _read(signal: Signal, sent: list[Body], path: Path) -> pa.Table:
    lines = [body.body for body in sent if body.path == f"/v1/{signal}"]
    path.write_bytes(b"\n".join(lines) + b"\n")
    chunks = list(read_files([FilePart(file) for file in find_files([path])], signal))
    assert not [chunk.rejects for chunk in chunks if chunk.rejects]
    return pa.concat_tables([chunk.table for chunk in chunks])


def _same(connection: duckdb.DuckDBPyConnection, found: str, expected: str) -> None:
    """Compare two queries; there must be something to compare."""
    rows = connection.execute(expected).fetchall()
    assert rows
    assert connection.execute(found).fetchall() == rows


def test_requests_are_those_that_telemetry_has_seen(landed: duckdb.DuckDBPyConnection) -> None:
    _same(
        landed,
        """
        select
            request_id, event_at, date_day, session_id, input_tokens, output_tokens,
            cache_read_tokens, cache_creation_5m_tokens, cache_creation_1h_tokens,
            cache_creation_tokens, cost_usd, cost_usd_micros
        from events where event_name = 'api_request' order by request_id
        """,
        """
        select
            request_id, requested_at, date_day, session_id, input_tokens, output_tokens,
            cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
            cache_write_5m_tokens + cache_write_1h_tokens, cost_usd::double,
            round(cost_usd * 1000000)::bigint
        from requests
        where seen_by_telemetry and date_day <= date '2026-09-20'
        order by request_id
        """,
    )


def test_metrics_add_up_to_the_requests(landed: duckdb.DuckDBPyConnection) -> None:
    _same(
        landed,
        """
        select
            date_day, session_id,
            sum(value) filter (metric_type = 'input')::bigint,
            sum(value) filter (metric_type = 'output')::bigint,
            sum(value) filter (metric_type = 'cacheRead')::bigint,
            sum(value) filter (metric_type = 'cacheCreation')::bigint,
            round(sum(value) filter (metric_name = 'claude_code.cost.usage'), 8)
        from points
        where metric_name in ('claude_code.token.usage', 'claude_code.cost.usage')
        group by all order by all
        """,
        """
        select
            date_day, session_id,
            sum(input_tokens)::bigint, sum(output_tokens)::bigint, sum(cache_read_tokens)::bigint,
            sum(cache_write_5m_tokens + cache_write_1h_tokens)::bigint,
            round(sum(cost_usd::double), 8)
        from requests
        where seen_by_telemetry and date_day <= date '2026-09-20'
        group by all order by all
        """,
    )


def test_counters_of_a_day_equal_the_truth(landed: duckdb.DuckDBPyConnection) -> None:
    _same(
        landed,
        """
        with clients as (
            select distinct session_id, person_id, actor_id, route from requests
        )
        select
            date_day, person_id, actor_id, route,
            sum(value) filter (metric_name = 'claude_code.session.count'),
            sum(value) filter (metric_type = 'added'),
            sum(value) filter (metric_type = 'removed'),
            sum(value) filter (metric_name = 'claude_code.commit.count'),
            coalesce(sum(value) filter (metric_name = 'claude_code.pull_request.count'), 0),
            sum(value) filter (tool_name = 'Edit' and decision = 'accept'),
            sum(value) filter (tool_name = 'Edit' and decision = 'reject'),
            sum(value) filter (tool_name = 'Write' and decision = 'accept'),
            sum(value) filter (tool_name = 'Write' and decision = 'reject')
        from points inner join clients using (session_id)
        group by all order by all
        """,
        """
        select
            date_day, person_id, actor_id, route, session_count, lines_added_count,
            lines_removed_count, commit_count, pull_request_count, edit_accepted_count,
            edit_rejected_count, write_accepted_count, write_rejected_count
        from usage_daily
        where surface = 'claude_code' and date_day <= date '2026-09-20'
        order by all
        """,
    )


def test_decisions_are_events_too(landed: duckdb.DuckDBPyConnection) -> None:
    _same(
        landed,
        """
        select
            date_day,
            count(*) filter (event_name = 'tool_decision' and decision = 'accept'),
            count(*) filter (event_name = 'tool_decision' and decision = 'reject'),
            count(*) filter (event_name = 'tool_result' and success),
            count(distinct tool_use_id)
        from events group by all order by all
        """,
        """
        select
            date_day, sum(edit_accepted_count + write_accepted_count)::bigint,
            sum(edit_rejected_count + write_rejected_count)::bigint,
            sum(edit_accepted_count + write_accepted_count)::bigint,
            sum(
                edit_accepted_count + write_accepted_count
                + edit_rejected_count + write_rejected_count
            )::bigint
        from usage_daily
        where surface = 'claude_code' and date_day <= date '2026-09-20'
        group by all order by all
        """,
    )


def test_only_a_signed_in_client_knows_an_account(landed: duckdb.DuckDBPyConnection) -> None:
    rows = landed.execute(
        """
        select distinct
            person_id, actor_id, route, user_email, user_account_id, enduser_id, provider
        from events inner join requests using (session_id, date_day)
        where date_day >= date '2026-08-12'
        order by all
        """
    ).fetchall()
    assert rows == [
        (1, None, "enterprise", "person.00001@example.com", "user_enterprise1", None, "firstParty"),
        (2, None, "bedrock", None, None, "p00002", "bedrock"),
        (3, None, "console", None, None, None, "firstParty"),
        (3, None, "enterprise", "person.00003@example.com", "user_enterprise3", None, "firstParty"),
        (4, None, "team", "person.00004@example.com", "user_team4", None, "firstParty"),
        (6, None, "console", "person.00006@example.com", "user_console6", None, "firstParty"),
        (None, 1, "console", None, None, None, "firstParty"),
    ]
    # One installation, whichever way a person signs in.
    installations = landed.execute(
        """
        select count(distinct user_id), count(distinct (person_id, actor_id))
        from events inner join requests using (session_id, date_day)
        """
    ).fetchone()
    assert installations == (6, 6)


def test_a_client_tells_the_address_and_the_team_of_the_day(
    landed: duckdb.DuckDBPyConnection,
) -> None:
    rows = landed.execute(
        """
        select user_email, department, min(date_day), max(date_day)
        from events where user_account_id = 'user_enterprise1' group by all order by 3
        """
    ).fetchall()
    assert rows == [
        ("maiden.00001@example.com", "Data-Platform", date(2026, 6, 15), date(2026, 8, 4)),
        ("maiden.00001@example.com", "Retail", date(2026, 8, 5), date(2026, 8, 11)),
        ("person.00001@example.com", "Retail", date(2026, 8, 12), date(2026, 9, 18)),
    ]


def test_bedrock_has_ids_of_its_own(landed: duckdb.DuckDBPyConnection) -> None:
    rows = landed.execute("select distinct model from events where provider = 'bedrock'")
    models = {model for (model,) in rows.fetchall()} - {None}
    assert models == {"global.anthropic.claude-sonnet-4-5-20250929-v1:0"}


def _shapes(sent: list[Body]) -> dict[str, set[tuple[Any, ...]]]:
    """Attributes and their types of each event and metric, in the order in which they are sent."""
    shapes: dict[str, set[tuple[Any, ...]]] = {}
    for body in sent:
        for name, record in _records(json.loads(body.body)):
            fields = [
                (attribute["key"], *attribute["value"])
                for attribute in record.pop("attributes")
                if attribute["key"] not in LOCAL_ATTRIBUTES
            ]
            shapes.setdefault(name, set()).add((*record, *fields))
    return shapes


def _records(payload: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for group in payload.get("resourceLogs", ()):
        for record in group["scopeLogs"][0]["logRecords"]:
            yield record["body"]["stringValue"], record
        yield "resource", {**group["resource"]}
    for group in payload.get("resourceMetrics", ()):
        for metric in group["scopeMetrics"][0]["metrics"]:
            header = (metric["name"], metric["description"], metric["unit"])
            for point in metric["sum"].pop("dataPoints"):
                yield str((*header, metric["sum"])), point


def test_events_and_metrics_have_the_shape_of_a_real_client(sent: list[Body]) -> None:
    real = _shapes([body for body in recorded_bodies() if body.name.startswith("dev1_feature")])
    of_person = [body for body in sent if "person-00001" in body.name]
    made_up = _shapes(of_person)
    # Nothing recorded as JSON created a pull request; other events are not made up.
    names = {name for name in made_up if "pull_request" not in name}
    assert {name: made_up[name] for name in names} == {name: real[name] for name in names}
    assert len(names) == 12


def test_bodies_hold_no_content(sent: list[Body]) -> None:
    prompts = {
        text
        for body in sent
        for text in re.findall(rb'"key":"prompt(?:_text)?","value":(\{.*?\})', body.body)
    }
    assert prompts == {b'{"stringValue":"<REDACTED>"}'}


def test_a_body_is_no_larger_than_an_exporter_makes_it(sent: list[Body]) -> None:
    assert max(body.body.count(b'"timeUnixNano"') for body in sent) <= 512


def test_only_the_asked_days_are_sent(out: Path) -> None:
    day = date(2026, 7, 3)
    found = list(bodies(out / "truth", day, day))
    assert {body.name.partition(".")[0] for body in found} == {"2026-07-03"}
    # Two bodies of each of the five people with telemetry and of the one service.
    assert len(found) == 12


# Session logs.


def test_session_logs_hold_the_requests_of_their_machines(
    landed: duckdb.DuckDBPyConnection,
) -> None:
    _same(
        landed,
        """
        select
            request_id, min(logged_at), min(date_day), min(session_id), min(model),
            min(input_tokens), max(output_tokens), min(cache_read_tokens),
            min(cache_creation_5m_tokens), min(cache_creation_1h_tokens), count(distinct message_id)
        from usage_lines group by request_id order by request_id
        """,
        """
        select
            request_id, requested_at, date_day, session_id, claude_model_id, input_tokens,
            output_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, 1
        from requests where seen_by_logs order by request_id
        """,
    )


def test_content_of_session_logs_does_not_land(
    out: Path, landed: duckdb.DuckDBPyConnection
) -> None:
    files = list((out / "files/logs").rglob("*.jsonl"))
    assert {file.parts[-4] for file in files} == {"machine-00001", "machine-00003"}
    assert all(PLANTED_TEXT in file.read_text(encoding="utf-8") for file in files)
    rows = landed.execute("select usage_lines::varchar from usage_lines").fetchall()
    assert rows
    assert not [row for (row,) in rows if PLANTED_TEXT in row]
