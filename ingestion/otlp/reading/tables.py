"""Columns of the raw telemetry tables, and the attributes that fill them.

Attributes that have no column stay in `attributes_json`.
"""

from typing import Any, Final

import pyarrow as pa

_BIGINT: Final = frozenset(
    {
        "time_unix_nano",
        "start_time_unix_nano",
        "event_sequence",
        "input_tokens",
        "output_tokens",
        "cache_read_tokens",
        "cache_creation_tokens",
        "cache_creation_5m_tokens",
        "cache_creation_1h_tokens",
        "cost_usd_micros",
        "duration_ms",
        "ttft_ms",
        "attempt",
        "total_attempts",
        "tool_input_size_bytes",
        "tool_result_size_bytes",
        "prompt_length",
        "response_length",
        "source_line",
    }
)
_DOUBLE: Final = frozenset({"cost_usd", "value"})
_INTEGER: Final = frozenset({"temporality", "span_kind"})
_BOOLEAN: Final = frozenset({"success", "is_monotonic"})

# Who, where and with what: on every event and data point, or on its resource.
_COMMON: Final = {
    "session_id": "session.id",
    "organization_id": "organization.id",
    "user_id": "user.id",
    "user_account_uuid": "user.account_uuid",
    "user_account_id": "user.account_id",
    "user_email": "user.email",
    "enduser_id": "enduser.id",
    "provider": "anthropic.provider",
    "terminal_type": "terminal.type",
    "app_version": "app.version",
    "app_entrypoint": "app.entrypoint",
    "service_name": "service.name",
    "service_version": "service.version",
    "os_type": "os.type",
    "os_version": "os.version",
    "host_arch": "host.arch",
    "department": "department",
    "team_id": "team.id",
    "cost_center": "cost_center",
    "user_groups": "user.groups",
    "vcs_repository_url": "vcs.repository.url.full",
    "vcs_owner_name": "vcs.owner.name",
    "vcs_repository_name": "vcs.repository.name",
    "vcs_provider_name": "vcs.provider.name",
}
_ATTRIBUTION: Final = {
    "agent_name": "agent.name",
    "skill_name": "skill.name",
    "plugin_name": "plugin.name",
    "marketplace_name": "marketplace.name",
    "mcp_server_name": "mcp_server.name",
    "mcp_tool_name": "mcp_tool.name",
}


def _same(*names: str) -> dict[str, str]:
    """Columns named as their attribute."""
    return {name: name for name in names}


# Column to attribute, in column order.
EVENT_ATTRIBUTES: Final[dict[str, str]] = {
    "event_sequence": "event.sequence",
    "session_id": "session.id",
    "prompt_id": "prompt.id",
    **_COMMON,
    **_same("model", "request_id", "client_request_id", "query_source", "speed", "effort"),
    **_same("input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"),
    **_same("cache_creation_5m_tokens", "cache_creation_1h_tokens"),
    **_same("cost_usd", "cost_usd_micros", "duration_ms", "ttft_ms"),
    **_same("status_code", "attempt", "total_attempts", "error_type", "success"),
    **_same("tool_name", "tool_use_id", "tool_source"),
    **_same("decision", "decision_source", "decision_type", "permission_mode"),
    **_same("tool_input_size_bytes", "tool_result_size_bytes"),
    **_same("git_commit_id", "git_branch", "subagent_type"),
    **_same("prompt_length", "response_length"),
    **_ATTRIBUTION,
    **_same("command_name", "command_source"),
    "message_uuid": "message.uuid",
    "workflow_run_id": "workflow.run_id",
}
POINT_ATTRIBUTES: Final[dict[str, str]] = {
    **_COMMON,
    "metric_type": "type",
    **_same("model", "query_source", "speed", "effort", "start_type", "tool_name", "decision"),
    "decision_source": "source",
    "language": "language",
    **_ATTRIBUTION,
}
SPAN_ATTRIBUTES: Final[dict[str, str]] = {
    "session_id": "session.id",
    "user_id": "user.id",
    "user_email": "user.email",
    "user_account_id": "user.account_id",
    "service_name": "service.name",
    "service_version": "service.version",
    **_same("model", "request_id", "tool_name"),
}


def column_type(name: str) -> pa.DataType:
    """Type of a raw column, told by its name alone."""
    if name in _BIGINT:
        return pa.int64()
    if name in _DOUBLE:
        return pa.float64()
    if name in _INTEGER:
        return pa.int32()
    if name in _BOOLEAN:
        return pa.bool_()
    if name == "date_day":
        return pa.date32()
    if name.endswith("_at"):
        return pa.timestamp("us")
    return pa.string()


def _schema(key: str, *names: str, **other_types: pa.DataType) -> pa.Schema:
    fields: list[pa.Field[Any]] = [pa.field(key, pa.string(), nullable=False)]
    fields += [pa.field(name, other_types.get(name, column_type(name))) for name in names]
    return pa.schema(fields)


_ORIGIN: Final = ("attributes_json", "source_file", "source_line")

EVENTS: Final = _schema(
    "event_key",
    "date_day",
    "event_name",
    "event_at",
    "time_unix_nano",
    *EVENT_ATTRIBUTES,
    *_ORIGIN,
)
METRIC_POINTS: Final = _schema(
    "point_key",
    "date_day",
    "metric_name",
    "metric_kind",
    "unit",
    "temporality",
    "is_monotonic",
    "series_key",
    "start_at",
    "point_at",
    "start_time_unix_nano",
    "time_unix_nano",
    "value",
    *POINT_ATTRIBUTES,
    *_ORIGIN,
)
SPANS: Final = _schema(
    "span_key",
    "date_day",
    "trace_id",
    "span_id",
    "parent_span_id",
    "span_name",
    "span_kind",
    "started_at",
    "ended_at",
    "duration_ms",
    "status_code",
    *SPAN_ATTRIBUTES,
    *_ORIGIN,
    # A span's times are exact to the nanosecond; its status is the protocol's enumeration.
    duration_ms=pa.float64(),
    status_code=pa.int32(),
)
