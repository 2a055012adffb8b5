"""Raw tables of the Enterprise source: columns by JSON path, keys, what does not land."""

from collections.abc import Iterable, Mapping
from typing import Final

import pyarrow as pa

from ingestion.http.records import COUNT, DAY, FLAG, MOMENT, RATE, TEXT, TableSpec, raw_schema

Columns = dict[str, pa.DataType]


def _typed(kind: pa.DataType, *names: str, prefix: str = "") -> Columns:
    return {f"{prefix}{name}": kind for name in names}


def _each(kind: pa.DataType, outer: Iterable[str], inner: Iterable[str]) -> Columns:
    return {f"{first}__{second}": kind for first in outer for second in inner}


# --- engagement --------------------------------------------------------------------------------

# Editions A and B had the first two only; what comes after these four stays JSON.
OFFICE_APPS: Final = ("excel", "powerpoint", "word", "outlook")
_OFFICE: Final = tuple(f"office_metrics__{app}" for app in OFFICE_APPS)
_OTHER_OFFICE: Final[Columns] = {"other_office_metrics_json": TEXT}
_UNIFIED: Final = "chat_cowork_unified_metrics"
# Filled when grouped by another dimension than ours.
_OTHER_GROUPS: Final = ("rbac_group_id", "rbac_group_name")

_CHAT: Final = (
    "message_count",
    "thinking_message_count",
    "connectors_used_count",
    "shared_conversations_viewed_count",
    "distinct_conversation_count",
    "distinct_projects_created_count",
    "distinct_projects_used_count",
    "distinct_files_uploaded_count",
    "distinct_artifacts_created_count",
    "distinct_shared_artifacts_viewed_count",
    "distinct_skills_used_count",
    "distinct_connectors_used_count",
)
_CLAUDE_CODE: Final = (
    "core_metrics__commit_count",
    "core_metrics__pull_request_count",
    "core_metrics__distinct_session_count",
    "core_metrics__lines_of_code__added_count",
    "core_metrics__lines_of_code__removed_count",
    "core_metrics__artifacts_created_count",
    *(
        f"tool_actions__{tool}__{answer}_count"
        for tool in ("edit_tool", "multi_edit_tool", "write_tool", "notebook_edit_tool")
        for answer in ("accepted", "rejected")
    ),
)
_COWORK: Final = (
    "message_count",
    "action_count",
    "dispatch_turn_count",
    "skills_used_count",
    "connectors_used_count",
    "distinct_session_count",
    "distinct_skills_used_count",
    "distinct_connectors_used_count",
    "plugins_used_count",
    "distinct_plugins_used_count",
    "file_edit_count",
    "edit_tool_count",
    "multi_edit_tool_count",
    "write_tool_count",
    "notebook_edit_tool_count",
    "sessions_with_file_edits_count",
    "artifacts_created_count",
)
_OFFICE_APP: Final = (
    "message_count",
    "skills_used_count",
    "connectors_used_count",
    "distinct_session_count",
    "distinct_skills_used_count",
    "distinct_connectors_used_count",
)
_DESIGN: Final = (
    "message_count",
    "distinct_projects_created_count",
    "distinct_session_count",
    "distinct_projects_used_count",
)
_SCIENCE: Final = (
    "message_count",
    "delegation_count",
    "remote_compute_job_count",
    "skills_used_count",
    "distinct_session_count",
)
_USER_ACTIVITY: Final[Columns] = {
    **_typed(TEXT, "user__id", "user__email_address", "user__type"),
    "last_activity_date": DAY,
    "web_search_count": COUNT,
    **_typed(COUNT, *_CHAT, prefix="chat_metrics__"),
    **_typed(COUNT, *_CLAUDE_CODE, prefix="claude_code_metrics__"),
    **_typed(COUNT, *_COWORK, prefix="cowork_metrics__"),
    **_each(COUNT, _OFFICE, _OFFICE_APP),
    **_OTHER_OFFICE,
    **_typed(COUNT, *_DESIGN, prefix="design_metrics__"),
    **_typed(COUNT, *_SCIENCE, prefix="science_metrics__"),
    **_typed(COUNT, *_CHAT, prefix=f"{_UNIFIED}__chat__"),
    **_typed(COUNT, *_COWORK, prefix=f"{_UNIFIED}__sessions__"),
}

