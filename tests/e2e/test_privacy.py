"""No prompt, answer or file text reaches the home, whichever field and encoding carries it."""

import json
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import duckdb
import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.e2e.system import HOST, System, free_port

pytestmark = pytest.mark.slow

MARKER = "planted-secret-text"
# Telemetry reference, 2.8, and what newer clients were seen to send.
CONTENT_FIELDS = (
    "prompt",
    "prompt_text",
    "user_prompt",
    "response",
    "body",
    "body_ref",
    "tool_input",
    "error",
    "full_command",
    "file_path",
    "workspace.host_paths",
    "hook_definitions",
    "managed_settings.settings",
)
NANOS = "1795198589385000000"
REQUESTS = {
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
    "traces": ExportTraceServiceRequest,
}


def _attributes(label: str) -> list[dict[str, Any]]:
    parameters = {"bash_command": f"{MARKER} tool_parameters {label}", "git_commit_id": "abc123"}
    texts = {field: f"{MARKER} {field} {label}" for field in CONTENT_FIELDS}
    texts |= {"tool_parameters": json.dumps(parameters), "session.id": f"session-{label}"}
    attributes = [{"key": key, "value": {"stringValue": text}} for key, text in texts.items()]
    paths = {"arrayValue": {"values": [{"stringValue": f"{MARKER} in a list"}]}}
    return [*attributes, {"key": "workspace.host_paths", "value": paths}]


def _payloads(label: str) -> dict[str, dict[str, Any]]:
    attributes = _attributes(label)
    event = {"key": "event.name", "value": {"stringValue": "tool_result"}}
    record = {
        "timeUnixNano": NANOS,
        "body": {"stringValue": f"{MARKER} in the record's body"},
        "attributes": [*attributes, event],
    }
    point = {"timeUnixNano": NANOS, "asDouble": 1, "attributes": attributes}
    counter = {"aggregationTemporality": 1, "isMonotonic": True, "dataPoints": [point]}
    span = {
        # The same text is a valid id as hexadecimal digits and, in protobuf's JSON, as base64.
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": "eee19b7ec3c1b174",
        "name": "claude_code.tool",
        "startTimeUnixNano": NANOS,
        "endTimeUnixNano": NANOS,
        "attributes": attributes,
        "events": [{"name": "claude_code.tool.output", "attributes": attributes}],
        "status": {"code": 2, "message": f"{MARKER} in the status"},
    }
    metric = {"name": "claude_code.session.count", "sum": counter}
    resource = {"attributes": attributes}
    return {
        "logs": {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": [record]}]}]},
        "metrics": {
            "resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": [metric]}]}]
        },
        "traces": {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]},
    }


def _send(port: int, signal: str, payload: dict[str, Any], content_type: str) -> None:
    if content_type == "application/json":
        body = json.dumps(payload).encode()
    else:
        body = ParseDict(payload, REQUESTS[signal]()).SerializeToString()
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("POST", f"/v1/{signal}", body=body, headers={"content-type": content_type})
    assert connection.getresponse().status == 200
    connection.close()


def _transcript() -> str:
    text = f"{MARKER} in the transcript"
    usage = {"input_tokens": 5, "output_tokens": 7}
    tool = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": text}}
    nested = {"type": "assistant", "message": {"usage": usage, "content": text}}
    records: list[dict[str, Any]] = [
        {"type": "summary", "summary": text},
        {"type": "last-prompt", "lastPrompt": text},
        {"type": "user", "message": {"role": "user", "content": text}, "toolUseResult": nested},
        {
            "type": "assistant",
            "uuid": "line-1",
            "sessionId": "session-of-the-transcript",
            "timestamp": "2026-11-20T18:16:29.565Z",
            "cwd": f"/home/{MARKER}",
            "gitBranch": MARKER,
            "requestId": "req-1",
            "message": {
                "id": "msg-1",
                "model": "claude-haiku-5-5",
                "content": [{"type": "text", "text": text}, tool],
                "usage": usage,
            },
        },
    ]
    return "".join(json.dumps(record) + "\n" for record in records)


def _columns_with_marker(connection: duckdb.DuckDBPyConnection) -> list[str]:
    columns = connection.execute(
        "select table_schema, table_name, column_name from information_schema.columns"
    ).fetchall()
    found = []
    for schema, table, column in columns:
        hits = connection.execute(
            f"""select count(*) from "{schema}"."{table}"
            where contains(cast("{column}" as varchar), '{MARKER}')"""
        ).fetchall()
        if hits != [(0,)]:
            found.append(f"{schema}.{table}.{column}")
    return found


def test_planted_text_is_nowhere_in_the_home(tmp_path: Path) -> None:
    collector, logs = tmp_path / "collector", tmp_path / "logs"
    (logs / "projects" / "-repo").mkdir(parents=True)
    (logs / "projects" / "-repo" / "session.jsonl").write_text(_transcript(), encoding="utf-8")
    collector.mkdir()
    for signal, payload in _payloads("collector").items():
        line = json.dumps(payload) + "\n"
        (collector / f"{signal}.jsonl").write_text(line, encoding="utf-8")
    system = System(
        tmp_path / "home",
        {
            "CLAUDE_ANALYTICS_OTLP_PATHS": str(collector),
            "CLAUDE_ANALYTICS_LOG_PATHS": str(logs),
        },
    )
    port = free_port()
    receiver = system.start_receiver(port)
    for content_type in ("application/json", "application/x-protobuf"):
        for signal, payload in _payloads(content_type).items():
            _send(port, signal, payload, content_type)
    system.stop_receiver(receiver)
    system.run("--verbose", "run")

    with duckdb.connect(str(system.home / "warehouse.duckdb"), read_only=True) as connection:
        landed = {
            table: connection.execute(f"select count(*) from {table}").fetchall()[0][0]
            for table in (
                "raw_claude_code_otel.events",
                "raw_claude_code_otel.metric_points",
                "raw_claude_code_otel.spans",
                "raw_claude_code_logs.usage_lines",
            )
        }
        assert all(landed.values()), landed
        assert _columns_with_marker(connection) == []
    with system.release() as connection:
        assert _columns_with_marker(connection) == []
    # Databases and Parquet compress their text; they were asked above.
    plain = [
        path
        for path in system.home.rglob("*")
        if path.is_file() and path.suffix not in {".duckdb", ".parquet"}
    ]
    assert plain
    assert [str(path) for path in plain if MARKER.encode() in path.read_bytes()] == []
