"""Log records to rows: names, types, precedence, keys."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from ingestion.otlp.reading.events import EventBatch
from ingestion.otlp.reading.tables import EVENTS
from tests.ingestion.otlp.reading.exports import (
    TIME,
    attributes,
    line,
    logs,
    read_rows,
    record,
)


def one_row(tmp_path: Path, payload: dict[str, Any]) -> dict[str, Any]:
    (row,) = read_rows(tmp_path / "logs.json", line(payload))
    return row


@pytest.mark.parametrize(
    ("attribute", "sent", "column", "expected"),
    [
        ("input_tokens", "1500", "input_tokens", 1500),
        ("input_tokens", 1500, "input_tokens", 1500),
        ("input_tokens", 1500.0, "input_tokens", 1500),
        ("duration_ms", 12.6, "duration_ms", 13),
        ("duration_ms", "12.6", "duration_ms", 13),
        ("event.sequence", "0", "event_sequence", 0),
        ("cost_usd", "0.25", "cost_usd", 0.25),
        ("cost_usd", 1, "cost_usd", 1.0),
        ("cost_usd", 0.25, "cost_usd", 0.25),
        ("success", "true", "success", True),
        ("success", "False", "success", False),
        ("success", True, "success", True),
        ("success", 0, "success", False),
        ("status_code", 529, "status_code", "529"),
        ("status_code", 529.0, "status_code", "529"),
        ("status_code", "529", "status_code", "529"),
        ("speed", True, "speed", "true"),
        ("user.groups", ["a", "b"], "user_groups", '["a","b"]'),
        ("model", "", "model", None),
        ("input_tokens", "", "input_tokens", None),
    ],
)
def test_column_decides_the_type(
    tmp_path: Path, attribute: str, sent: object, column: str, expected: object
) -> None:
    row = one_row(tmp_path, logs(record("api_request", TIME, **dict[str, Any]({attribute: sent}))))
    assert row[column] == expected
    assert type(row[column]) is type(expected)
    assert row["attributes_json"] is None


@pytest.mark.parametrize(
    ("attribute", "sent", "column"),
    [
        ("input_tokens", "many", "input_tokens"),
        ("input_tokens", True, "input_tokens"),
        ("input_tokens", "9223372036854775808", "input_tokens"),
        ("cost_usd", "free", "cost_usd"),
        ("cost_usd", False, "cost_usd"),
        ("success", "perhaps", "success"),
        ("success", 2, "success"),
    ],
)
def test_value_that_does_not_fit_stays_as_json(
    tmp_path: Path, attribute: str, sent: object, column: str
) -> None:
    row = one_row(tmp_path, logs(record("api_request", TIME, **dict[str, Any]({attribute: sent}))))
    assert row[column] is None
    assert json.loads(row["attributes_json"]) == {attribute: sent}


def test_types_may_change_from_record_to_record(tmp_path: Path) -> None:
    sent = [1, "2", 3.0, "many", None, "", 7]
    records = [
        record("api_request", TIME + number, request_id=f"r{number}", input_tokens=tokens)
        for number, tokens in enumerate(sent)
        if tokens is not None
    ]
    found = read_rows(tmp_path / "logs.json", line(logs(*records)))
    tokens_by_request = {row["request_id"]: row["input_tokens"] for row in found}
    assert tokens_by_request == {"r0": 1, "r1": 2, "r2": 3, "r3": None, "r5": None, "r6": 7}


def test_not_a_number_does_not_reach_a_sum(tmp_path: Path) -> None:
    sent = record("api_request", request_id="r1")
    sent["attributes"].append({"key": "cost_usd", "value": {"doubleValue": "NaN"}})
    row = one_row(tmp_path, logs(sent))
    assert row["cost_usd"] is None
    assert json.loads(row["attributes_json"]) == {"cost_usd": "NaN"}


def test_record_wins_over_resource(tmp_path: Path) -> None:
    resource = {"service.name": "claude-code", "team.id": "old", "department": "eng", "zone": "z1"}
    row = one_row(tmp_path, logs(record("api_error", team__id="new", extra=1), resource=resource))
    assert (row["team_id"], row["department"], row["service_name"]) == ("new", "eng", "claude-code")
    assert json.loads(row["attributes_json"]) == {"extra": 1, "zone": "z1"}


def test_each_export_has_its_own_resource(tmp_path: Path) -> None:
    content = b"".join(
        line(logs(record("api_error", TIME + number), resource={"service.version": version}))
        for number, version in enumerate(("2.1.1", "2.1.2", "2.1.1"))
    )
    found = read_rows(tmp_path / "logs.json", content)
    assert [row["service_version"] for row in found] == ["2.1.1", "2.1.2", "2.1.1"]
    assert [row["source_line"] for row in found] == [1, 2, 3]


def test_unknown_events_services_and_attributes_land(tmp_path: Path) -> None:
    unknown = record("brewed_tea", cups=2, strong=True, kinds=["green", "black"])
    row = one_row(tmp_path, logs(unknown, resource={"service.name": "somebody-else"}))
    assert (row["event_name"], row["service_name"]) == ("brewed_tea", "somebody-else")
    assert json.loads(row["attributes_json"]) == {
        "cups": 2,
        "kinds": ["green", "black"],
        "strong": True,
    }


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"attributes": attributes({"event.name": "auth"}), "eventName": "x"}, "auth"),
        ({"eventName": "claude_code.auth", "body": {"stringValue": "claude_code.x"}}, "auth"),
        ({"body": {"stringValue": "claude_code.auth"}}, "auth"),
        ({"body": {"stringValue": "Please sum up my diary"}}, None),
        ({}, None),
    ],
)
def test_event_name(tmp_path: Path, sent: dict[str, Any], expected: str | None) -> None:
    row = one_row(tmp_path, logs({"timeUnixNano": str(TIME), **sent}))
    assert row["event_name"] == expected


@pytest.mark.parametrize(
    "sent",
    [
        {"timeUnixNano": str(TIME)},
        {"timeUnixNano": TIME},
        {"timeUnixNano": "0", "observedTimeUnixNano": str(TIME)},
        {"attributes": attributes({"event.timestamp": "2026-11-20T18:16:29.156Z"})},
        {"attributes": attributes({"event.timestamp": "2026-11-20T19:16:29.156+01:00"})},
    ],
)
def test_time_is_found(tmp_path: Path, sent: dict[str, Any]) -> None:
    row = one_row(tmp_path, logs(sent))
    assert row["time_unix_nano"] == TIME
    assert row["event_at"] == datetime(2026, 11, 20, 18, 16, 29, 156_000)  # noqa: DTZ001
    assert row["date_day"] == date(2026, 11, 20)


def test_decision_source_has_two_names(tmp_path: Path) -> None:
    decided = record("tool_decision", source="user_reject", tool_use_id="t1")
    done = record("tool_result", decision_source="config", source="elsewhere", tool_use_id="t1")
    first, second = read_rows(tmp_path / "logs.json", line(logs(decided, done)))
    assert (first["decision_source"], first["attributes_json"]) == ("user_reject", None)
    assert second["decision_source"] == "config"
    assert json.loads(second["attributes_json"]) == {"source": "elsewhere"}


def test_tool_parameters_give_columns_and_nothing_else(tmp_path: Path) -> None:
    parameters = {
        "bash_command": "git commit -m secret",
        "git_commit_id": "abc123",
        "git_branch": "main",
        "subagent_type": "Explore",
        "mcp_server_name": "tracker",
        "skill_name": "review",
    }
    sent = record("tool_result", tool_use_id="t1", tool_parameters=json.dumps(parameters))
    row = one_row(tmp_path, logs(sent))
    columns = ("git_commit_id", "git_branch", "subagent_type", "mcp_server_name", "skill_name")
    assert [row[name] for name in columns] == ["abc123", "main", "Explore", "tracker", "review"]
    assert row["attributes_json"] is None


def test_commit_is_also_found_among_the_attributes(tmp_path: Path) -> None:
    sent = record("tool_result", vcs__ref__head__revision="abc123", vcs__ref__head__name="main")
    row = one_row(tmp_path, logs(sent))
    assert (row["git_commit_id"], row["git_branch"]) == ("abc123", "main")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (record("api_request", request_id="r1", client_request_id="c1"), "api_request:r1"),
        (record("api_request", request_id="", client_request_id="c1"), "api_request:c1"),
        (record("tool_result", tool_use_id="t1"), "tool_result:t1"),
        (record("tool_decision", tool_use_id="t1"), "tool_decision:t1"),
    ],
)
def test_key_is_the_id(tmp_path: Path, sent: dict[str, Any], expected: str) -> None:
    assert one_row(tmp_path, logs(sent))["event_key"] == expected


def test_ids_may_be_missing_in_some_records(tmp_path: Path) -> None:
    identified = record("api_request", TIME, request_id="r1")
    nameless = record("api_request", TIME, request_id="")
    first, second = read_rows(tmp_path / "logs.json", line(logs(identified, nameless)))
    assert first["event_key"] == "api_request:r1"
    assert len(second["event_key"]) == 32


def test_digest_tells_records_apart_but_not_orders_or_content(tmp_path: Path) -> None:
    def key(sent: dict[str, Any], resource: dict[str, Any] | None = None) -> str:
        return str(one_row(tmp_path, logs(sent, resource=resource))["event_key"])

    base = key(record("user_prompt", session__id="s1", prompt_length=3))
    assert base == key(record("user_prompt", prompt_length=3, session__id="s1"))
    assert base == key(record("user_prompt", session__id="s1", prompt_length=3, prompt="hi"))
    # A Collector that adds to the resource sends the same event.
    assert base == key(
        record("user_prompt", session__id="s1", prompt_length=3), {"host.name": "collector"}
    )
    assert base != key(record("user_prompt", session__id="s1", prompt_length=4))
    assert base != key(record("user_prompt", session__id="s2", prompt_length=3))
    assert base != key(record("user_prompt", TIME + 1, session__id="s1", prompt_length=3))
    assert base != key(record("compaction", session__id="s1", prompt_length=3))
    without_session = record("user_prompt", prompt_length=3)
    assert key(without_session, {"host.name": "a"}) != key(without_session, {"host.name": "b"})


def test_columns_are_the_promised_ones() -> None:
    batch = EventBatch()
    batch.add(logs(record("api_request", request_id="r1")), 1)
    assert batch.table("x").schema.equals(EVENTS)
