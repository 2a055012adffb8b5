"""Data points and spans to rows."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.ingestion.otlp.reading.exports import (
    TIME,
    attributes,
    line,
    metrics,
    point,
    read_rows,
    span,
    traces,
)


def point_rows(tmp_path: Path, payload: dict[str, Any]) -> list[dict[str, Any]]:
    return read_rows(tmp_path / "metrics.json", line(payload), "metrics")


def test_point_has_its_columns(tmp_path: Path) -> None:
    sent = point(12.5, session__id="s1", type="input", source="config", extra="x")
    (row,) = point_rows(tmp_path, metrics(sent))
    expected = {
        "metric_name": "claude_code.token.usage",
        "metric_kind": "sum",
        "unit": "tokens",
        "temporality": 1,
        "is_monotonic": True,
        "start_time_unix_nano": TIME,
        "time_unix_nano": TIME + 10**9,
        "start_at": datetime(2026, 11, 20, 18, 16, 29, 156_000),  # noqa: DTZ001
        "point_at": datetime(2026, 11, 20, 18, 16, 30, 156_000),  # noqa: DTZ001
        "value": 12.5,
        "session_id": "s1",
        "metric_type": "input",
        "decision_source": "config",
        "service_name": "claude-code",
        "attributes_json": '{"extra":"x"}',
    }
    assert {name: row[name] for name in expected} == expected


def test_temporality_is_kept_as_sent(tmp_path: Path) -> None:
    found = [
        point_rows(tmp_path, metrics(point(1.0), temporality=temporality))[0]["temporality"]
        for temporality in (1, 2)
    ]
    assert found == [1, 2]


def test_series_outlives_a_restart_but_not_another_attribute(tmp_path: Path) -> None:
    first, later, restarted, other = point_rows(
        tmp_path,
        metrics(
            point(1.0, TIME, TIME + 1, model="a"),
            point(1.0, TIME, TIME + 2, model="a"),
            point(1.0, TIME + 2, TIME + 3, model="a"),
            point(1.0, TIME, TIME + 1, model="b"),
        ),
    )
    assert first["series_key"] == later["series_key"] == restarted["series_key"]
    assert first["series_key"] != other["series_key"]
    assert len({row["point_key"] for row in (first, later, restarted, other)}) == 4


def test_integer_and_absent_values(tmp_path: Path) -> None:
    whole = {**point(0.0), "asInt": "7"}
    del whole["asDouble"]
    unrecorded = {**point(0.0, TIME, TIME + 5), "flags": 1}
    not_a_number = {**point(0.0, TIME, TIME + 6), "asDouble": "NaN"}
    found = point_rows(tmp_path, metrics(whole, unrecorded, not_a_number))
    assert [row["value"] for row in found] == [7.0, None]


def test_distribution_keeps_its_sum_and_the_rest_as_json(tmp_path: Path) -> None:
    payload = metrics()
    metric = payload["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]
    del metric["sum"]
    metric["histogram"] = {
        "aggregationTemporality": 2,
        "dataPoints": [
            {
                "timeUnixNano": str(TIME),
                "count": "3",
                "sum": 12.5,
                "bucketCounts": ["1", "2"],
                "explicitBounds": [10.0],
            }
        ],
    }
    (row,) = point_rows(tmp_path, payload)
    assert (row["metric_kind"], row["value"], row["is_monotonic"]) == ("histogram", 12.5, None)
    assert row["start_at"] is None
    assert json.loads(row["attributes_json"])["count"] == "3"


def test_point_without_a_time_is_reported(tmp_path: Path) -> None:
    timeless = point(1.0)
    del timeless["timeUnixNano"]
    assert point_rows(tmp_path, metrics(timeless, point(2.0)))[0]["value"] == 2.0


def test_span_has_its_columns(tmp_path: Path) -> None:
    sent = span(session__id="s1", model="claude-x", duration_ms=9, request_id="r1")
    (row,) = read_rows(tmp_path / "traces.json", line(traces(sent)), "traces")
    expected = {
        "span_key": "5b8efff798038103d269b633813fc60c:eee19b7ec3c1b174",
        "trace_id": "5b8efff798038103d269b633813fc60c",
        "span_id": "eee19b7ec3c1b174",
        "parent_span_id": None,
        "span_name": "claude_code.llm_request",
        "span_kind": 1,
        "started_at": datetime(2026, 11, 20, 18, 16, 29, 156_000),  # noqa: DTZ001
        "duration_ms": 2.5,
        "status_code": 2,
        "session_id": "s1",
        "model": "claude-x",
        "request_id": "r1",
        "attributes_json": '{"duration_ms":9}',
    }
    assert {name: row[name] for name in expected} == expected


def test_span_may_be_unfinished(tmp_path: Path) -> None:
    unfinished = {**span(), "endTimeUnixNano": "0", "status": {}, "attributes": attributes({})}
    (row,) = read_rows(tmp_path / "traces.json", line(traces(unfinished)), "traces")
    assert (row["ended_at"], row["duration_ms"], row["status_code"]) == (None, None, 0)
