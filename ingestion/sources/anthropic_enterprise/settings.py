"""Constants of the Enterprise source: tables, key measures, windows, limits."""

from datetime import date
from typing import Final

import pyarrow as pa

from ingestion.pulls import PULLS, PULLS_SCHEMA

from .tables import TABLES

__all__ = ["DATASET", "MEASURES", "PULLS", "RAW_TABLES", "TABLES"]

DATASET: Final = "raw_anthropic_enterprise"

# What messages call the keys, and what a key must be allowed.
KEY_SETTING: Final = "CLAUDE_ANALYTICS_ENTERPRISE_KEY"
ADMIN_KEY_SETTING: Final = "CLAUDE_ANALYTICS_ENTERPRISE_ADMIN_KEY"
ANALYTICS_SCOPE: Final = "read:analytics"
MEMBERS_SCOPE: Final = "read:members"
GROUPS_SCOPE: Final = "read:rbac_groups"
SPEND_LIMITS_SCOPE: Final = "read:spend_limits"

# --- windows -----------------------------------------------------------------------------------

# The vendor has nothing before it, for any of these endpoints.
FIRST_DAY: Final = date(2026, 1, 1)
# Values move "over the following days": the newest day and the seven before are read again.
ENGAGEMENT_REREAD_DAYS: Final = 8
# Where a refusal does not name the newest day, days are tried one by one. Documented are lags of
# one and three days; the rest is patience with a vendor who is late.
NEWEST_DAY_TRIES: Final = 10
# Some editions allow 366 days, all allow these.
SUMMARY_DAYS_PER_QUERY: Final = 31
# Cost and usage move for 30 days.
REPORT_REREAD_DAYS: Final = 31
# A query may start within the last 365 days, to the minute; the day in which that minute lies is
# out of reach.
REPORT_HISTORY_DAYS: Final = 364
# The longest span of a query, and the most buckets of a page.
REPORT_DAYS_PER_QUERY: Final = 31
# A cursor dies when the data is refreshed, and the query starts again: a week of a large
# organisation is read long before.
USER_REPORT_DAYS_PER_QUERY: Final = 7
BATCH_DAYS: Final = 7

# --- limits ------------------------------------------------------------------------------------

# Shared by all endpoints of Enterprise Analytics and all keys of the organisation.
ANALYTICS_REQUESTS_PER_MINUTE: Final = 60
OBJECT_REQUESTS_PER_MINUTE: Final = 100
SPEND_LIMIT_REQUESTS_PER_MINUTE: Final = 60
PAGE_ROWS: Final = 1000
# The guide calls it harmless, the reference needed.
GROUPS_BETA: Final = "ce-user-management-2026-07-13"

# --- tables ------------------------------------------------------------------------------------

# The second cut of each table; the first one is not grouped. Grouped reports have at most the top
# 100 groups of a day and no rest, so totals come from the first cut.
USER_CUT_GROUPS: Final = ("user_id",)
USAGE_GROUPS: Final = ("product", "model", "context_window", "inference_geo", "speed")
COST_GROUPS: Final = ("product", "model", "cost_type", "token_type")
USER_REPORT_GROUPS: Final = ("product", "model")

RAW_TABLES: Final[dict[str, pa.Schema]] = {
    **{name: spec.schema for name, spec in TABLES.items()},
    PULLS: PULLS_SCHEMA,
}

_TOKENS: Final = (
    "uncached_input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
    "requests",
)
_AMOUNTS: Final = ("amount", "list_amount")

# Summed per day into raw_ingestion.observed_days; where there are two cuts, over both.
MEASURES: Final[dict[str, tuple[str, ...]]] = {
    "user_activity": (
        "chat_metrics__message_count",
        "claude_code_metrics__core_metrics__distinct_session_count",
        "claude_code_metrics__core_metrics__lines_of_code__added_count",
        "cowork_metrics__message_count",
        "web_search_count",
    ),
    "summaries": ("daily_active_user_count", "assigned_seat_count"),
    "chat_projects": ("message_count",),
    "skills": ("invocation_count",),
    "connectors": ("read_call_count", "write_call_count", "unclassified_call_count"),
    "plugins": ("invocation_count",),
    "artifacts": ("artifacts_created_count",),
    "usage_report": _TOKENS,
    "cost_report": _AMOUNTS,
    "user_usage_report": _TOKENS,
    "user_cost_report": _AMOUNTS,
    "members": (),
    "invites": (),
    "rbac_groups": (),
    "rbac_group_members": (),
    "spend_limits": (),
}
