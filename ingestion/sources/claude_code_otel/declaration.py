"""The telemetry source: tables, who is named, how fresh it is."""

from datetime import timedelta
from typing import Any, Final

import pyarrow as pa

from ingestion.declared import (
    ADVICE_CLIENTS,
    Columns,
    Declaration,
    Files,
    Freshness,
    Person,
    Table,
    Timing,
    by_reader,
)
from ingestion.otlp.reading.tables import EVENTS, METRIC_POINTS, SPANS

_REJECTED_LINES: Final["list[pa.Field[Any]]"] = [
    pa.field("reject_key", pa.string(), nullable=False),
    pa.field("date_day", pa.date32()),
    pa.field("source_file", pa.string()),
    pa.field("source_line", pa.int64()),
    pa.field("reason", pa.string()),
    pa.field("rejected_at", pa.timestamp("us")),
]

REJECTED_LINES: Final = pa.schema(_REJECTED_LINES)

# Strongest first.
SENDER: Final = Person(
    {
        "account_id": "user_account_id",
        "account_uuid": "user_account_uuid",
        "email": "user_email",
        "enduser_id": "enduser_id",
        "user_id": "user_id",
    }
)
_REPOSITORY: Final = ("vcs_repository_url", "vcs_owner_name", "vcs_repository_name")


SOURCE: Final = Declaration(
    source_id="claude_code_otel",
    description="OpenTelemetry that Claude Code clients exported, through our receiver or a "
    "Collector, content dropped at the door.",
    kind="telemetry",
    prefix="otel",
    access=Files("OTLP_PATHS", by_reader("claude_code_otel", "open_files"), has_spool=True),
    # Pushed all day. A free weekend is normal: Friday is fresh until Tuesday noon.
    freshness=Freshness(timedelta(hours=84), ADVICE_CLIENTS),
    tables=(
        Table(
            "events",
            Columns(EVENTS),
            grain="log record, resent and re-read records once",
            title="Claude Code events",
            about="One record per request tool call or prompt",
            timing=Timing(
                1,
                2,
                "Clients batch for seconds and retry for minutes; a collector or the spool may "
                "hold a batch over a weekend evening",
            ),
            measures=(
                "input_tokens",
                "output_tokens",
                "cache_read_tokens",
                "cache_creation_tokens",
                "cost_usd",
            ),
            persons=(SENDER,),
            texts=(*_REPOSITORY, "git_branch", "attributes_json"),
            key_note="Request id, tool use and event name, or a hash of the record, made by the "
            "loader",
        ),
        Table(
            "metric_points",
            Columns(METRIC_POINTS),
            grain="data point of a metric, resent and re-read points once",
            title="Claude Code metrics",
            about="Counters exported at an interval",
            timing=Timing(
                1,
                2,
                "Exported every 60 s by default; a point belongs to the day its interval ends",
            ),
            mart_id="otel_metrics",
            measures=("value",),
            persons=(SENDER,),
            texts=(*_REPOSITORY, "attributes_json"),
            key_note="Hash of resource, scope, metric, attributes, start and end time, made by the "
            "loader",
        ),
        Table(
            "spans",
            Columns(SPANS),
            grain="span; empty unless clients export traces",
            title="Claude Code traces",
            about="Optional traces of requests and tool calls",
            timing=Timing(1, 2, "Beta and off by default; no mart reads them yet"),
            measures=("duration_ms",),
            values=("user_id", "user_email", "user_account_id"),
            texts=("attributes_json",),
            key_note="Trace id and span id",
        ),
        Table(
            "rejected_lines",
            Columns(REJECTED_LINES),
            grain="line, message or file that could not be read",
            texts=("source_file", "reason"),
            key_note="Hash of file, line and reason, made by the loader",
            is_gated=False,
        ),
    ),
    brings="Claude Code, request by request",
    example="`receive`, then `run`",
    variables={"OTLP_PATHS": "directories with Collector output"},
)
