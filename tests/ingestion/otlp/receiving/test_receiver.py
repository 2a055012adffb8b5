"""The receiver over real HTTP: what it stores, what it answers, and in which order."""

import errno
import gzip
import json
import logging
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message as ProtobufMessage
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingestion.otlp.decode import Signal
from ingestion.otlp.receiving import export, live_file
from ingestion.otlp.receiving.bodies import MemoryBudget
from ingestion.otlp.receiving.export import spool_line
from ingestion.otlp.receiving.receiver import ReceiverSettings
from tests.ingestion.otlp.receiving.running_receiver import (
    JSON_HEADERS,
    PROTOBUF_HEADERS,
    RECORDED_DIR,
    RunningReceiver,
    all_bytes,
    encoded,
    exchange,
    logs_export,
    record,
    stored_lines,
    text,
)

GZIP = {"content-encoding": "gzip"}
ONE_RECORD = encoded(logs_export(record(text("model", "m"))))
STORED_RECORD = logs_export(record(text("model", "m")))
del STORED_RECORD["resourceLogs"][0]["resource"]["attributes"]


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[RunningReceiver]:
    with RunningReceiver(ReceiverSettings(spool_dir=tmp_path / "spool")) as running:
        yield running


def test_every_recorded_body_is_stored_and_acknowledged(receiver: RunningReceiver) -> None:
    expected: dict[str, list[Any]] = {"logs": [], "metrics": []}
    for path in sorted(RECORDED_DIR.glob("*.headers.json")):
        request = json.loads(path.read_bytes())
        body = path.with_name(path.name.removesuffix(".headers.json")).read_bytes()
        headers = request["headers"]
        is_chunked = headers.pop("transfer-encoding", None) == "chunked"
        sent = [body[:700], body[700:]] if is_chunked else body
        response = receiver.post(request["path"], sent, headers)
        is_json = headers["content-type"] == "application/json"
        assert response.status == 200
        assert response.body == (b"{}" if is_json else b"")
        assert response.headers["content-type"] == headers["content-type"]
        signal: Signal = "logs" if request["path"] == "/v1/logs" else "metrics"
        plain = gzip.decompress(body) if "content-encoding" in headers else body
        expected[signal].append(json.loads(spool_line(signal, plain, is_json=is_json)))
    assert len(expected["logs"]) == 13
    assert len(expected["metrics"]) == 8
    assert receiver.counter("accepted", "logs") == 13
    assert receiver.counter("accepted", "metrics") == 8
    assert receiver.stored("logs") == expected["logs"]
    assert receiver.stored("metrics") == expected["metrics"]
    assert list(receiver.spool_dir.glob("*.open")) == []


def test_counters_are_shown_as_text(receiver: RunningReceiver) -> None:
    receiver.post("/v1/logs", ONE_RECORD)
    receiver.post("/v1/logs", b"{")
    receiver.post("/v1/logs", b"x", {"content-type": "text/plain"})
    assert receiver.counter("accepted") == 1
    assert receiver.counter("quarantined") == 1
    assert receiver.counter("rejected") == 1
    assert receiver.counter("batches") == 1
    assert receiver.counter("fsyncs") == 1
    assert receiver.counter("received_bytes") == len(ONE_RECORD) + 1
    assert receiver.counter("accepted", "traces") == 0
    stored_bytes = receiver.counter("stored_bytes")
    receiver.stop()
    assert stored_bytes == sum(path.stat().st_size for path in receiver.spool_dir.glob("*.jsonl"))


def test_health(receiver: RunningReceiver) -> None:
    assert exchange(receiver.port, "/healthz", method="GET").status == 200


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/v1/logs", b"", JSON_HEADERS),
        ("/v1/logs", b"{}", JSON_HEADERS),
        ("/v1/logs", b'{"resourceLogs": []}', JSON_HEADERS),
        ("/v1/metrics", b"", PROTOBUF_HEADERS),
        ("/v1/traces", gzip.compress(b""), PROTOBUF_HEADERS | GZIP),
    ],
    ids=["no bytes", "empty object", "empty list", "no protobuf bytes", "gzip of no bytes"],
)
def test_empty_export_is_a_success_and_stores_nothing(
    receiver: RunningReceiver, path: str, body: bytes, headers: dict[str, str]
) -> None:
    response = receiver.post(path, body, headers)
    assert (response.status, response.body) == (200, b"{}" if headers == JSON_HEADERS else b"")
    receiver.stop()
    assert all_bytes(receiver.spool_dir) == b""


