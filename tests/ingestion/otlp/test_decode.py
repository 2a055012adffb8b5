"""Both encodings give the same dictionaries; numbers stay exact, hostile bodies are refused."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    Histogram,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from ingestion.otlp.decode import (
    UndecodableBodyError,
    decode_body,
    decode_json,
    decode_protobuf,
)
from tests.ingestion.otlp.receiving.running_receiver import (
    RECORDED_DIR,
    encoded,
    logs_export,
    record,
    text,
)

NANOSECONDS = 1_795_198_589_779_000_001  # Not a multiple of 256: a double cannot hold it.
TRACE_ID = bytes(range(16))
SPAN_ID = bytes(range(8))


def only_value(value: Any) -> Any:  # noqa: ANN401  # any JSON
    """What a value becomes as a JSON attribute."""
    payload = decode_json(encoded(logs_export(record({"key": "k", "value": value}))))
    return payload["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["attributes"][0]["value"]


def test_logs_are_the_same_in_both_encodings() -> None:
    values = {
        "text": AnyValue(string_value="é"),
        "int": AnyValue(int_value=-(2**63)),
        "zero": AnyValue(int_value=0),
        "double": AnyValue(double_value=0.1),
        "bool": AnyValue(bool_value=False),
        "bytes": AnyValue(bytes_value=b"\x00\xff"),
        "none": AnyValue(),
        "list": AnyValue(array_value=ArrayValue(values=[AnyValue(int_value=1)])),
        "map": AnyValue(
            kvlist_value=KeyValueList(values=[KeyValue(key="a", value=AnyValue(string_value="b"))])
        ),
    }
    log_record = LogRecord(
        time_unix_nano=NANOSECONDS,
        severity_number=9,  # type: ignore[arg-type]
        body=AnyValue(string_value="claude_code.api_request"),
        attributes=[KeyValue(key=key, value=value) for key, value in values.items()],
        trace_id=TRACE_ID,
        span_id=SPAN_ID,
    )
    request = ExportLogsServiceRequest(
        resource_logs=[ResourceLogs(scope_logs=[ScopeLogs(log_records=[log_record])])]
    )
    expected = {
        "timeUnixNano": "1795198589779000001",
        "severityNumber": 9,
        "body": {"stringValue": "claude_code.api_request"},
        "attributes": [
            {"key": "text", "value": {"stringValue": "é"}},
            {"key": "int", "value": {"intValue": -(2**63)}},
            {"key": "zero", "value": {"intValue": 0}},
            {"key": "double", "value": {"doubleValue": 0.1}},
            {"key": "bool", "value": {"boolValue": False}},
            {"key": "bytes", "value": {"bytesValue": "AP8="}},
            {"key": "none", "value": {}},
            {"key": "list", "value": {"arrayValue": {"values": [{"intValue": 1}]}}},
            {"key": "map", "value": {"kvlistValue": {"values": [text("a", "b")]}}},
        ],
        "traceId": "000102030405060708090a0b0c0d0e0f",
        "spanId": "0001020304050607",
    }
    payload = {"resourceLogs": [{"scopeLogs": [{"logRecords": [expected]}]}]}
    assert decode_protobuf("logs", request.SerializeToString()) == payload
    assert decode_json(encoded(payload)) == payload


def test_metrics_are_the_same_in_both_encodings() -> None:
    request = ExportMetricsServiceRequest(
        resource_metrics=[
            ResourceMetrics(
                scope_metrics=[
                    ScopeMetrics(
                        metrics=[
                            Metric(
                                name="cost",
                                unit="USD",
                                sum=Sum(
                                    aggregation_temporality=1,  # type: ignore[arg-type]
                                    is_monotonic=True,
                                    data_points=[
                                        NumberDataPoint(
                                            start_time_unix_nano=NANOSECONDS - 1,
                                            time_unix_nano=NANOSECONDS,
                                            as_double=0.25,
                                        ),
                                        NumberDataPoint(time_unix_nano=NANOSECONDS, as_int=0),
                                    ],
                                ),
                            ),
                            Metric(
                                name="sizes",
                                histogram=Histogram(
                                    aggregation_temporality=2,  # type: ignore[arg-type]
                                    data_points=[
                                        HistogramDataPoint(
                                            time_unix_nano=NANOSECONDS,
                                            count=3,
                                            sum=float("inf"),
                                            bucket_counts=[0, 3],
                                            explicit_bounds=[1.5],
                                        )
                                    ],
                                ),
                            ),
                        ]
                    )
                ]
            )
        ]
    )
    payload = {
        "resourceMetrics": [
            {
                "scopeMetrics": [
                    {
                        "metrics": [
                            {
                                "name": "cost",
                                "unit": "USD",
                                "sum": {
                                    "aggregationTemporality": 1,
                                    "isMonotonic": True,
                                    "dataPoints": [
                                        {
                                            "startTimeUnixNano": "1795198589779000000",
                                            "timeUnixNano": "1795198589779000001",
                                            "asDouble": 0.25,
                                        },
                                        {"timeUnixNano": "1795198589779000001", "asInt": 0},
                                    ],
                                },
                            },
                            {
                                "name": "sizes",
                                "histogram": {
                                    "aggregationTemporality": 2,
                                    "dataPoints": [
                                        {
                                            "timeUnixNano": "1795198589779000001",
                                            "count": "3",
                                            "sum": "Infinity",
                                            "bucketCounts": ["0", "3"],
                                            "explicitBounds": [1.5],
                                        }
                                    ],
                                },
                            },
                        ]
                    }
                ]
            }
        ]
    }
    assert decode_protobuf("metrics", request.SerializeToString()) == payload
    assert decode_json(encoded(payload)) == payload


def test_traces_are_the_same_in_both_encodings() -> None:
    span = Span(
        trace_id=TRACE_ID,
        span_id=SPAN_ID,
        parent_span_id=SPAN_ID,
        name="claude_code.tool",
        kind=1,  # type: ignore[arg-type]
        start_time_unix_nano=NANOSECONDS,
        end_time_unix_nano=NANOSECONDS + 1,
        events=[Span.Event(time_unix_nano=NANOSECONDS, name="attempt")],
        status=Status(code=2),  # type: ignore[arg-type]
    )
    request = ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(scope_spans=[ScopeSpans(spans=[span])])]
    )
    expected = {
        "traceId": TRACE_ID.hex(),
        "spanId": SPAN_ID.hex(),
        "parentSpanId": SPAN_ID.hex(),
        "name": "claude_code.tool",
        "kind": 1,
        "startTimeUnixNano": "1795198589779000001",
        "endTimeUnixNano": "1795198589779000002",
        "events": [{"timeUnixNano": "1795198589779000001", "name": "attempt"}],
        "status": {"code": 2},
    }
    payload = {"resourceSpans": [{"scopeSpans": [{"spans": [expected]}]}]}
    assert decode_protobuf("traces", request.SerializeToString()) == payload
    assert decode_json(encoded(payload)) == payload


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(RECORDED_DIR.glob("*")) if not path.name.endswith(".headers.json")],
    ids=lambda path: path.name,
)
def test_recorded_body_loses_nothing(path: Path) -> None:
    body = path.read_bytes()
    if path.suffix == ".gz":
        body = gzip.decompress(body)
    is_logs = ".logs." in path.name
    if ".json" in path.name:
        original = json.loads(body)
    else:
        message = ExportLogsServiceRequest() if is_logs else ExportMetricsServiceRequest()
        original = MessageToDict(message.FromString(body))
    decoded = decode_body("logs" if is_logs else "metrics", body, is_json=".json" in path.name)
    assert leaves(decoded) == leaves(original)


def leaves(value: Any, path: str = "") -> Counter[tuple[str, str]]:  # noqa: ANN401  # any JSON
    """All scalars with their path, but what the protocol leaves out: zeros, names of enumerations.

    Numbers are compared as text, since both texts and numbers stand for integers.
    """
    if isinstance(value, dict):
        return sum((leaves(inner, f"{path}.{key}") for key, inner in value.items()), Counter())
    if isinstance(value, list):
        return sum((leaves(inner, path) for inner in value), Counter())
    is_left_out = (
        path.endswith(("Count", "Number", "Temporality"))
        or value == ""
        or (value == 0 and not path.endswith(("Value", "asDouble")))
    )
    if is_left_out:
        return Counter()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return Counter([(path, str(value))])


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"intValue": "9223372036854775807"}, {"intValue": 2**63 - 1}),
        ({"intValue": 9007199254740993}, {"intValue": 9007199254740993}),
        ({"intValue": 5.0}, {"intValue": 5}),
        ({"intValue": "1e3"}, {"stringValue": "1e3"}),
        ({"intValue": 2**63}, {"stringValue": "9223372036854775808"}),
        ({"intValue": 1.5}, {"doubleValue": 1.5}),
        ({"intValue": True}, {}),
        ({"doubleValue": 5}, {"doubleValue": 5.0}),
        ({"doubleValue": "0.5"}, {"doubleValue": 0.5}),
        ({"doubleValue": "NaN"}, {"doubleValue": "NaN"}),
        ({"doubleValue": float("nan")}, {"doubleValue": "NaN"}),
        ({"doubleValue": "nan"}, {"doubleValue": "NaN"}),
        ({"doubleValue": "x"}, {}),
        ({"boolValue": "true"}, {}),
        ({"stringValue": 5}, {}),
        ({"stringValue": "cut \ud83d"}, {"stringValue": "cut ?"}),
        ({"unknownValue": "x"}, {}),
        (None, {}),
        ({"arrayValue": {}}, {"arrayValue": {"values": []}}),
    ],
)
def test_json_value_becomes_valid(sent: Any, kept: Any) -> None:  # noqa: ANN401  # any JSON
    assert only_value(sent) == kept


def test_bare_number_as_time_stays_exact() -> None:
    sent = record()
    sent["timeUnixNano"] = NANOSECONDS
    payload = decode_json(encoded(logs_export(sent)))
    (kept,) = payload["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    assert kept["timeUnixNano"] == str(NANOSECONDS)


@pytest.mark.parametrize("time", ["soon", "", -1, "-1", 2**63, 2**64, 0, {}, [], True])
def test_time_that_is_none_is_left_out(time: Any) -> None:  # noqa: ANN401  # any JSON
    payload = decode_json(encoded(logs_export(record() | {"timeUnixNano": time})))
    (kept,) = payload["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    assert "timeUnixNano" not in kept


def test_scalars_that_their_field_cannot_hold_are_left_out() -> None:
    wrong = {
        "severityText": 5,
        "eventName": {"a": "b"},
        "severityNumber": "WARN",
        "flags": 2**40,
        "traceId": "not hexadecimal",
        "spanId": 5,
        "observedTimeUnixNano": None,
    }
    payload = logs_export(record() | wrong)
    assert decode_json(encoded(payload)) == decode_json(encoded(logs_export(record())))


def test_unknown_fields_are_left_out() -> None:
    payload = logs_export(record() | {"prompt": "x"}) | {"note": "x"}
    payload["resourceLogs"][0]["extra"] = {"deep": "x"}
    assert decode_json(encoded(payload)) == decode_json(encoded(logs_export(record())))


def test_invalid_utf8_is_replaced() -> None:
    body = encoded(logs_export(record(text("model", "MODEL")))).replace(b"MODEL", b"a\xffb")
    (kept,) = decode_json(body)["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    assert kept["attributes"] == [text("model", "a\N{REPLACEMENT CHARACTER}b")]


DEEP = 100_000


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"5",
        b"null",
        b'"text"',
        b"\x00\xff\xfe",
        b'{"resourceLogs": 5}',
        b'{"resourceLogs": {}}',
        b'{"resourceLogs": [5]}',
        b'{"resourceLogs": [null]}',
        b'{"resourceLogs": [{"scopeLogs": "x"}]}',
        b'{"resourceLogs": [{"resource": {"attributes": [{"key": 5}]}}]}',
        b'{"resourceLogs": [{"resource": {"attributes": {"key": "v"}}}]}',
        b'{"resourceLogs": [{"resource": {"attributes": [{"key": "k", "value": "v"}]}}]}',
        b'{"resourceLogs": []}{"resourceLogs": []}',
        b'{"resource_logs": []}',
        b'{"resourceMetrics": [{"scopeMetrics": []}]}',
        b'{"resourceLogs": ' + b"[" * DEEP + b"]" * DEEP + b"}",
        b'{"resourceLogs": [{"resource": {"attributes": [{"key": "k", "value": '
        + b'{"arrayValue": {"values": [' * 50
        + b"]}}" * 50
        + b"}]}}]}",
        b'{"resourceLogs": ' + b"9" * 5000 + b"}",
    ],
)
def test_hostile_json_is_refused(body: bytes) -> None:
    with pytest.raises(UndecodableBodyError):
        decode_body("logs", body, is_json=True)


def test_hostile_protobuf_is_refused() -> None:
    good = ExportLogsServiceRequest(
        resource_logs=[
            ResourceLogs(
                scope_logs=[ScopeLogs(log_records=[LogRecord(body=AnyValue(string_value="NAME"))])]
            )
        ]
    ).SerializeToString()
    deep = AnyValue(string_value="x")
    for _ in range(40):
        deep = AnyValue(array_value=ArrayValue(values=[deep]))
    nested = ExportLogsServiceRequest(
        resource_logs=[ResourceLogs(scope_logs=[ScopeLogs(log_records=[LogRecord(body=deep)])])]
    ).SerializeToString()
    for body in (
        good[:-1],
        good.replace(b"NAME", b"NA\xffE"),
        nested,
        b"\xff" * 20,
        b'{"resourceLogs": []}',
        b"\x12\x00",  # An empty field 2, which no export has.
    ):
        with pytest.raises(UndecodableBodyError):
            decode_body("logs", body, is_json=False)


@pytest.mark.parametrize("body", [b"{}", b'{"resourceLogs": []}', b'{"resourceLogs": null}'])
def test_empty_export_is_empty(body: bytes) -> None:
    assert decode_body("logs", body, is_json=True) == {}
    assert decode_body("logs", b"", is_json=False) == {}
