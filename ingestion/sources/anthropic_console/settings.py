"""Constants of the Console source: tables, key measures, windows, limits."""

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from ingestion.http.records import COUNT, FLAG, MOMENT, TEXT, TableSpec, raw_schema
from ingestion.pulls import PULLS, PULLS_SCHEMA

__all__ = ["DATASET", "MEASURES", "PULLS", "RAW_TABLES", "TABLES"]

DATASET: Final = "raw_anthropic_console"

# What messages call the key, and what it must be.
KEY_SETTING: Final = "CLAUDE_ANALYTICS_CONSOLE_ADMIN_KEY"
KEY_SCOPE: Final = "an Admin API key of the Console organisation (sk-ant-admin01-…)"

# --- windows -----------------------------------------------------------------------------------
# How late rows may come is not published for any of these endpoints.

# The report returns nothing younger than an hour.
CLAUDE_CODE_LAG_MINUTES: Final = 60
CLAUDE_CODE_REREAD_DAYS: Final = 3
# Usage and cost follow a request within five minutes.
REPORT_LAG_MINUTES: Final = 5
REPORT_REREAD_DAYS: Final = 5
# Bills of a month are settled after its end, so the month is read once more.
MONTH_REREAD_DAY: Final = 3
# The most buckets that a page may hold; one page is then the whole window.
REPORT_DAYS_PER_QUERY: Final = 31
BATCH_DAYS: Final = 31

# --- limits ------------------------------------------------------------------------------------

# Not published for the Claude Code report and the objects: as careful as the strictest limit that
# is published for another part of the API.
REQUESTS_PER_MINUTE: Final = 60
# Usage and cost may be polled once a minute each; the pages of a poll are free.
POLLS_PER_MINUTE: Final = 1
PAGE_ROWS: Final = 1000
# Needed to group usage by speed.
SPEED_BETA: Final = "fast-mode-2026-02-01"

# --- tables ------------------------------------------------------------------------------------

USAGE_GROUPS: Final = (
    "api_key_id",
    "workspace_id",
    "model",
    "service_tier",
    "context_window",
    "inference_geo",
    "account_id",
    "service_account_id",
    "speed",
)
COST_GROUPS: Final = ("workspace_id", "description")

_TOOLS: Final = ("edit_tool", "multi_edit_tool", "write_tool", "notebook_edit_tool")
TOOL_KEYS: Final = frozenset(_TOOLS)

_CLAUDE_CODE_KEYS: Final = (
    "organization_id",
    "actor__type",
    "actor__email_address",
    "actor__api_key_name",
    "customer_type",
    "subscription_type",
    "is_remote",
    "terminal_type",
)
_CLAUDE_CODE_ROWS: Final[dict[str, pa.DataType]] = {
    **dict.fromkeys(_CLAUDE_CODE_KEYS, TEXT),
    "is_remote": FLAG,
    "core_metrics__num_sessions": COUNT,
    "core_metrics__lines_of_code__added": COUNT,
    "core_metrics__lines_of_code__removed": COUNT,
    "core_metrics__commits_by_claude_code": COUNT,
    "core_metrics__pull_requests_by_claude_code": COUNT,
    **{
        f"tool_actions__{tool}__{answer}": COUNT
        for tool in _TOOLS
        for answer in ("accepted", "rejected")
    },
    "other_tool_actions_json": TEXT,
}
_CLAUDE_CODE_MODELS: Final[dict[str, pa.DataType]] = {
    "parent_row_key": TEXT,
    "model": TEXT,
    "tokens__input": COUNT,
    "tokens__output": COUNT,
    "tokens__cache_read": COUNT,
    "tokens__cache_creation": COUNT,
    "estimated_cost__amount": TEXT,
    "estimated_cost__currency": TEXT,
}
_USAGE_MEASURES: Final = (
    "uncached_input_tokens",
    "cache_creation__ephemeral_5m_input_tokens",
    "cache_creation__ephemeral_1h_input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
    "server_tool_use__web_search_requests",
)
_BUCKET: Final[dict[str, pa.DataType]] = {"starting_at": MOMENT, "ending_at": MOMENT}
_MESSAGES_USAGE: Final[dict[str, pa.DataType]] = {
    **_BUCKET,
    **dict.fromkeys(USAGE_GROUPS, TEXT),
    **dict.fromkeys(_USAGE_MEASURES, COUNT),
}
_COST_DIMENSIONS: Final = (
    "workspace_id",
    "description",
    "cost_type",
    "model",
    "token_type",
    "context_window",
    "service_tier",
    "inference_geo",
    "speed",
)
_COST_REPORT: Final[dict[str, pa.DataType]] = {
    **_BUCKET,
    **dict.fromkeys(_COST_DIMENSIONS, TEXT),
    "amount": TEXT,
    "currency": TEXT,
}
_ORGANIZATIONS: Final[dict[str, pa.DataType]] = dict.fromkeys(("id", "type", "name"), TEXT)
_USERS: Final[dict[str, pa.DataType]] = {
    **dict.fromkeys(("id", "type", "email", "role"), TEXT),
    "added_at": MOMENT,
}
_INVITES: Final[dict[str, pa.DataType]] = {
    **dict.fromkeys(("id", "type", "email", "role", "status"), TEXT),
    **dict.fromkeys(("invited_at", "expires_at", "accepted_at"), MOMENT),
    "rbac_group_ids_json": TEXT,
}
_WORKSPACES: Final[dict[str, pa.DataType]] = {
    **dict.fromkeys(("id", "type", "name", "display_color"), TEXT),
    **dict.fromkeys(("created_at", "archived_at"), MOMENT),
    "compartment_id": TEXT,
    "external_key_id": TEXT,
    "data_residency__workspace_geo": TEXT,
    "data_residency__default_inference_geo": TEXT,
    "data_residency__allowed_inference_geos_json": TEXT,
    "tags_json": TEXT,
}
_WORKSPACE_MEMBERS: Final[dict[str, pa.DataType]] = dict.fromkeys(
    ("type", "user_id", "workspace_id", "workspace_role"), TEXT
)
_API_KEYS: Final[dict[str, pa.DataType]] = {
    **dict.fromkeys(("id", "type", "name", "status"), TEXT),
    **dict.fromkeys(("created_at", "expires_at"), MOMENT),
    **dict.fromkeys(
        (
            "created_by__id",
            "created_by__type",
            "principal__id",
            "principal__type",
            "workspace_id",
            "scope__type",
            "scope__workspace_id",
        ),
        TEXT,
    ),
}