_SPANS: Final = ("daily", "weekly", "monthly")
_SUMMARY_PRODUCTS: Final = (
    "",
    "cowork_",
    "chat_",
    "claude_code_",
    "claude_design_",
    "office_agent_",
    "science_",
    "chat_cowork_unified_",
)
_SUMMARIES: Final[Columns] = {
    **_typed(MOMENT, "starting_at", "ending_at"),
    **{
        f"{product}{span}_active_user_count": COUNT
        for product in _SUMMARY_PRODUCTS
        for span in _SPANS
    },
    **_typed(COUNT, "assigned_seat_count", "pending_invite_count", "science_entitled_user_count"),
    **_typed(RATE, *(f"{span}_adoption_rate" for span in _SPANS)),
}
_CHAT_PROJECTS: Final[Columns] = {
    **_typed(TEXT, "cut", "project_id", "user_id", "project_name"),
    **_typed(COUNT, "distinct_user_count", "message_count", "distinct_conversation_count"),
    "created_at": MOMENT,
    **_typed(TEXT, "id", "email_address", "type", prefix="created_by__"),
}


def _use_columns(feature: str) -> Columns:
    """Conversations of chat, and sessions of the other products, that used a feature."""
    conversations = f"distinct_conversation_{feature}_used_count"
    sessions = f"distinct_session_{feature}_used_count"
    return {
        f"chat_metrics__{conversations}": COUNT,
        f"claude_code_metrics__{sessions}": COUNT,
        f"cowork_metrics__{sessions}": COUNT,
        **_each(COUNT, _OFFICE, [sessions]),
        **_OTHER_OFFICE,
        f"{_UNIFIED}__chat__{conversations}": COUNT,
        f"{_UNIFIED}__sessions__{sessions}": COUNT,
    }


_SKILLS: Final[Columns] = {
    **_typed(TEXT, "cut", "skill_name", "user_id", "share_status"),
    **_typed(COUNT, "distinct_user_count", "invocation_count", "enable_count"),
    **_use_columns("skill"),
    **_typed(TEXT, "estimated_overage_spend", "attributed_list_price", "currency"),
}
_CONNECTORS: Final[Columns] = {
    **_typed(TEXT, "cut", "connector_name", "user_id"),
    "distinct_user_count": COUNT,
    **_use_columns("connector"),
    **_typed(COUNT, "read_call_count", "write_call_count", "unclassified_call_count"),
    **_typed(COUNT, "managed_auth_distinct_user_count", "individual_auth_distinct_user_count"),
}
_PLUGIN_SESSIONS: Final = "distinct_session_plugin_used_count"
_PLUGINS: Final[Columns] = {
    **_typed(TEXT, "cut", "plugin_name", "plugin_id", "user_id"),
    **_typed(COUNT, "distinct_user_count", "install_count", "invocation_count"),
    f"claude_code_metrics__{_PLUGIN_SESSIONS}": COUNT,
    f"cowork_metrics__{_PLUGIN_SESSIONS}": COUNT,
    f"{_UNIFIED}__sessions__{_PLUGIN_SESSIONS}": COUNT,
}
_ARTIFACTS: Final[Columns] = {
    **_typed(TEXT, "cut", "artifact_type", "user_id"),
    "is_shared": FLAG,
    **_typed(COUNT, "artifacts_created_count", "published_artifacts_created_count"),
    "distinct_user_count": COUNT,
}


def _engagement(
    columns: Columns, *keys: str, money: Iterable[str] = (), ignored: Iterable[str] = ()
) -> TableSpec:
    return TableSpec(
        raw_schema(columns, grouped=True),
        keys=("cut", *keys, "user_id"),
        money=frozenset(money),
        ignored=frozenset({*_OTHER_GROUPS, "product", *ignored}),
    )


# --- cost and usage ----------------------------------------------------------------------------

_DIMENSIONS: Final = (
    "product",
    "model",
    "context_window",
    "inference_geo",
    "speed",
    "rbac_group_id",
    "slack_channel_id",
    # Since edition D.
    "claude_tag_category",
    "claude_tag_user_id",
)
_COST_DIMENSIONS: Final = (*_DIMENSIONS, "cost_type", "token_type")
_BUCKET: Final = _typed(MOMENT, "starting_at", "ending_at")
_TOKENS: Final = _typed(
    COUNT,
    "uncached_input_tokens",
    "cache_creation__ephemeral_5m_input_tokens",
    "cache_creation__ephemeral_1h_input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
    "server_tool_use__web_search_requests",
    "requests",
)
_MONEY: Final = frozenset({"amount", "list_amount"})
_COST: Final[Columns] = {**_typed(TEXT, "amount", "list_amount", "currency"), "requests": COUNT}
_ACTOR: Final[Columns] = {
    **_typed(TEXT, "type", "user_id", "email", prefix="actor__"),
    "actor__deleted": FLAG,
}
# Named so since edition D.
_ACTOR_ALIASES: Final = {"actor__email_address": "actor__email"}


