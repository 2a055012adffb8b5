"""Transcript lines for the tests, in the shape a real client writes."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from ingestion.sources.claude_code_logs.batches import select_rows
from ingestion.sources.claude_code_logs.declaration import SOURCE

SESSION = "11111111-1111-4111-8111-111111111111"
OTHER_SESSION = "22222222-2222-4222-8222-222222222222"


def usage(**changes: object) -> dict[str, Any]:
    """Usage as the client logs it; a change replaces a field."""
    fields: dict[str, Any] = {
        "input_tokens": 10,
        "cache_creation_input_tokens": 300,
        "cache_read_input_tokens": 4_000,
        "output_tokens": 50,
        "server_tool_use": {"web_search_requests": 1, "web_fetch_requests": 2},
        "service_tier": "standard",
        "cache_creation": {"ephemeral_1h_input_tokens": 100, "ephemeral_5m_input_tokens": 200},
        "inference_geo": "not_available",
        "speed": "standard",
    }
    return fields | changes


def message(**changes: object) -> dict[str, Any]:
    """An answer; a change replaces a field."""
    fields: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": [{"type": "text", "text": "done"}],
        "stop_reason": "end_turn",
        "usage": usage(),
    }
    return fields | changes


def record(**changes: object) -> dict[str, Any]:
    """A line that holds an answer; a change replaces a field."""
    fields: dict[str, Any] = {
        "parentUuid": "00000000-0000-4000-8000-000000000001",
        "isSidechain": False,
        "message": message(),
        "requestId": "req_1",
        "type": "assistant",
        "uuid": "00000000-0000-4000-8000-000000000002",
        "timestamp": "2026-11-20T18:16:34.534Z",
        "userType": "external",
        "entrypoint": "cli",
        "cwd": "/repo/demo",
        "sessionId": SESSION,
        "version": "2.1.329",
        "gitBranch": "main",
    }
    return fields | changes


def without(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    """The fields but some."""
    return {name: value for name, value in fields.items() if name not in names}


def encoded(*records: dict[str, Any]) -> bytes:
    """The records as the client writes them: compact, one a line."""
    texts = (json.dumps(fields, separators=(",", ":"), ensure_ascii=False) for fields in records)
    return "".join(f"{text}\n" for text in texts).encode()


def write(path: Path, *records: dict[str, Any]) -> Path:
    """Write a transcript, with its directories."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(*records))
    return path


def rows_in(
    connection: duckdb.DuckDBPyConnection, files: Iterable[Path]
) -> duckdb.DuckDBPyRelation:
    """The rows that a landing would take from files of them, in the columns of the raw table."""
    schema = SOURCE.schemas["usage_lines"]
    connection.register("no_rows", schema.empty_table())
    described = connection.execute("describe no_rows").fetchall()
    types = {name: kind for name, kind, *_ in described}
    return connection.sql(f"select {', '.join(schema.names)} from ({select_rows(files, types)})")
