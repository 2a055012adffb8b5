"""Constants of the local-log source: tables, key measures."""

from typing import Any, Final

import pyarrow as pa

from . import rows

DATASET: Final = "raw_claude_code_logs"

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

RAW_TABLES: Final[dict[str, pa.Schema]] = {"usage_lines": pa.schema(_USAGE_LINES)}

MEASURES: Final = {"usage_lines": rows.MEASURES}