def test_body_in_chunks_and_in_several_gzip_members(receiver: RunningReceiver) -> None:
    zipped = gzip.compress(ONE_RECORD[:50]) + gzip.compress(ONE_RECORD[50:])
    pieces = [zipped[start : start + 7] for start in range(0, len(zipped), 7)]
    assert receiver.post("/v1/logs", pieces, JSON_HEADERS | GZIP).status == 200
    assert receiver.stored() == [STORED_RECORD]


def test_content_type_may_have_parameters_and_capitals(receiver: RunningReceiver) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8", "content-encoding": "GZIP"}
    assert receiver.post("/v1/logs", gzip.compress(ONE_RECORD), headers).status == 200
    assert receiver.stored() == [STORED_RECORD]


@pytest.mark.parametrize("headers", [{"content-type": "text/plain"}, {"x-nothing": "1"}])
def test_unknown_content_type_is_refused(
    receiver: RunningReceiver, headers: dict[str, str]
) -> None:
    response = receiver.post("/v1/logs", ONE_RECORD, headers)
    assert response.status == 415
    assert response.document == {
        "code": 3,
        "message": "send application/json or application/x-protobuf",
    }
    assert receiver.stored() == []


def test_unknown_content_encoding_is_refused(receiver: RunningReceiver) -> None:
    headers = JSON_HEADERS | {"content-encoding": "zstd"}
    assert receiver.post("/v1/logs", ONE_RECORD, headers).status == 415


def test_other_methods_and_paths_are_refused(receiver: RunningReceiver) -> None:
    response = exchange(receiver.port, "/v1/logs", headers=JSON_HEADERS, method="GET")
    assert (response.status, response.headers["allow"]) == (405, "POST")
    assert exchange(receiver.port, "/v1/profiles", ONE_RECORD).status == 404


def test_status_in_protobuf(receiver: RunningReceiver) -> None:
    headers = PROTOBUF_HEADERS | {"content-encoding": "br"}
    response = receiver.post("/v1/logs", b"x", headers)
    message = b"send gzip or no encoding"
    assert response.status == 415
    assert response.headers["content-type"] == "application/x-protobuf"
    assert response.body == b"\x08\x03\x12" + bytes([len(message)]) + message


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("Bearer right-token", 200),
        ("bearer right-token", 200),
        ("Bearer wrong-token", 401),
        ("Bearer right-token-and-more", 401),
        ("Basic right-token", 401),
        ("right-token", 401),
        ("Bearer \xfft\xf6k\xe9n", 401),
        (None, 401),
    ],
)
def test_token(tmp_path: Path, authorization: str | None, status: int) -> None:
    settings = ReceiverSettings(spool_dir=tmp_path / "spool", token="right-token")
    assert "right-token" not in repr(settings)
    headers = {"authorization": authorization} if authorization else {}
    with RunningReceiver(settings) as receiver:
        response = receiver.post("/v1/logs", ONE_RECORD, JSON_HEADERS | headers)
        page = exchange(receiver.port, "/metrics", headers=headers, method="GET")
        assert (response.status, page.status) == (status, status)
        if status == 401:
            assert response.headers["www-authenticate"] == "Bearer"
            assert response.document["code"] == 16
        assert exchange(receiver.port, "/healthz", method="GET").status == 200
        assert len(receiver.stored()) == (status == 200)


SMALL_LIMITS = {"max_body_bytes": 2000, "max_inflated_bytes": 5000}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"x" * 2001, JSON_HEADERS),
        ([b"x" * 1000] * 3, JSON_HEADERS),
        ([b"x" * 1000] * 3, PROTOBUF_HEADERS),
        (gzip.compress(b" " * 5001), JSON_HEADERS | GZIP),
        (gzip.compress(b" " * 3000) * 2, JSON_HEADERS | GZIP),
    ],
    ids=["length", "chunks", "protobuf chunks", "inflated", "members"],
)
def test_body_over_a_limit_is_refused(
    tmp_path: Path, body: bytes | list[bytes], headers: dict[str, str]
) -> None:
    settings = ReceiverSettings(spool_dir=tmp_path / "spool", **SMALL_LIMITS)  # type: ignore[arg-type]
    with RunningReceiver(settings) as receiver:
        response = receiver.post("/v1/logs", body, headers)
        assert response.status == 413
        if headers["content-type"] == "application/json":
            assert response.document["code"] == 8
        assert receiver.counter("rejected") == 1
        receiver.stop()
        assert all_bytes(receiver.spool_dir) == b""


