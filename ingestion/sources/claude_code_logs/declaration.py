"""The local-log source: its table, what it tells of people, how fresh it is."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from ingestion.declared import (
    ADVICE_CLIENTS,
    Columns,
    Declaration,
    Files,
    Freshness,
    Table,
    Timing,
)

if TYPE_CHECKING:
    from dlt.extract import DltSource

_USAGE_LINES: Final["list[pa.Field[Any]]"] = [
    pa.field("line_key", pa.string(), nullable=False),
    pa.field("date_day", pa.date32()),
    pa.field("logged_at", pa.timestamp("us")),
    pa.field("session_id", pa.string()),
    pa.field("project_dir", pa.string()),
    pa.field("message_id", pa.string()),
    pa.field("request_id", pa.string()),
    pa.field("line_uuid", pa.string()),
    pa.field("model", pa.string()),
    pa.field("client_version", pa.string()),
    pa.field("entrypoint", pa.string()),
    pa.field("is_sidechain", pa.bool_()),
    pa.field("is_subagent_file", pa.bool_()),
    pa.field("agent_id", pa.string()),
    pa.field("is_api_error", pa.bool_()),
    pa.field("input_tokens", pa.int64()),
    pa.field("output_tokens", pa.int64()),
    pa.field("cache_read_tokens", pa.int64()),
    pa.field("cache_creation_tokens", pa.int64()),
    pa.field("cache_creation_5m_tokens", pa.int64()),
    pa.field("cache_creation_1h_tokens", pa.int64()),
    pa.field("web_search_count", pa.int64()),
    pa.field("web_fetch_count", pa.int64()),
    pa.field("code_execution_count", pa.int64()),
    pa.field("service_tier", pa.string()),
    pa.field("speed", pa.string()),
    pa.field("inference_geo", pa.string()),
    pa.field("cost_usd", pa.float64()),
    pa.field("source_file", pa.string()),
    pa.field("source_offset", pa.int64()),
]

USAGE_LINES: Final = pa.schema(_USAGE_LINES)


def _open(paths: Sequence[Path], _period: str | None = None) -> "DltSource":
    from .reader import claude_code_logs

    return claude_code_logs(paths)


SOURCE: Final = Declaration(
    source_id="claude_code_logs",
    description="Usage records of Claude Code transcripts; nothing else of a transcript is read.",
    kind="local files",
    prefix="logs",
    access=Files("LOG_PATHS", _open),
    # Handed over by people, weekly at the latest.
    freshness=Freshness(timedelta(days=8), ADVICE_CLIENTS),
    tables=(
        Table(
            "usage_lines",
            Columns(USAGE_LINES),
            grain="distinct usage record of a transcript line; equal copies once",
            title="Claude Code transcripts",
            about="Usage fields of the session files on a developer's machine",
            timing=Timing(
                24,
                30,
                "Handed in by hand or by a script; clients delete them after 30 days by default so "
                "nothing older arrives",
            ),
            mart_id="local_logs",
            measures=(
                "input_tokens",
                "output_tokens",
                "cache_read_tokens",
                "cache_creation_tokens",
            ),
            texts=("project_dir", "source_file"),
            key_note="Hash of session, response, request, model and usage, made by the loader",
        ),
    ),
    brings="the same from session logs; usage, ids and times only",
    example="`ingest claude_code_logs --path ~/.claude`",
    variables={"LOG_PATHS": "directories with local session logs"},
)
