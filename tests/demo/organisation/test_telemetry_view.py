"""Clients send what a real client sends, and tell of a person what a real one knows."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo.organisation.views.local_logs import PLANTED_TEXT
from demo.organisation.views.telemetry import bodies
from demo.posting import Body
from demo.replay import recorded_bodies
from tests.demo.organisation.landed import connect_landed

FIRST_DAY, LAST_DAY = date(2026, 6, 15), date(2026, 9, 20)
# What one client has that another one need not have.
LOCAL_ATTRIBUTES = {"department", "team.id", "cost_center", "anthropic.custom_base_url"}


@pytest.fixture(scope="module")
def sent(out: Path) -> list[Body]:
    return list(bodies(out / "truth", FIRST_DAY, LAST_DAY))


@pytest.fixture(scope="module")
def landed(
    out: Path, sent: list[Body], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect_landed(out, sent, tmp_path_factory.mktemp("landed")) as connection:
        yield connection


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


def test_content_of_session_logs_does_not_land(
    out: Path, landed: duckdb.DuckDBPyConnection
) -> None:
    files = list((out / "files/logs").rglob("*.jsonl"))
    assert {file.parts[-4] for file in files} == {"machine-00001", "machine-00003"}
    assert all(PLANTED_TEXT in file.read_text(encoding="utf-8") for file in files)
    rows = landed.execute("select usage_lines::varchar from usage_lines").fetchall()
    assert rows
    assert not [row for (row,) in rows if PLANTED_TEXT in row]