TABLES: Final[Mapping[str, TableSpec]] = {
    "organizations": TableSpec(raw_schema(_ORGANIZATIONS), keys=("id",)),
    # Names of people are not needed to tell them apart, so they do not land.
    "users": TableSpec(raw_schema(_USERS), keys=("id",), ignored=frozenset({"name"})),
    "invites": TableSpec(raw_schema(_INVITES), keys=("id",)),
    "workspaces": TableSpec(raw_schema(_WORKSPACES), keys=("id",)),
    "workspace_members": TableSpec(
        raw_schema(_WORKSPACE_MEMBERS), keys=("workspace_id", "user_id")
    ),
    # The hint is a part of a secret.
    "api_keys": TableSpec(
        raw_schema(_API_KEYS), keys=("id",), ignored=frozenset({"partial_key_hint"})
    ),
    "claude_code_rows": TableSpec(
        raw_schema(_CLAUDE_CODE_ROWS),
        keys=_CLAUDE_CODE_KEYS,
        # The day is the one that was asked for; models have a table of their own.
        ignored=frozenset({"date", "model_breakdown"}),
    ),
    "claude_code_models": TableSpec(
        raw_schema(_CLAUDE_CODE_MODELS),
        keys=("parent_row_key", "model"),
        money=frozenset({"estimated_cost__amount"}),
    ),
    "messages_usage": TableSpec(raw_schema(_MESSAGES_USAGE, grouped=True), keys=USAGE_GROUPS),
    "cost_report": TableSpec(
        raw_schema(_COST_REPORT, grouped=True),
        keys=_COST_DIMENSIONS,
        money=frozenset({"amount"}),
    ),
}

RAW_TABLES: Final[dict[str, pa.Schema]] = {
    **{name: spec.schema for name, spec in TABLES.items()},
    PULLS: PULLS_SCHEMA,
}

# Summed per day into raw_ingestion.observed_days.
MEASURES: Final[dict[str, tuple[str, ...]]] = {
    "claude_code_rows": (
        "core_metrics__num_sessions",
        "core_metrics__lines_of_code__added",
        "core_metrics__lines_of_code__removed",
        "core_metrics__commits_by_claude_code",
        "core_metrics__pull_requests_by_claude_code",
    ),
    "claude_code_models": (
        "tokens__input",
        "tokens__output",
        "tokens__cache_read",
        "tokens__cache_creation",
        "estimated_cost__amount",
    ),
    "messages_usage": _USAGE_MEASURES,
    "cost_report": ("amount",),
    "organizations": (),
    "users": (),
    "invites": (),
    "workspaces": (),
    "workspace_members": (),
    "api_keys": (),
}
