"""Whatever comes in: a line of valid JSON with exact numbers, or a refusal; never anything else."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingestion.otlp.decode import ROOT_FIELDS, SIGNALS, Signal, UndecodableBodyError
from ingestion.otlp.receiving import export
from ingestion.otlp.receiving.export import spool_line
from tests.ingestion.otlp.receiving.running_receiver import RECORDED_DIR

FUZZ = settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
PROTOBUF_BODIES = [path.read_bytes() for path in sorted(RECORDED_DIR.glob("*.pb"))] + [
    gzip.decompress(path.read_bytes()) for path in sorted(RECORDED_DIR.glob("*.pb.gz"))
]
JSON_BODIES = [path.read_bytes() for path in sorted(RECORDED_DIR.glob("*s.json"))]
FIELDS = [
    *ROOT_FIELDS.values(),
    "resource",
    "attributes",
    "scopeLogs",
    "scopeMetrics",
    "scopeSpans",
    "scope",
    "logRecords",
    "metrics",
    "spans",
    "events",
    "links",
    "status",
    "body",
    "key",
    "value",
    "values",
    "stringValue",
    "intValue",
    "doubleValue",
    "boolValue",
    "bytesValue",
    "arrayValue",
    "kvlistValue",
    "sum",
    "gauge",
    "histogram",
    "dataPoints",
    "exemplars",
    "asInt",
    "asDouble",
    "count",
    "bucketCounts",
    "timeUnixNano",
    "traceId",
    "name",
    "eventName",
    "severityText",
    "schemaUrl",
    "flags",
    "unknown",
]


@pytest.fixture(autouse=True)
def _decoder_must_not_break(monkeypatch: pytest.MonkeyPatch) -> None:
    """The net under the decoder is for what nobody thought of; here it would hide a fault."""

    def fail(message: str, *values: object) -> None:
        raise AssertionError(message % values)

    monkeypatch.setattr(export.logger, "error", fail)


def refused_or_valid(signal: Signal, body: bytes, *, is_json: bool) -> None:
    try:
        line = spool_line(signal, body, is_json=is_json)
    except UndecodableBodyError:
        return
    if not line:
        return
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    stored = json.loads(line, parse_constant=refuse_constant)
    assert list(stored) == [ROOT_FIELDS[signal]]
    # A line that is read and written again stays as it is, so all of it is valid.
    assert spool_line(signal, line, is_json=True) == line


def refuse_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


signals = st.sampled_from(SIGNALS)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.integers(0, 2**70).map(str)
    | st.sampled_from(["prompt", "NaN", "aa", "tool_parameters", '{"git_branch":"b"}'])
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5)
    ),
    max_leaves=30,
)


def nested_as_the_protocol_does(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Exports that are right down to some level and random from there on."""

    def mostly(right: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.sampled_from([right] * 11 + [leaf]).flatmap(lambda chosen: chosen)

    def lists(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return mostly(st.lists(of, min_size=1, max_size=2))

    def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return mostly(st.fixed_dictionaries({}, optional=fields))

    value = objects(
        stringValue=leaf,
        intValue=leaf,
        doubleValue=leaf,
        arrayValue=objects(values=lists(objects(stringValue=leaf, kvlistValue=leaf))),
        kvlistValue=objects(values=lists(objects(key=st.just("prompt") | leaf, value=leaf))),
    )
    attributes = lists(objects(key=st.sampled_from(["tool_parameters", "model"]), value=value))
    points = lists(
        objects(attributes=attributes, asInt=leaf, asDouble=leaf, timeUnixNano=leaf, count=leaf)
    )
    return st.fixed_dictionaries(
        {},
        optional={
            "resourceLogs": lists(
                objects(
                    resource=objects(attributes=attributes),
                    scopeLogs=lists(
                        objects(
                            logRecords=lists(
                                objects(
                                    body=value,
                                    attributes=attributes,
                                    timeUnixNano=leaf,
                                    eventName=leaf,
                                )
                            )
                        )
                    ),
                )
            ),
            "resourceMetrics": lists(
                objects(
                    scopeMetrics=lists(
                        objects(
                            metrics=lists(
                                objects(
                                    name=leaf,
                                    sum=objects(dataPoints=points, aggregationTemporality=leaf),
                                    histogram=objects(dataPoints=points),
                                )
                            )
                        )
                    )
                )
            ),
            "resourceSpans": lists(
                objects(
                    scopeSpans=lists(
                        objects(
                            spans=lists(
                                objects(
                                    traceId=leaf,
                                    status=objects(message=leaf, code=leaf),
                                    events=lists(objects(name=leaf, attributes=attributes)),
                                )
                            )
                        )
                    )
                )
            ),
        },
    )


@FUZZ
@given(signals, st.binary(max_size=400), st.booleans())
@example("logs", b"", True)
@example("traces", b"\x0a\x00", False)
def test_random_bytes(signal: Signal, body: bytes, is_json: bool) -> None:
    refused_or_valid(signal, body, is_json=is_json)


@FUZZ
@given(signals, trees)
def test_random_json(signal: Signal, tree: Any) -> None:  # noqa: ANN401  # any JSON
    refused_or_valid(signal, json.dumps(tree).encode(), is_json=True)
    refused_or_valid(signal, json.dumps({ROOT_FIELDS[signal]: [tree]}).encode(), is_json=True)


@FUZZ
@given(signals, nested_as_the_protocol_does(trees))
def test_exports_with_random_parts(signal: Signal, export: Any) -> None:  # noqa: ANN401
    body = json.dumps(export, ensure_ascii=False).encode("utf-8", "surrogatepass")
    refused_or_valid(signal, body, is_json=True)


mutations = st.lists(
    st.tuples(st.integers(0, 2**20), st.binary(min_size=0, max_size=3), st.integers(0, 3)),
    min_size=1,
    max_size=6,
)


def mutated(body: bytes, changes: list[tuple[int, bytes, int]]) -> bytes:
    """Replace some bytes, insert some, cut some out."""
    for place, inserted, removed in changes:
        start = place % (len(body) + 1)
        body = body[:start] + inserted + body[start + removed :]
    return body


@FUZZ
@given(signals, st.sampled_from(PROTOBUF_BODIES), mutations)
def test_mutated_protobuf(
    signal: Signal, body: bytes, changes: list[tuple[int, bytes, int]]
) -> None:
    refused_or_valid(signal, mutated(body, changes), is_json=False)


@FUZZ
@given(st.sampled_from(JSON_BODIES), mutations)
def test_mutated_json(body: bytes, changes: list[tuple[int, bytes, int]]) -> None:
    signal: Signal = "logs" if b"resourceLogs" in body else "metrics"
    refused_or_valid(signal, mutated(body, changes), is_json=True)


@FUZZ
@given(st.integers(-(2**63), 2**63 - 1), st.integers(1, 2**63 - 1), st.booleans())
def test_integers_stay_exact(number: int, nanoseconds: int, as_text: bool) -> None:
    value = str(number) if as_text else number
    sent = {
        "timeUnixNano": str(nanoseconds) if as_text else nanoseconds,
        "attributes": [{"key": "input_tokens", "value": {"intValue": value}}],
    }
    body = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [sent]}]}]}).encode()
    stored = json.loads(spool_line("logs", body, is_json=True))
    (kept,) = stored["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    assert kept["timeUnixNano"] == str(nanoseconds)
    assert kept["attributes"][0]["value"] == {"intValue": number}