def _report(columns: Columns, dimensions: tuple[str, ...], *, has_money: bool) -> TableSpec:
    return TableSpec(
        raw_schema(
            {**_typed(TEXT, "cut"), **_BUCKET, **_typed(TEXT, *dimensions), **columns},
            refreshed=True,
            grouped=True,
        ),
        keys=("cut", *dimensions),
        money=_MONEY if has_money else frozenset(),
    )


def _user_report(columns: Columns, dimensions: tuple[str, ...], *, has_money: bool) -> TableSpec:
    return TableSpec(
        raw_schema(
            {**_BUCKET, **_ACTOR, **_typed(TEXT, *dimensions), **columns},
            refreshed=True,
            grouped=True,
        ),
        keys=("actor__user_id", *dimensions),
        money=_MONEY if has_money else frozenset(),
        aliases=_ACTOR_ALIASES,
        # Names of people are not needed to tell them apart.
        ignored=frozenset({"actor__name"}),
    )


# --- objects -----------------------------------------------------------------------------------

_MEMBERS: Final[Columns] = {**_typed(TEXT, "id", "type", "email", "role"), "added_at": MOMENT}
_INVITES: Final[Columns] = {
    **_typed(TEXT, "id", "type", "email", "role", "status"),
    **_typed(MOMENT, "invited_at", "expires_at", "accepted_at"),
    "rbac_group_ids_json": TEXT,
}
_RBAC_GROUPS: Final[Columns] = {
    **_typed(TEXT, "id", "type", "name", "source_type", "roles_json"),
    **_typed(MOMENT, "created_at", "updated_at"),
}
_RBAC_GROUP_MEMBERS: Final[Columns] = {
    **_typed(TEXT, "type", "group_id", "user_id", "email"),
    "created_at": MOMENT,
}
_SPEND_LIMITS: Final[Columns] = {
    **_typed(TEXT, "type", "user_id", "email_address", prefix="actor__"),
    "actor__deleted": FLAG,
    **_typed(TEXT, "type", "user_id", prefix="scope__"),
    **_typed(TEXT, "spend_limit_id", "period", "amount", "period_to_date_spend", "currency"),
    **_typed(TEXT, "type", "seat_tier", "rbac_group_id", "service", "user_id", prefix="source__"),
}


TABLES: Final[Mapping[str, TableSpec]] = {
    "user_activity": TableSpec(
        raw_schema(_USER_ACTIVITY),
        keys=("user__id",),
        ignored=frozenset({*_OTHER_GROUPS, "distinct_user_count"}),
    ),
    "summaries": TableSpec(
        raw_schema(_SUMMARIES),
        keys=(),
        # Named so by editions A and B.
        aliases={"starting_date": "starting_at", "ending_date": "ending_at"},
    ),
    "chat_projects": _engagement(_CHAT_PROJECTS, "project_id"),
    "skills": _engagement(
        _SKILLS,
        "skill_name",
        money=("estimated_overage_spend", "attributed_list_price"),
        # Display names may be what a member called something of their own.
        ignored=["skill_display_name"],
    ),
    "connectors": _engagement(_CONNECTORS, "connector_name", ignored=["connector_display_name"]),
    "plugins": _engagement(_PLUGINS, "plugin_name", "plugin_id"),
    "artifacts": _engagement(_ARTIFACTS, "artifact_type", "is_shared"),
    "usage_report": _report(_TOKENS, _DIMENSIONS, has_money=False),
    "cost_report": _report(_COST, _COST_DIMENSIONS, has_money=True),
    "user_usage_report": _user_report(
        {**_TOKENS, "total_tokens": COUNT}, _DIMENSIONS, has_money=False
    ),
    "user_cost_report": _user_report(_COST, _COST_DIMENSIONS, has_money=True),
    "members": TableSpec(raw_schema(_MEMBERS), keys=("id",), ignored=frozenset({"name"})),
    "invites": TableSpec(raw_schema(_INVITES), keys=("id",)),
    "rbac_groups": TableSpec(raw_schema(_RBAC_GROUPS), keys=("id",)),
    "rbac_group_members": TableSpec(raw_schema(_RBAC_GROUP_MEMBERS), keys=("group_id", "user_id")),
    "spend_limits": TableSpec(
        raw_schema(_SPEND_LIMITS),
        # A limit of a group or seat tier has one id for all its people.
        keys=("actor__user_id", "scope__type", "scope__user_id", "period"),
        money=frozenset({"amount", "period_to_date_spend"}),
        ignored=frozenset({"actor__name"}),
    ),
}
