"""The same export gives the same rows and keys, however it was encoded and wherever it was kept."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.otlp.decode import Signal, decode_body
from ingestion.otlp.privacy import drop_content
from ingestion.otlp.reading.events import EventBatch
from tests.ingestion.otlp.reading.exports import (
    RECORDED_DIR,
    TIME,
    attributes,
    collector_line,
    frame,
    line,
    logs,
    message,
    metrics,
    point,
    read,
    read_rows,
    record,
    span,
    traces,
)

EXPORTS: dict[Signal, dict[str, Any]] = {
    "logs": logs(
        record("api_request", request_id="r1", cost_usd=0.5, input_tokens=7, model="claude-x"),
        record("plugin_loaded", session__id="s", skill_path_count=0, share=2.0, has_hooks=True),
        record("odd", session__id="s", nested={"a": [1, 2.0, "x"], "b": {}}, none=[]),
        record("odd", session__id="s", big=2**53 + 1),
        record("tool_result", tool_parameters='{"git_commit_id":"a1","command":"rm"}'),
    ),
    "metrics": metrics(point(3.0, model="claude-x", type="input", share=2.0), point(4.5, rank=1)),
    "traces": traces(span(session__id="s", model="claude-x", attempt=1)),
}
ENCODERS: dict[str, Callable[[Signal, dict[str, Any]], bytes]] = {
    "client.json": lambda _, payload: line(payload),
    "spool.jsonl": lambda _, payload: line(drop_content(orjson.loads(orjson.dumps(payload)))),
    "spool_of_protobuf.jsonl": lambda signal, payload: line(
        drop_content(decode_body(signal, message(signal, payload), is_json=False))
    ),
    "collector.json": lambda _, payload: collector_line(payload),
    "collector.json.gz": lambda _, payload: gzip.compress(collector_line(payload)),
    "object.json": lambda _, payload: collector_line(payload).rstrip(b"\n"),
    "spread.json": lambda _, payload: json.dumps(payload, indent=2).encode(),
    "leading_blank_line.json": lambda _, payload: b"\n" + line(payload),
    "message.binpb": message,
    "message.binpb.gz": lambda signal, payload: gzip.compress(message(signal, payload)),
    "frames.proto": lambda signal, payload: frame(message(signal, payload)),
    "frames.proto.gz": lambda signal, payload: gzip.compress(frame(message(signal, payload))),
    "frames.json.zstd": lambda _, payload: frame(zstd(collector_line(payload))),
    "frames.proto.zstd": lambda signal, payload: frame(zstd(message(signal, payload))),
}


def zstd(body: bytes) -> bytes:
    compressed: bytes = pa.Codec("zstd").compress(body, asbytes=True)
    return compressed


def without_origin(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    stripped = [
        {name: cell for name, cell in row.items() if name not in ("source_file", "source_line")}
        for row in found
    ]
    return sorted(stripped, key=lambda row: str(next(iter(row.values()))))


@pytest.mark.parametrize("encoding", ENCODERS)
@pytest.mark.parametrize("signal", EXPORTS)
def test_encoding_does_not_matter(tmp_path: Path, signal: Signal, encoding: str) -> None:
    expected = read_rows(tmp_path / "expected.json", line(EXPORTS[signal]), signal)
    assert len(expected) >= 1
    content = ENCODERS[encoding](signal, EXPORTS[signal])
    found = read_rows(tmp_path / encoding, content, signal)
    assert without_origin(found) == without_origin(expected)


@pytest.mark.parametrize("encoding", ENCODERS)
@pytest.mark.parametrize("signal", EXPORTS)
def test_other_signals_are_passed_over(tmp_path: Path, signal: Signal, encoding: str) -> None:
    (tmp_path / encoding).write_bytes(ENCODERS[encoding](signal, EXPORTS[signal]))
    for other in EXPORTS.keys() - {signal}:
        (chunk,) = read(tmp_path, other)
        assert (chunk.table.num_rows, chunk.rejects) == (0, ())


def test_line_may_hold_all_signals(tmp_path: Path) -> None:
    mixed = EXPORTS["logs"] | EXPORTS["metrics"] | EXPORTS["traces"]
    counts = [
        len(read_rows(tmp_path / "telemetry.json", line(mixed), signal)) for signal in EXPORTS
    ]
    assert counts == [5, 2, 1]


def test_name_tells_the_signal_of_protobuf(tmp_path: Path) -> None:
    # Decodes as either; only the name says that there is nothing for spans in it.
    content = message("logs", logs({"body": {"stringValue": "claude_code.auth"}}))
    (tmp_path / "logs_2026.binpb").write_bytes(content)
    (chunk,) = read(tmp_path, "logs")
    assert [reject.reason for reject in chunk.rejects] == ["1 records without a time or an id"]
    (chunk,) = read(tmp_path, "traces")
    assert chunk.rejects == ()


def recorded_bodies() -> list[Path]:
    return sorted(
        path
        for path in (RECORDED_DIR / "otlp").iterdir()
        if not path.name.endswith(".headers.json")
    )


@pytest.mark.parametrize("path", recorded_bodies(), ids=lambda path: path.name)
def test_recorded_body_and_its_spool_line_agree(tmp_path: Path, path: Path) -> None:
    signal: Signal = "logs" if ".logs." in path.name else "metrics"
    body = path.read_bytes()
    direct = read_rows(tmp_path / path.name, body, signal)
    inflated = gzip.decompress(body) if path.suffix == ".gz" else body
    payload = decode_body(signal, inflated, is_json=".json" in path.name)
    undropped = collector_line(payload)
    spooled = line(drop_content(payload))
    for content in (spooled, undropped):
        found = read_rows(tmp_path / "copy.jsonl", content, signal)
        assert without_origin(found) == without_origin(direct)


plain_values = st.recursive(
    st.text(max_size=12)
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)
some_attributes = st.dictionaries(
    st.sampled_from(
        ("session.id", "model", "input_tokens", "cost_usd", "success", "source", "decision_source")
    )
    | st.sampled_from(("prompt", "request_id", "tool_use_id", "tool_parameters", "extra", "other"))
    | st.text(max_size=6),
    plain_values,
    max_size=8,
)


@given(
    st.lists(
        st.tuples(st.sampled_from(("api_request", "tool_result", "auth")), some_attributes),
        max_size=5,
    )
)
def test_rows_do_not_depend_on_the_receiver(sent: list[tuple[str, dict[str, Any]]]) -> None:
    records = [
        {
            "timeUnixNano": str(TIME + number * 10**6),
            "attributes": attributes({"event.name": name, **own}),
        }
        for number, (name, own) in enumerate(sent)
    ]
    body = orjson.dumps(logs(*records))
    fast, careful = EventBatch(), EventBatch()
    fast.add(orjson.loads(body), 1)
    careful.add(drop_content(decode_body("logs", body, is_json=True)), 1)
    assert without_origin(fast.table("x").to_pylist()) == without_origin(
        careful.table("x").to_pylist()
    )
