"""A line becomes a row by its own usage alone, whatever else stands in it."""

import json
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest

from ingestion.sources.claude_code_logs.declaration import SOURCE
from ingestion.sources.claude_code_logs.rows import ROW_COLUMNS, Place, RejectedLine, UsageRows
from tests.ingestion.claude_code_logs.transcripts import (
    OTHER_SESSION,
    SESSION,
    encoded,
    message,
    record,
    rows_in,
    usage,
    without,
)

PLACE = Place("-repo-demo", False, f"-repo-demo/{SESSION}.jsonl")
DECOY = {"input_tokens": 999_999, "output_tokens": 999_999}


def rows_of(*lines: bytes) -> list[dict[str, Any]]:
    rows = UsageRows()
    for number, line in enumerate(lines):
        rows.add(line, PLACE, number)
    with TemporaryDirectory() as scratch, duckdb.connect() as connection:
        file = Path(scratch, "rows.json")
        file.write_bytes(rows.encoded())
        found = rows_in(connection, [file]).order("source_offset")
        return found.to_arrow_table().to_pylist()


def row_of(fields: dict[str, Any]) -> dict[str, Any]:
    (row,) = rows_of(encoded(fields))
    return row


def test_every_column_of_a_line() -> None:
    row = row_of(record(agentId="a1", isApiErrorMessage=False, costUSD=0.25))
    assert len(row.pop("line_key")) == 32
    assert row == {
        "date_day": date(2026, 11, 20),
        "logged_at": datetime(2026, 11, 20, 18, 16, 34, 534_000),  # noqa: DTZ001
        "session_id": SESSION,
        "project_dir": "-repo-demo",
        "message_id": "msg_1",
        "request_id": "req_1",
        "line_uuid": "00000000-0000-4000-8000-000000000002",
        "model": "claude-sonnet-5-5",
        "client_version": "2.1.329",
        "entrypoint": "cli",
        "is_sidechain": False,
        "is_subagent_file": False,
        "agent_id": "a1",
        "is_api_error": False,
        "input_tokens": 10,
        "output_tokens": 50,
        "cache_read_tokens": 4_000,
        "cache_creation_tokens": 300,
        "cache_creation_5m_tokens": 200,
        "cache_creation_1h_tokens": 100,
        "web_search_count": 1,
        "web_fetch_count": 2,
        "code_execution_count": None,
        "service_tier": "standard",
        "speed": "standard",
        "inference_geo": "not_available",
        "cost_usd": 0.25,
        "source_file": f"-repo-demo/{SESSION}.jsonl",
        "source_offset": 0,
    }


def test_a_row_has_the_columns_of_the_table() -> None:
    assert {*ROW_COLUMNS, "date_day"} == set(SOURCE.schemas["usage_lines"].names)


def test_no_lines_are_no_rows() -> None:
    assert rows_of() == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            record(message=message(usage=without(usage(), "cache_creation"))),
            {
                "cache_creation_tokens": 300,
                "cache_creation_5m_tokens": None,
                "cache_creation_1h_tokens": None,
            },
            id="no split of cache writes",
        ),
        pytest.param(
            record(message=message(usage=usage(cache_creation=None, server_tool_use=None))),
            {"cache_creation_5m_tokens": None, "web_search_count": None},
            id="null objects",
        ),
        pytest.param(
            record(message=message(usage=dict.fromkeys(usage()))),
            {"input_tokens": None, "output_tokens": None, "speed": None},
            id="usage of nulls",
        ),
        pytest.param(
            record(requestId=None, isSidechain=None, version=None, agentId=None),
            {"request_id": None, "is_sidechain": False, "client_version": None},
            id="null envelope",
        ),
        pytest.param(
            record(requestId="", version="", message=message(model="")),
            {"request_id": None, "client_version": None, "model": None},
            id="empty text is null",
        ),
        pytest.param(without(record(), "sessionId"), {"session_id": None}, id="no session id"),
        pytest.param(
            record(message=message(model="<synthetic>"), isApiErrorMessage=True),
            {"model": "<synthetic>", "is_api_error": True},
            id="synthetic",
        ),
        pytest.param(
            record(timestamp="2026-11-21T01:30:00+02:00"),
            {"date_day": date(2026, 11, 20)},
            id="another time zone",
        ),
        pytest.param(
            record(timestamp="2026-11-20T18:16:34", requestId='a\0"b\u2028'),
            {"request_id": 'a\0"b\u2028'},
            id="odd but valid",
        ),
        pytest.param(
            record(message=message(usage=usage(input_tokens=2**63 - 1)), costUSD=0.1 + 0.2),
            {"input_tokens": 2**63 - 1, "cost_usd": 0.1 + 0.2},
            id="every digit",
        ),
        pytest.param(record(type="something new"), {"input_tokens": 10}, id="another type"),
    ],
)
def test_what_a_field_becomes(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    row = row_of(fields)
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("other", "count"),
    [
        pytest.param(record(uuid="u2"), 1, id="next content block"),
        pytest.param(record(cwd="/elsewhere", gitBranch="other"), 1, id="copy"),
        pytest.param(record(message=message(usage=usage(output_tokens=1))), 2, id="streamed"),
        pytest.param(record(sessionId=OTHER_SESSION), 2, id="fork with its own session id"),
        pytest.param(record(requestId="req_2"), 2, id="side question, new request"),
        pytest.param(record(isSidechain=True), 2, id="side conversation"),
        pytest.param(record(message=message(id="msg_2")), 2, id="another answer"),
        pytest.param(record(message=message(model="claude-opus-5-5")), 2, id="another model"),
        pytest.param(
            record(message=message(usage=usage(cache_creation=None))), 2, id="split known later"
        ),
    ],
)
def test_each_distinct_record_once(other: dict[str, Any], count: int) -> None:
    rows = rows_of(encoded(record()), encoded(other))
    assert len(rows) == count
    assert len({row["line_key"] for row in rows}) == count