def test_bodies_just_within_the_limits(tmp_path: Path) -> None:
    settings = ReceiverSettings(spool_dir=tmp_path / "spool", **SMALL_LIMITS)  # type: ignore[arg-type]
    with RunningReceiver(settings) as receiver:
        assert receiver.post("/v1/logs", ONE_RECORD.ljust(2000)).status == 200
        zipped = gzip.compress(ONE_RECORD.ljust(5000))
        assert receiver.post("/v1/logs", zipped, JSON_HEADERS | GZIP).status == 200
        assert receiver.stored() == [STORED_RECORD] * 2


def test_bomb_is_cut_off_while_it_inflates(
    receiver: RunningReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    inflated: list[int] = []
    take = MemoryBudget.take

    def counting(budget: MemoryBudget, size: int) -> None:
        inflated.append(size)
        take(budget, size)

    monkeypatch.setattr(MemoryBudget, "take", counting)
    gigabyte = gzip.compress(bytes(2**20)) * 1024
    assert len(gigabyte) < 2 * 2**20
    assert receiver.post("/v1/logs", gigabyte, JSON_HEADERS | GZIP).status == 413
    assert sum(inflated) <= len(gigabyte) + 64 * 2**20


def test_bodies_in_flight_are_bounded_and_the_memory_is_given_back(tmp_path: Path) -> None:
    settings = ReceiverSettings(
        spool_dir=tmp_path / "spool", max_in_flight_bytes=len(ONE_RECORD) + 10
    )
    with RunningReceiver(settings) as receiver:
        for _ in range(3):
            zipped = receiver.post("/v1/logs", gzip.compress(ONE_RECORD), JSON_HEADERS | GZIP)
            assert (zipped.status, zipped.headers["retry-after"]) == (503, "5")
            assert receiver.post("/v1/logs", ONE_RECORD).status == 200
        assert receiver.stored() == [STORED_RECORD] * 3


def test_client_that_stalls_is_let_go(tmp_path: Path) -> None:
    settings = ReceiverSettings(spool_dir=tmp_path / "spool", body_seconds=0.01)
    with RunningReceiver(settings) as receiver:
        connection = HTTPConnection("127.0.0.1", receiver.port, timeout=30)
        connection.putrequest("POST", "/v1/logs")
        connection.putheader("content-type", "application/json")
        connection.putheader("content-length", str(len(ONE_RECORD)))
        connection.endheaders(ONE_RECORD[:10])
        assert connection.getresponse().status == 503
        connection.close()
        assert receiver.stored() == []


def test_client_that_goes_away_leaves_nothing(receiver: RunningReceiver) -> None:
    connection = HTTPConnection("127.0.0.1", receiver.port, timeout=30)
    connection.putrequest("POST", "/v1/logs")
    connection.putheader("content-type", "application/json")
    connection.putheader("content-length", str(len(ONE_RECORD)))
    connection.endheaders(ONE_RECORD[:10])
    connection.close()
    assert receiver.post("/v1/logs", ONE_RECORD).status == 200
    assert receiver.stored() == [STORED_RECORD]


CUT_GZIP = gzip.compress(ONE_RECORD)[:-5]


@pytest.mark.parametrize(
    ("body", "headers", "suffix"),
    [
        (b'{"resourceLogs": 5}', JSON_HEADERS, ".json"),
        (b"\xff\xff\xff", PROTOBUF_HEADERS, ".pb"),
        (CUT_GZIP, JSON_HEADERS | GZIP, ".json.gz"),
        (gzip.compress(ONE_RECORD) + b"more", JSON_HEADERS | GZIP, ".json.gz"),
        (b"no gzip", PROTOBUF_HEADERS | GZIP, ".pb.gz"),
        (gzip.compress(b"{"), JSON_HEADERS | GZIP, ".json.gz"),
    ],
    ids=["shape", "protobuf", "cut gzip", "gzip and more", "no gzip", "gzip of no json"],
)
def test_body_that_cannot_be_decoded_is_set_aside(
    receiver: RunningReceiver, body: bytes, headers: dict[str, str], suffix: str
) -> None:
    response = receiver.post("/v1/logs", body, headers)
    assert response.status == 200
    if suffix.startswith(".json"):
        outcome = response.document["partialSuccess"]
        assert outcome["rejectedLogRecords"] == "0"
        message = outcome["errorMessage"]
    else:
        partial = ExportLogsServiceResponse.FromString(response.body).partial_success
        assert partial.rejected_log_records == 0
        message = partial.error_message
    assert message.startswith("the body could not be decoded and was set aside: ")
    (kept,) = (receiver.spool_dir / "quarantine").iterdir()
    assert kept.read_bytes() == body
    assert kept.name.endswith(suffix)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert receiver.counter("quarantined") == 1
    assert receiver.stored() == []


def test_partial_success_of_the_other_signals(receiver: RunningReceiver) -> None:
    metrics = receiver.post("/v1/metrics", b"{").document["partialSuccess"]
    assert metrics["rejectedDataPoints"] == "0"
    traces = receiver.post("/v1/traces", b"{").document["partialSuccess"]
    assert traces["rejectedSpans"] == "0"
    body = receiver.post("/v1/metrics", b"\xff", PROTOBUF_HEADERS).body
    assert ExportMetricsServiceResponse.FromString(body).partial_success.error_message
    body = receiver.post("/v1/traces", b"\xff", PROTOBUF_HEADERS).body
    assert ExportTraceServiceResponse.FromString(body).partial_success.error_message


def test_quarantine_expires_at_start(tmp_path: Path) -> None:
    quarantine = tmp_path / "spool" / "quarantine"
    quarantine.mkdir(parents=True)
    for name, days in (("old", 3), ("new", 1)):
        (quarantine / name).write_bytes(b"x")
        moment = time.time() - days * 86_400
        os.utime(quarantine / name, (moment, moment))
    settings = ReceiverSettings(spool_dir=tmp_path / "spool", quarantine_days=2, upkeep_seconds=0.0)
    with RunningReceiver(settings) as receiver:
        receiver.post("/v1/logs", ONE_RECORD)
        while (quarantine / "old").exists():
            exchange(receiver.port, "/healthz", method="GET")
    assert [path.name for path in quarantine.iterdir()] == ["new"]


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_full_disk_is_answered_with_503_and_stores_nothing(
    receiver: RunningReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert receiver.post("/v1/logs", ONE_RECORD).status == 200

    def half_then_full(descriptor: int, line: bytes) -> None:
        os.write(descriptor, line[: len(line) // 2])
        full_disk()

    with monkeypatch.context() as patch:
        patch.setattr(live_file, "_write", half_then_full)
        for headers in (JSON_HEADERS, JSON_HEADERS):
            response = receiver.post("/v1/logs", ONE_RECORD, headers)
            assert (response.status, response.headers["retry-after"]) == (503, "5")
            assert response.document == {"code": 14, "message": "not stored; send it again"}
    assert receiver.post("/v1/logs", ONE_RECORD).status == 200
    assert receiver.counter("not_stored") == 2
    assert receiver.counter("accepted") == 2
    assert receiver.stored() == [STORED_RECORD] * 2


def test_full_disk_in_quarantine_is_answered_with_503(
    receiver: RunningReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "keep_body", full_disk)
    assert receiver.post("/v1/logs", b"{").status == 503
    assert receiver.counter("quarantined") == 0


def test_answer_comes_after_the_line_is_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink()
        if name.suffix == ".open":
            order.append("write" if ONE_RECORD_MARK in name.read_bytes() else "nothing")
            fsync(descriptor)
            order.append("file fsync")
        else:
            fsync(descriptor)
            order.append("directory fsync")

    def wrap(app: ASGIApp) -> ASGIApp:
        async def noting_app(scope: Scope, receive: Receive, send: Send) -> None:
            async def noting_send(message: Message) -> None:
                if message["type"] == "http.response.start":
                    order.append(f"answer {message['status']}")
                await send(message)

            await app(scope, receive, noting_send)

        return noting_app

    with RunningReceiver(ReceiverSettings(spool_dir=tmp_path / "spool"), wrap) as receiver:
        monkeypatch.setattr("ingestion.otlp.receiving.live_file.os.fsync", noting)
        assert receiver.post("/v1/logs", ONE_RECORD).status == 200
        assert order == ["directory fsync", "write", "file fsync", "answer 200"]


ONE_RECORD_MARK = b"1795198589779000001"


def test_many_clients_at_once(receiver: RunningReceiver) -> None:
    def send(number: int) -> int:
        body = encoded(logs_export(record(text("request_id", f"req_{number}"))))
        return receiver.post("/v1/logs", body).status

    with ThreadPoolExecutor(32) as clients:
        assert set(clients.map(send, range(300))) == {200}
    assert receiver.counter("fsyncs") == receiver.counter("batches") <= 300
    identifiers = [
        line["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["attributes"][0]["value"]
        for line in receiver.stored()
    ]
    assert sorted(identifiers, key=str) == sorted(
        ({"stringValue": f"req_{number}"} for number in range(300)), key=str
    )


def test_large_body_is_decoded_beside_the_others(receiver: RunningReceiver) -> None:
    large = logs_export(*[record(text("model", "m"))] * 20_000)
    assert len(encoded(large)) > 2**20
    assert receiver.post("/v1/logs", encoded(large)).status == 200
    (line,) = receiver.stored()
    assert len(line["resourceLogs"][0]["scopeLogs"][0]["logRecords"]) == 20_000


def test_orphans_of_a_killed_receiver_are_readable_after_the_start(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    (spool / "logs-20261120T000000000000-1-aa.jsonl.open").write_bytes(b'{"a": 1}\n{"b')
    with RunningReceiver(ReceiverSettings(spool_dir=spool)) as receiver:
        assert stored_lines(spool) == [{"a": 1}]
        assert receiver.post("/v1/logs", ONE_RECORD).status == 200
        assert receiver.stored() == [{"a": 1}, STORED_RECORD]


def test_error_in_the_decoder_keeps_the_body_and_the_log_clean(
    receiver: RunningReceiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> dict[str, Any]:
        raise KeyError("SECRET-MARKER")

    monkeypatch.setattr(export, "decode_body", broken)
    with caplog.at_level(logging.DEBUG):
        response = receiver.post("/v1/logs", ONE_RECORD)
    assert response.status == 200
    assert "partialSuccess" in response.document
    assert len(list((receiver.spool_dir / "quarantine").iterdir())) == 1
    assert "SECRET-MARKER" not in caplog.text


MARKER = "SECRET-MARKER-4711"
CONTENT_KEYS = (
    "prompt",
    "prompt_text",
    "user_prompt",
    "response",
    "response_text",
    "body",
    "body_ref",
    "tool_input",
    "error",
    "full_command",
    "file_path",
    "workspace.host_paths",
    "hook_definitions",
    "managed_settings.settings",
    "exception.message",
    "exception.stacktrace",
)


def marked_attributes() -> list[dict[str, Any]]:
    """The marker in every place of an attribute list where content can stand."""
    marked = {"stringValue": MARKER}
    parameters = json.dumps({"full_command": MARKER, "bash_command": MARKER, "git_branch": "b"})
    return [
        *(text(key, MARKER) for key in CONTENT_KEYS),
        *({"key": key, "value": {"arrayValue": {"values": [marked]}}} for key in CONTENT_KEYS),
        text("tool_parameters", parameters),
        {
            "key": "tool_parameters",
            "value": {"kvlistValue": {"values": [text("full_command", MARKER)]}},
        },
        {"key": "novelty", "value": {"kvlistValue": {"values": [text("prompt", MARKER)]}}},
        text("novelty", MARKER + "x" * 512),
        text("session.id", "kept"),
    ]


def marked_payload(signal: Signal) -> dict[str, Any]:
    """An export with the marker in every content field of a signal."""
    attributes = marked_attributes()
    scope = {"name": "events", "attributes": attributes}
    resource = {"attributes": attributes}
    if signal == "logs":
        records = [
            {"timeUnixNano": "1", "body": {"stringValue": MARKER}, "attributes": attributes},
            {
                "timeUnixNano": "1",
                "body": {"kvlistValue": {"values": [text("novelty", MARKER)]}},
                "eventName": f"{MARKER} in a sentence",
                "severityText": MARKER + "x" * 512,
            },
        ]
        return {
            "resourceLogs": [
                {"resource": resource, "scopeLogs": [{"scope": scope, "logRecords": records}]}
            ]
        }
    if signal == "metrics":
        points = [
            {
                "timeUnixNano": "1",
                "asDouble": 1.0,
                "attributes": attributes,
                "exemplars": [{"filteredAttributes": attributes, "asDouble": 1.0}],
            }
        ]
        metrics = [
            {"name": "a", "sum": {"dataPoints": points}, "metadata": attributes},
            {"name": "b", "gauge": {"dataPoints": points}},
        ]
        return {
            "resourceMetrics": [
                {"resource": resource, "scopeMetrics": [{"scope": scope, "metrics": metrics}]}
            ]
        }
    span = {
        "traceId": "aa" * 16,
        "spanId": "bb" * 8,
        "name": "claude_code.tool",
        "startTimeUnixNano": "1",
        "attributes": attributes,
        "events": [{"name": "tool.output", "attributes": attributes}],
        "links": [{"traceId": "aa" * 16, "attributes": attributes}],
        "status": {"code": 2, "message": MARKER},
    }
    return {
        "resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": scope, "spans": [span]}]}]
    }


def with_unknown_fields(value: Any) -> Any:  # noqa: ANN401  # any JSON
    """The same with a field in every object that the protocol does not have."""
    if isinstance(value, dict):
        return {key: with_unknown_fields(inner) for key, inner in value.items()} | {
            "unknown": MARKER
        }
    if isinstance(value, list):
        return [with_unknown_fields(inner) for inner in value]
    return value


def as_protobuf(signal: Signal, payload: dict[str, Any]) -> bytes:
    """The payload as a protobuf body; its ids become others, which does not matter here."""
    requests = {
        "logs": ExportLogsServiceRequest,
        "metrics": ExportMetricsServiceRequest,
        "traces": ExportTraceServiceRequest,
    }
    message: ProtobufMessage = ParseDict(payload, requests[signal]())
    return message.SerializeToString()


@pytest.mark.parametrize("signal", ["logs", "metrics", "traces"])
def test_no_content_reaches_the_disk_or_the_log(
    receiver: RunningReceiver, signal: Signal, caplog: pytest.LogCaptureFixture
) -> None:
    payload = marked_payload(signal)
    bodies = [
        (encoded(payload), JSON_HEADERS),
        (encoded(with_unknown_fields(payload)), JSON_HEADERS),
        (as_protobuf(signal, payload), PROTOBUF_HEADERS),
    ]
    with caplog.at_level(logging.DEBUG):
        for body, headers in bodies:
            assert MARKER.encode() in body
            plain = receiver.post(f"/v1/{signal}", body, headers)
            zipped = receiver.post(f"/v1/{signal}", gzip.compress(body), headers | GZIP)
            assert plain.status == zipped.status == 200
            assert plain.body in (b"", b"{}")
        receiver.stop()
    assert len(stored_lines(receiver.spool_dir, signal)) == 6
    stored = all_bytes(receiver.spool_dir)
    assert MARKER.encode() not in stored
    assert b'"kept"' in stored
    assert b"git_branch" in stored
    assert MARKER not in caplog.text


HOSTILE_BODIES = (
    b'{"resourceLogs": [{"resource": 5}]}',
    b'{"resourceLogs": [[[[]]]]}',
    b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"attributes": [1, 2]}]}]}]}',
    b'{"resourceLogs": ' + b"[" * 100_000,
    b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"timeUnixNano": 1e400}]}]}]}',
    b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"flags": -1e30}]}]}]}',
    b'{"resourceLogs": [{"schemaUrl": "\\ud800"}]}',
    b"\xef\xbb\xbf{}",
    b'{"resourceLogs": [NaN]}',
)


def test_hostile_body_is_never_a_server_error(receiver: RunningReceiver) -> None:
    for body in HOSTILE_BODIES:
        for headers in (JSON_HEADERS, PROTOBUF_HEADERS, JSON_HEADERS | GZIP):
            assert receiver.post("/v1/logs", body, headers).status == 200, body[:60]
    answered = receiver.counter("accepted") + receiver.counter("quarantined")
    assert answered == 3 * len(HOSTILE_BODIES)
    assert len(receiver.stored()) <= answered  # Every line that was stored is valid JSON.
