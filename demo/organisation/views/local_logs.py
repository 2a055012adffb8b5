"""Session logs of the people whose machines hand them in, as Claude Code keeps them.

Beside usage a line holds a made-up text, so that dropping content has something to drop.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb
import orjson

from .clients import client_version
from .telemetry_sessions import uuid_of

# Stands wherever a real transcript holds what people and models wrote.
PLANTED_TEXT: Final = "made-up content that no table may hold"

_REQUESTS_PER_PROMPT: Final = 4
_ROWS_READ: Final = 50_000
_REQUESTS_SQL: Final = """
    select
        requests.person_id, requests.session_id, requests.date_day, requests.request_id,
        strftime(requests.requested_at, '%Y-%m-%dT%H:%M:%S.%gZ') as timestamp,
        requests.claude_model_id as model, requests.input_tokens, requests.output_tokens,
        requests.cache_read_tokens, requests.cache_write_5m_tokens, requests.cache_write_1h_tokens,
        requests.web_search_count, coalesce(memberships.team, '') as team
    from requests
    left join memberships
        on
            requests.person_id = memberships.person_id
            and requests.date_day >= memberships.valid_from_date
            and requests.date_day < coalesce(memberships.valid_to_date, date '9999-12-31')
    where requests.seen_by_logs
    order by requests.person_id, requests.session_id, requests.requested_at, requests.request_id
"""


class _Request(NamedTuple):
    person_id: int
    session_id: str
    date_day: date
    request_id: str
    timestamp: str
    model: str
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    web_search_count: int
    team: str


def write_local_logs(truth: duckdb.DuckDBPyConnection, directory: Path) -> None:
    """Write one directory per machine, one file per session.

    Args:
        truth: Connection to the truth.
        directory: Where to write.
    """
    rows = _rows(truth)
    for (person_id, session_id), group in groupby(rows, key=lambda row: row[:2]):
        requests = list(group)
        team = requests[0].team.replace(" ", "-").lower()
        project = directory / f"machine-{person_id:05}" / "projects" / f"-home-dev-{team}"
        project.mkdir(parents=True, exist_ok=True)
        lines = b"\n".join(_lines(requests, f"/home/dev/{team}"))
        (project / f"{session_id}.jsonl").write_bytes(lines + b"\n")


def _rows(truth: duckdb.DuckDBPyConnection) -> Iterator[_Request]:
    reader = truth.execute(_REQUESTS_SQL).to_arrow_reader(_ROWS_READ)
    for batch in reader:
        columns = (column.to_pylist() for column in batch.columns)
        yield from map(_Request._make, zip(*columns, strict=True))


def _lines(requests: Sequence[_Request], cwd: str) -> Iterator[bytes]:
    """Lines of a session: prompts, and one line per part of each answer."""
    parent: str | None = None
    for number, request in enumerate(requests):
        session = {
            "userType": "external",
            "entrypoint": "cli",
            "cwd": cwd,
            "sessionId": request.session_id,
            "version": client_version(request.date_day, request.person_id),
            "gitBranch": "main",
        }
        is_prompt = number % _REQUESTS_PER_PROMPT == 0
        content = PLANTED_TEXT if is_prompt else [_tool_result(requests[number - 1])]
        asked = {"type": "user", "message": {"role": "user", "content": content}}
        parts: list[dict[str, Any]] = [asked, *_answer(request)]
        for part, values in enumerate(parts):
            uuid = uuid_of(f"line {part} of {request.request_id}")
            envelope = {"parentUuid": parent, "isSidechain": False}
            line = {"uuid": uuid, "timestamp": request.timestamp, **session}
            yield orjson.dumps({**envelope, **values, **line})
            parent = uuid


def _tool_result(request: _Request) -> dict[str, Any]:
    return {
        "tool_use_id": _tool_use_id(request),
        "type": "tool_result",
        "content": PLANTED_TEXT,
    }


def _answer(request: _Request) -> Iterator[dict[str, Any]]:
    """One record per content block, all with the usage of the whole answer."""
    usage = {
        "input_tokens": request.input_tokens,
        "cache_creation_input_tokens": (
            request.cache_write_5m_tokens + request.cache_write_1h_tokens
        ),
        "cache_read_input_tokens": request.cache_read_tokens,
        "output_tokens": request.output_tokens,
        "server_tool_use": {
            "web_search_requests": request.web_search_count,
            "web_fetch_requests": 0,
        },
        "service_tier": "standard",
        "cache_creation": {
            "ephemeral_1h_input_tokens": request.cache_write_1h_tokens,
            "ephemeral_5m_input_tokens": request.cache_write_5m_tokens,
        },
        "inference_geo": "not_available",
        "speed": "standard",
    }
    blocks: list[dict[str, Any]] = [{"type": "text", "text": PLANTED_TEXT}]
    if request.output_tokens % 2:
        edit = {"file_path": PLANTED_TEXT, "new_string": PLANTED_TEXT}
        blocks.append(
            {"type": "tool_use", "id": _tool_use_id(request), "name": "Edit", "input": edit}
        )
    for position, block in enumerate(blocks):
        message = {
            "id": f"msg_{request.request_id.removeprefix('req_')}",
            "type": "message",
            "role": "assistant",
            "model": request.model,
            "content": [block],
            "stop_reason": "tool_use" if len(blocks) > 1 else "end_turn",
            "stop_sequence": None,
            "usage": usage,
        }
        yield {
            "message": message,
            "apiBlockIndex": position,
            "requestId": request.request_id,
            "type": "assistant",
        }


def _tool_use_id(request: _Request) -> str:
    return f"toolu_{request.request_id.removeprefix('req_')}00"
