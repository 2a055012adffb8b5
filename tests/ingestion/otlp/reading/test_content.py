"""Content in Collector files never reaches a row, whatever carries it."""

import json
from pathlib import Path
from typing import Any

import pytest

from ingestion.otlp.decode import Signal
from ingestion.otlp.privacy import CONTENT_ATTRIBUTES
from tests.ingestion.otlp.reading.exports import (
    TIME,
    collector_line,
    frame,
    line,
    logs,
    message,
    metrics,
    point,
    read_rows,
    record,
    span,
    traces,
)

MARKER = "PLANTED-TEXT"
LONG = MARKER + "x" * 600


def planted() -> dict[str, Any]:
    """Attributes that carry the marker in every known place and in some unknown ones."""
    return {
        **dict.fromkeys(CONTENT_ATTRIBUTES, MARKER),
        "tool_parameters": json.dumps({"command": MARKER, "git_branch": "main"}),
        "somebodys_notes": LONG,
        "nested": {"prompt": MARKER, "deeper": {"file_path": MARKER}},
        "list": [{"response": MARKER}],
        "model": LONG,
        "skill.name": LONG,
    }


EXPORTS: dict[Signal, dict[str, Any]] = {
    "logs": logs(
        record("user_prompt", TIME, session__id="s1", **planted()),
        {**record("api_request", TIME + 1, request_id=LONG), "body": {"stringValue": MARKER}},
        {**record("api_request", TIME + 2), "eventName": LONG},
        {"timeUnixNano": str(TIME + 3), "body": {"stringValue": f"claude_code.{MARKER} said"}},
        resource={"service.name": "claude-code", **planted()},
    ),
    "metrics": metrics(point(1.0, session__id="s1", **planted())),
    "traces": traces(
        {
            **span(session__id="s1", **planted()),
            "status": {"code": 2, "message": MARKER},
            "events": [{"name": "exception", "attributes": []}],
        }
    ),
}


@pytest.mark.parametrize("encoding", ["client", "collector", "protobuf"])
@pytest.mark.parametrize("signal", EXPORTS)
def test_marker_never_reaches_a_row(tmp_path: Path, signal: Signal, encoding: str) -> None:
    payload = EXPORTS[signal]
    content = {
        "client": line(payload),
        "collector": collector_line(payload),
        "protobuf": frame(message(signal, payload)),
    }[encoding]
    assert MARKER.encode() in content
    found = read_rows(tmp_path / "telemetry", content, signal)
    assert len(found) == (4 if signal == "logs" else 1)
    assert MARKER not in str(found)
    assert any(row.get("session_id") == "s1" for row in found)


@pytest.mark.parametrize("name", sorted(CONTENT_ATTRIBUTES))
def test_short_content_is_dropped_by_its_name(tmp_path: Path, name: str) -> None:
    # Nothing here is long, so that the export is taken the fast way.
    planted_by_name = {name: MARKER, name.upper(): 5, "kept": "x", "nested": {name: MARKER}}
    payload = logs(record("auth", TIME, **planted_by_name), resource={name: MARKER})
    (row,) = read_rows(tmp_path / "logs.json", line(payload))
    assert json.loads(row["attributes_json"]) == {"kept": "x", "nested": {}}


def test_long_text_costs_only_itself(tmp_path: Path) -> None:
    long = record("api_request", TIME, request_id="r1", model=LONG, input_tokens=5)
    other = record("api_request", TIME, request_id="r2", model="claude-x")
    found = read_rows(tmp_path / "logs.json", line(logs(long)) + line(logs(other)))
    assert [(row["model"], row["input_tokens"]) for row in found] == [(None, 5), ("claude-x", None)]


def test_long_groups_are_no_content(tmp_path: Path) -> None:
    groups = ",".join(f"group-{number}" for number in range(100))
    (row,) = read_rows(tmp_path / "logs.json", line(logs(record("auth", user__groups=groups))))
    assert row["user_groups"] == groups