def test_without_message_id_the_uuid_tells_lines_apart() -> None:
    bare = without(message(), "id")
    first, second = record(message=bare, uuid="u1"), record(message=bare, uuid="u2")
    assert len(rows_of(encoded(first), encoded(first), encoded(second))) == 2


def test_lines_without_any_id_are_never_merged() -> None:
    line = encoded(without(record(message=without(message(), "id")), "uuid"))
    assert len(rows_of(line, line)) == 2
    assert rows_of(line, line)[1]["line_key"] == rows_of(line, line)[1]["line_key"]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"type": "user", "toolUseResult": {"usage": DECOY}}, id="result of a task"),
        pytest.param({"type": "user", "toolUseResult": record()}, id="nested transcript line"),
        pytest.param({"type": "progress", "data": {"message": record()}}, id="progress"),
        pytest.param({"type": "system", "message": "told", "usage": DECOY}, id="usage elsewhere"),
        pytest.param(record(message=message(usage=None)), id="null usage"),
        pytest.param(
            record(message=message(usage=None, content=[{"type": "text", "usage": DECOY}])),
            id="usage of a content block",
        ),
        pytest.param(record(message=[message()]), id="messages in a list"),
        pytest.param(
            {"type": "user", "message": {"role": "user", "content": json.dumps(record())}},
            id="text of a transcript",
        ),
    ],
)
def test_usage_counts_only_where_an_answer_has_it(fields: dict[str, Any]) -> None:
    assert rows_of(encoded(fields)) == []


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(
            record(message=message(content=[{"type": "tool_use", "input": {"usage": DECOY}}])),
            id="tool input",
        ),
        pytest.param(
            record(message=message(content=[{"type": "text", "text": json.dumps(record())}])),
            id="text",
        ),
        pytest.param(
            record(message=message(content=[{'x"usage': DECOY, '}],"usage":{': 1}])), id="keys"
        ),
        pytest.param(record(toolUseResult=record(message=message(usage=DECOY))), id="nested last"),
        pytest.param(
            {"toolUseResult": record(message=message(usage=DECOY)), **record()}, id="nested first"
        ),
        pytest.param(record(usage=DECOY), id="beside the message"),
        pytest.param(
            record(message={"usage": usage(), **without(message(), "usage")}), id="usage first"
        ),
        pytest.param(
            record(message=message(usage=usage(iterations=[DECOY], cache_creation_extra=DECOY))),
            id="within usage",
        ),
    ],
)
def test_decoys_change_nothing(fields: dict[str, Any]) -> None:
    assert rows_of(encoded(fields), encoded(record())) == [row_of(record())]


def test_spaces_between_tokens_change_nothing() -> None:
    assert rows_of(json.dumps(record(), indent=1).encode()) == [row_of(record())]


@pytest.mark.parametrize("half", [b"\\ud83d", b"\xff\xfe"])
def test_half_a_character_in_content_loses_no_usage(half: bytes) -> None:
    line = encoded(record()).replace(b"done", half)
    assert rows_of(line) == [row_of(record())]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (encoded(record())[:-20], "Expecting"),
        (encoded(record(message=message(usage=usage(input_tokens="many")))), "input_tokens"),
        (encoded(record(message=message(usage=usage(output_tokens=-1)))), "output_tokens"),
        (encoded(record(message=message(usage=usage(output_tokens=2**63)))), "output_tokens"),
        (encoded(record(message=message(usage=usage(input_tokens=True)))), "input_tokens"),
        (encoded(record(message=message(usage=[1]))), "usage"),
        (encoded(record(timestamp=None)), "timestamp"),
        (encoded(record(timestamp="yesterday")), "timestamp"),
        (encoded(record(timestamp="0001-01-01T00:00:00+14:00")), "timestamp"),
        (encoded(record()).replace(b"2.1.329", b"\\ud83d"), "half a character"),
        (encoded(record(requestId="r" * 5_000)), "length"),
        (b'{"a":' * 100_000 + b'"usage"', "recursion"),
    ],
)
def test_a_line_that_cannot_be_read_says_why(line: bytes, reason: str) -> None:
    with pytest.raises(RejectedLine, match=reason):
        rows_of(line)


@pytest.mark.parametrize(
    "line",
    [
        encoded(record(message=message(usage=usage(input_tokens="MARKER")))),
        encoded(record(timestamp="MARKER")),
        encoded(record(message=message(content="MARKER")))[:-20],
        encoded(record(version="MARKER")).replace(b"MARKER", b"MARKER\\ud83d"),
        b'{"MARKER":"usage" MARKER}',
    ],
)
def test_the_reason_quotes_nothing(line: bytes) -> None:
    with pytest.raises(RejectedLine) as caught:
        rows_of(line)
    assert "MARKER" not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__
