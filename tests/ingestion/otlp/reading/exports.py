"""Exports for tests, and the encodings in which the same export can reach the reader."""

import copy
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ingestion.otlp.decode import Signal
from ingestion.otlp.reading.reader import Chunk, FilePart, read_files
from ingestion.otlp.reading.telemetry_files import TelemetryFile, find_files

TIME = 1_795_198_589_156_000_000  # 2026-11-20T18:16:29.156Z
RECORDED_DIR = Path(__file__).resolve().parents[4] / "demo" / "recorded"
_REQUESTS: dict[Signal, Any] = {
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
    "traces": ExportTraceServiceRequest,
}


def value(plain: Any) -> dict[str, Any]:  # noqa: ANN401  # any attribute value
    """A plain value as the JavaScript exporter writes it."""
    if isinstance(plain, bool):
        return {"boolValue": plain}
    if isinstance(plain, int):
        return {"intValue": plain}
    if isinstance(plain, float):
        return {"doubleValue": plain}
    if isinstance(plain, list):
        return {"arrayValue": {"values": [value(item) for item in plain]}}
    if isinstance(plain, dict):
        return {"kvlistValue": {"values": attributes(plain)}}
    return {"stringValue": plain}


def attributes(plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Attributes of an export."""
    return [{"key": key, "value": value(item)} for key, item in plain.items()]


def record(name: str, at: int = TIME, **own: Any) -> dict[str, Any]:  # noqa: ANN401
    """A log record of Claude Code; `__` in a keyword stands for a dot."""
    named = {key.replace("__", "."): item for key, item in own.items()}
    return {
        "timeUnixNano": str(at),
        "body": {"stringValue": f"claude_code.{name}"},
        "attributes": attributes({"event.name": name, **named}),
    }


def logs(*records: Mapping[str, Any], resource: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An export of log records."""
    return {
        "resourceLogs": [
            {
                "resource": {"attributes": attributes(resource or {"service.name": "claude-code"})},
                "scopeLogs": [
                    {
                        "scope": {"name": "com.anthropic.claude_code.events"},
                        "logRecords": list(records),
                    }
                ],
            }
        ]
    }


def metrics(
    *points: Mapping[str, Any], name: str = "claude_code.token.usage", temporality: int = 1
) -> dict[str, Any]:
    """An export of data points of one metric."""
    return {
        "resourceMetrics": [
            {
                "resource": {"attributes": attributes({"service.name": "claude-code"})},
                "scopeMetrics": [
                    {
                        "scope": {"name": "com.anthropic.claude_code", "version": "2.1.329"},
                        "metrics": [
                            {
                                "name": name,
                                "unit": "tokens",
                                "sum": {
                                    "aggregationTemporality": temporality,
                                    "isMonotonic": True,
                                    "dataPoints": list(points),
                                },
                            }
                        ],
                    }
                ],
            }
        ]
    }


def point(
    amount: float,
    start: int = TIME,
    end: int = TIME + 10**9,
    **own: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """A data point; `__` in a keyword stands for a dot."""
    return {
        "attributes": attributes({key.replace("__", "."): item for key, item in own.items()}),
        "startTimeUnixNano": str(start),
        "timeUnixNano": str(end),
        "asDouble": amount,
    }


def traces(*spans: Mapping[str, Any]) -> dict[str, Any]:
    """An export of spans."""
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": attributes({"service.name": "claude-code"})},
                "scopeSpans": [{"scope": {"name": "tracing"}, "spans": list(spans)}],
            }
        ]
    }


def span(**own: Any) -> dict[str, Any]:  # noqa: ANN401  # any attribute value
    """A span; `__` in a keyword stands for a dot."""
    return {
        "traceId": "5B8EFFF798038103D269B633813FC60C",
        "spanId": "EEE19B7EC3C1B174",
        "parentSpanId": "",
        "name": "claude_code.llm_request",
        "kind": 1,
        "startTimeUnixNano": str(TIME),
        "endTimeUnixNano": str(TIME + 2_500_000),
        "attributes": attributes({key.replace("__", "."): item for key, item in own.items()}),
        "status": {"code": 2, "message": "said something"},
    }


def line(payload: Mapping[str, Any]) -> bytes:
    """One line as a client's JSON body or the spool has it."""
    return orjson.dumps(payload) + b"\n"


def collector_line(payload: Mapping[str, Any]) -> bytes:
    """The line that the Collector's file exporter writes: 64-bit integers as text, `1` for 1.0."""

    def rewrite(item: Any) -> Any:  # noqa: ANN401  # any JSON
        if isinstance(item, list):
            return [rewrite(inner) for inner in item]
        if not isinstance(item, dict):
            return item
        rewritten = {key: rewrite(inner) for key, inner in item.items()}
        for key in ("intValue", "asInt"):
            if key in rewritten:
                rewritten[key] = str(rewritten[key])
        for key in ("doubleValue", "asDouble"):
            if isinstance(number := rewritten.get(key), float) and number.is_integer():
                rewritten[key] = int(number)
        return rewritten

    return json.dumps(rewrite(payload), separators=(",", ":")).encode() + b"\n"


def message(signal: Signal, payload: Mapping[str, Any]) -> bytes:
    """The protobuf message of an export."""

    def with_encoded_ids(item: Any) -> Any:  # noqa: ANN401  # any JSON
        if isinstance(item, list):
            return [with_encoded_ids(inner) for inner in item]
        if not isinstance(item, dict):
            return item
        return {
            key: b64encode(bytes.fromhex(inner)).decode()
            if key in ("traceId", "spanId", "parentSpanId")
            else with_encoded_ids(inner)
            for key, inner in item.items()
        }

    request = ParseDict(with_encoded_ids(copy.deepcopy(dict(payload))), _REQUESTS[signal]())
    encoded: bytes = request.SerializeToString()
    return encoded


def frame(body: bytes) -> bytes:
    """A message behind its length, as the Collector's file exporter writes it."""
    return len(body).to_bytes(4, "big") + body


def read(directory: Path, signal: Signal = "logs", workers: int = 1) -> list[Chunk]:
    """Everything the reader makes of the files of a directory."""
    return list(read_files(map(FilePart, find_files([directory])), signal, workers=workers))


def rows(chunks: Iterable[Chunk]) -> list[dict[str, Any]]:
    """The rows of chunks."""
    found: list[dict[str, Any]] = pa.concat_tables([chunk.table for chunk in chunks]).to_pylist()
    return found


def read_rows(path: Path, content: bytes, signal: Signal = "logs") -> list[dict[str, Any]]:
    """Rows of one file with this content."""
    path.write_bytes(content)
    return rows(read_files([FilePart(TelemetryFile(path, path.name))], signal, workers=1))
