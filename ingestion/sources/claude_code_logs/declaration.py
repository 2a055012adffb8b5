"""The local-log source: its table, what it tells of people, how fresh it is."""

from datetime import timedelta
from typing import Final

from ingestion.declared import (
    ADVICE_CLIENTS,
    Declaration,
    Files,
    Freshness,
    Table,
    Timing,
    Types,
    by_reader,
    names,
)

_USAGE_LINES: Final = {
    "line_key": "string",
    "date_day": "date32",
    "logged_at": "timestamp[us]",
    "session_id": "string",
    "project_dir": "string",
    "message_id": "string",
    "request_id": "string",
    "line_uuid": "string",
    "model": "string",
    "client_version": "string",
    "entrypoint": "string",
    "is_sidechain": "bool",
    "is_subagent_file": "bool",
    "agent_id": "string",
    "is_api_error": "bool",
    "input_tokens": "int64",
    "output_tokens": "int64",
    "cache_read_tokens": "int64",
    "cache_creation_tokens": "int64",
    "cache_creation_5m_tokens": "int64",
    "cache_creation_1h_tokens": "int64",
    "web_search_count": "int64",
    "web_fetch_count": "int64",
    "code_execution_count": "int64",
    "service_tier": "string",
    "speed": "string",
    "inference_geo": "string",
    "cost_usd": "double",
    "source_file": "string",
    "source_offset": "int64",
}
MEASURES: Final = names("input_tokens output_tokens cache_read_tokens cache_creation_tokens")


SOURCE: Final = Declaration(
    source_id="claude_code_logs",
    description="Usage records of Claude Code transcripts; nothing else of a transcript is read.",
    kind="local files",
    prefix="logs",
    access=Files("LOG_PATHS", land=by_reader("claude_code_logs", "land")),
    # Handed over by people, weekly at the latest.
    freshness=Freshness(timedelta(days=8), ADVICE_CLIENTS),
    tables=(
        Table(
            "usage_lines",
            Types(_USAGE_LINES),
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
            measures=MEASURES,
            texts=("project_dir", "source_file"),
            key_note="Hash of session, response, request, model and usage, made by the loader",
        ),
    ),
    brings="the same from session logs; usage, ids and times only",
    example="`ingest claude_code_logs --path ~/.claude`",
    variables={"LOG_PATHS": "directories with local session logs"},
)
