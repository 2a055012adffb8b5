"""What lands of the examples, written by hand."""

from datetime import date, datetime
from typing import Any, Final

Row = dict[str, Any]

DAY: Final = date(2026, 8, 18)
# Snapshots belong to the day on which they were taken.
TODAY: Final = date(2026, 8, 20)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _zeros(prefix: str, *names: str) -> Row:
    return dict.fromkeys((f"{prefix}__{name}_count" for name in names), 0)


def _nulls(prefix: str, *names: str) -> Row:
    return dict.fromkeys(f"{prefix}__{name}_count" for name in names)


_CHAT: Final = (
    "message",
    "thinking_message",
    "connectors_used",
    "shared_conversations_viewed",
    "distinct_conversation",
    "distinct_projects_created",
    "distinct_projects_used",
    "distinct_files_uploaded",
    "distinct_artifacts_created",
    "distinct_shared_artifacts_viewed",
    "distinct_skills_used",
    "distinct_connectors_used",
)
_COWORK: Final = (
    "message",
    "action",
    "dispatch_turn",
    "skills_used",
    "connectors_used",
    "distinct_session",
    "distinct_skills_used",
    "distinct_connectors_used",
)
_COWORK_WHERE_ON: Final = (
    "plugins_used",
    "distinct_plugins_used",
    "file_edit",
    "edit_tool",
    "multi_edit_tool",
    "write_tool",
    "notebook_edit_tool",
    "sessions_with_file_edits",
    "artifacts_created",
)
_OFFICE: Final = (
    "message",
    "skills_used",
    "connectors_used",
    "distinct_session",
    "distinct_skills_used",
    "distinct_connectors_used",
)
_UNIFIED: Final = "chat_cowork_unified_metrics"

USER_ACTIVITY: Final[Row] = {
    "date_day": DAY,
    "user__id": "user_SYNTH01",
    "user__email_address": "dev1@example.com",
    "user__type": "user",
    "last_activity_date": DAY,
    "web_search_count": 5,
    **_zeros("chat_metrics", *_CHAT),
    "chat_metrics__message_count": 14,
    "chat_metrics__thinking_message_count": 3,
    "chat_metrics__connectors_used_count": 2,
    "chat_metrics__distinct_conversation_count": 4,
    "chat_metrics__distinct_projects_used_count": 1,
    "chat_metrics__distinct_files_uploaded_count": 2,
    "chat_metrics__distinct_artifacts_created_count": 1,
    "chat_metrics__distinct_skills_used_count": 1,
    "chat_metrics__distinct_connectors_used_count": 1,
    "claude_code_metrics__core_metrics__commit_count": 2,
    "claude_code_metrics__core_metrics__pull_request_count": 1,
    "claude_code_metrics__core_metrics__distinct_session_count": 3,
    "claude_code_metrics__core_metrics__lines_of_code__added_count": 210,
    "claude_code_metrics__core_metrics__lines_of_code__removed_count": 40,
    "claude_code_metrics__core_metrics__artifacts_created_count": None,
    "claude_code_metrics__tool_actions__edit_tool__accepted_count": 12,
    "claude_code_metrics__tool_actions__edit_tool__rejected_count": 2,
    "claude_code_metrics__tool_actions__multi_edit_tool__accepted_count": 0,
    "claude_code_metrics__tool_actions__multi_edit_tool__rejected_count": 0,
    "claude_code_metrics__tool_actions__write_tool__accepted_count": 3,
    "claude_code_metrics__tool_actions__write_tool__rejected_count": 0,
    "claude_code_metrics__tool_actions__notebook_edit_tool__accepted_count": 0,
    "claude_code_metrics__tool_actions__notebook_edit_tool__rejected_count": 0,
    **_zeros("cowork_metrics", *_COWORK),
    **_nulls("cowork_metrics", *_COWORK_WHERE_ON),
    **_zeros("office_metrics__excel", *_OFFICE),
    "office_metrics__excel__message_count": 1,
    "office_metrics__excel__distinct_session_count": 1,
    **_zeros("office_metrics__powerpoint", *_OFFICE),
    **_zeros("office_metrics__word", *_OFFICE),
    **_zeros("office_metrics__outlook", *_OFFICE),
    "other_office_metrics_json": None,
    **_zeros(
        "design_metrics",
        "message",
        "distinct_projects_created",
        "distinct_session",
        "distinct_projects_used",
    ),
    **_zeros(
        "science_metrics",
        "message",
        "delegation",
        "remote_compute_job",
        "skills_used",
        "distinct_session",
    ),
    **_nulls(f"{_UNIFIED}__chat", *_CHAT),
    **_nulls(f"{_UNIFIED}__sessions", *_COWORK, *_COWORK_WHERE_ON),
}

_NO_BREAKDOWN: Final = ("claude_design", "office_agent", "science", "chat_cowork_unified")
SUMMARY: Final[Row] = {
    "date_day": DAY,
    "starting_at": _at("2026-08-18"),
    "ending_at": _at("2026-08-19"),
    "daily_active_user_count": 120,
    "weekly_active_user_count": 180,
    "monthly_active_user_count": 210,
    "cowork_daily_active_user_count": 11,
    "cowork_weekly_active_user_count": 30,
    "cowork_monthly_active_user_count": 44,
    "chat_daily_active_user_count": 90,
    "chat_weekly_active_user_count": 150,
    "chat_monthly_active_user_count": 190,
    "claude_code_daily_active_user_count": 60,
    "claude_code_weekly_active_user_count": 85,
    "claude_code_monthly_active_user_count": 97,
    **{
        f"{product}_{span}_active_user_count": None
        for product in _NO_BREAKDOWN
        for span in ("daily", "weekly", "monthly")
    },
    "assigned_seat_count": 250,
    "pending_invite_count": 4,
    "science_entitled_user_count": None,
    "daily_adoption_rate": 48.0,
    "weekly_adoption_rate": 72.0,
    "monthly_adoption_rate": 84.0,
}

_ORGANISATION: Final[Row] = {
    "date_day": DAY,
    "cut": "organisation",
    "user_id": None,
    "group_by_json": "[]",
}
_USER: Final[Row] = {
    "date_day": DAY,
    "cut": "user",
    "user_id": "user_SYNTH02",
    "group_by_json": '["user_id"]',
}


def _used(feature: str, chat: int | None, *sessions: int | None) -> Row:
    """Uses of a feature in chat, Claude Code, Cowork and the four office applications."""
    surfaces = (
        "claude_code_metrics",
        "cowork_metrics",
        *(f"office_metrics__{app}" for app in ("excel", "powerpoint", "word", "outlook")),
    )
    name = f"distinct_session_{feature}_used_count"
    conversations = f"distinct_conversation_{feature}_used_count"
    return {
        f"chat_metrics__{conversations}": chat,
        **{f"{surface}__{name}": count for surface, count in zip(surfaces, sessions, strict=True)},
        f"{_UNIFIED}__chat__{conversations}": None,
        f"{_UNIFIED}__sessions__{name}": None,
    }


_NO_SESSIONS: Final = (None,) * 6
_PLUGIN_SESSIONS: Final = "distinct_session_plugin_used_count"

_NO_DIMENSIONS: Final[Row] = dict.fromkeys(
    (
        "product",
        "model",
        "context_window",
        "inference_geo",
        "speed",
        "rbac_group_id",
        "slack_channel_id",
        "claude_tag_category",
        "claude_tag_user_id",
    )
)
_NO_COST_DIMENSIONS: Final[Row] = {**_NO_DIMENSIONS, "cost_type": None, "token_type": None}
_GROUP: Final[Row] = {"product": "claude_code", "model": "claude-opus-5"}
_BUCKET: Final[Row] = {
    "date_day": DAY,
    "starting_at": _at("2026-08-18"),
    "ending_at": _at("2026-08-19"),
    "data_refreshed_at": _at("2026-08-19T08:00:00"),
}
_USAGE_TOTAL: Final[Row] = {
    **_BUCKET,
    "cut": "total",
    **_NO_DIMENSIONS,
    "uncached_input_tokens": 100000,
    "cache_creation__ephemeral_5m_input_tokens": 50000,
    "cache_creation__ephemeral_1h_input_tokens": 0,
    "cache_read_input_tokens": 2000000,
    "output_tokens": 60000,
    "server_tool_use__web_search_requests": 3,
    "requests": 410,
    "group_by_json": "[]",
}
_COST_TOTAL: Final[Row] = {
    **_BUCKET,
    "cut": "total",
    **_NO_COST_DIMENSIONS,
    "amount": "41280.000000",
    "list_amount": "51600.000000",
    "currency": "USD",
    "requests": 410,
    "group_by_json": "[]",
}
_ACTOR: Final[Row] = {
    "actor__type": "user_actor",
    "actor__user_id": "user_SYNTH01",
    "actor__email": "dev1@example.com",
    "actor__deleted": False,
}
_USER_USAGE: Final[Row] = {
    **_BUCKET,
    **_ACTOR,
    **_NO_DIMENSIONS,
    **_GROUP,
    "uncached_input_tokens": 1284500,
    "cache_creation__ephemeral_5m_input_tokens": 500,
    "cache_creation__ephemeral_1h_input_tokens": 1000,
    "cache_read_input_tokens": 3200000,
    "output_tokens": 891000,
    "server_tool_use__web_search_requests": 10,
    "requests": 128,
    "total_tokens": 5377000,
    "group_by_json": '["product","model"]',
}

ROWS: Final[dict[str, list[Row]]] = {
    "user_activity": [USER_ACTIVITY],
    "chat_projects": [
        {
            **_ORGANISATION,
            "project_id": "claude_proj_SYNTH01",
            "project_name": "Sample project",
            "distinct_user_count": 6,
            "message_count": 48,
            "distinct_conversation_count": 9,
            "created_at": _at("2026-02-11T10:00:00"),
            "created_by__id": "user_SYNTH01",
            "created_by__email_address": "dev1@example.com",
            "created_by__type": "user",
        },
        {
            **_USER,
            "project_id": "claude_proj_SYNTH01",
            "project_name": "Sample project",
            "distinct_user_count": 1,
            "message_count": 8,
            "distinct_conversation_count": None,
            "created_at": None,
            "created_by__id": None,
            "created_by__email_address": None,
            "created_by__type": None,
        },
    ],
    "skills": [
        {
            **_ORGANISATION,
            "skill_name": "pptx",
            "share_status": "public",
            "distinct_user_count": 12,
            "invocation_count": 31,
            "enable_count": 2,
            **_used("skill", 18, 0, 4, 0, 5, 0, 0),
            "other_office_metrics_json": None,
            "estimated_overage_spend": "1250.500000",
            "attributed_list_price": "4310.000000",
            "currency": "USD",
        },
        {
            **_USER,
            "skill_name": "pptx",
            "share_status": None,
            "distinct_user_count": 1,
            "invocation_count": None,
            "enable_count": None,
            **_used("skill", None, *_NO_SESSIONS),
            "other_office_metrics_json": '{"visio":{"distinct_session_skill_used_count":2}}',
            "estimated_overage_spend": None,
            "attributed_list_price": None,
            "currency": None,
        },
    ],
    "connectors": [
        {
            **_ORGANISATION,
            "connector_name": "atlassian",
            "distinct_user_count": 22,
            **_used("connector", 31, 9, 2, 0, 0, 0, 1),
            "other_office_metrics_json": None,
            "read_call_count": 70,
            "write_call_count": 12,
            "unclassified_call_count": 25,
            "managed_auth_distinct_user_count": None,
            "individual_auth_distinct_user_count": None,
        },
        {
            **_USER,
            "connector_name": "atlassian",
            "distinct_user_count": 1,
            **_used("connector", None, *_NO_SESSIONS),
            "other_office_metrics_json": None,
            "read_call_count": None,
            "write_call_count": None,
            "unclassified_call_count": None,
            "managed_auth_distinct_user_count": None,
            "individual_auth_distinct_user_count": None,
        },
    ],
    "plugins": [
        {
            **_ORGANISATION,
            "plugin_name": "third-party",
            "plugin_id": None,
            "distinct_user_count": 8,
            "install_count": 3,
            "invocation_count": 40,
            f"claude_code_metrics__{_PLUGIN_SESSIONS}": 17,
            f"cowork_metrics__{_PLUGIN_SESSIONS}": 0,
            f"{_UNIFIED}__sessions__{_PLUGIN_SESSIONS}": None,
        },
        {
            **_USER,
            "plugin_name": "third-party",
            "plugin_id": None,
            "distinct_user_count": 1,
            "install_count": 0,
            "invocation_count": 5,
            f"claude_code_metrics__{_PLUGIN_SESSIONS}": None,
            f"cowork_metrics__{_PLUGIN_SESSIONS}": None,
            f"{_UNIFIED}__sessions__{_PLUGIN_SESSIONS}": None,
        },
    ],
    "artifacts": [
        {
            **_ORGANISATION,
            "artifact_type": "text/markdown",
            "is_shared": False,
            "artifacts_created_count": 14,
            "published_artifacts_created_count": 0,
            "distinct_user_count": 9,
        },
        {
            **_USER,
            "artifact_type": "text/markdown",
            "is_shared": False,
            "artifacts_created_count": 2,
            "published_artifacts_created_count": 0,
            "distinct_user_count": 1,
        },
    ],
    "usage_report": [
        {
            **_USAGE_TOTAL,
            "cut": "grouped",
            **_GROUP,
            "group_by_json": '["product","model","context_window","inference_geo","speed"]',
        },
        _USAGE_TOTAL,
    ],
    "cost_report": [
        {
            **_COST_TOTAL,
            "cut": "grouped",
            **_GROUP,
            "cost_type": "tokens",
            "token_type": "output_tokens",
            "requests": None,
            "group_by_json": '["product","model","cost_type","token_type"]',
        },
        _COST_TOTAL,
    ],
    "user_usage_report": [
        _USER_USAGE,
        {
            **_USER_USAGE,
            "actor__user_id": "user_SYNTH09",
            "actor__email": None,
            "actor__deleted": True,
        },
    ],
    "user_cost_report": [
        {
            **_BUCKET,
            **_ACTOR,
            **_NO_COST_DIMENSIONS,
            **_GROUP,
            "amount": "1432.250000",
            "list_amount": "1790.312500",
            "currency": "USD",
            "requests": 128,
            "group_by_json": '["product","model"]',
        }
    ],
    "members": [
        {
            "date_day": TODAY,
            "id": "user_SYNTH01",
            "type": "user",
            "email": "dev1@example.com",
            "role": "user",
            "added_at": _at("2026-03-02T09:14:03"),
        }
    ],
    "invites": [
        {
            "date_day": TODAY,
            "id": "invite_SYNTH01",
            "type": "invite",
            "email": "new1@example.com",
            "role": "managed",
            "status": "pending",
            "invited_at": _at("2026-08-10T08:00:00"),
            "expires_at": _at("2026-08-31T08:00:00"),
            "accepted_at": None,
            "rbac_group_ids_json": '["rbac_group_SYNTH01"]',
        }
    ],
    "rbac_groups": [
        {
            "date_day": TODAY,
            "id": "rbac_group_SYNTH01",
            "type": "rbac_group",
            "name": "Data engineering",
            "source_type": "scim",
            "roles_json": None,
            "created_at": _at("2026-04-07T12:00:00"),
            "updated_at": _at("2026-04-07T12:00:00"),
        }
    ],
    "rbac_group_members": [
        {
            "date_day": TODAY,
            "type": "rbac_group_member",
            "group_id": "rbac_group_SYNTH01",
            "user_id": "user_SYNTH01",
            "email": "dev1@example.com",
            "created_at": _at("2026-04-07T12:30:00"),
        }
    ],
    "spend_limits": [
        {
            "date_day": TODAY,
            "actor__type": "user_actor",
            "actor__user_id": "user_SYNTH01",
            "actor__email_address": "dev1@example.com",
            "actor__deleted": False,
            "scope__type": "user",
            "scope__user_id": "user_SYNTH01",
            "spend_limit_id": "spl_SYNTH01",
            "period": "monthly",
            "amount": "50000",
            "period_to_date_spend": "31402.5",
            "currency": "USD",
            "source__type": "seat_tier",
            "source__seat_tier": "enterprise_standard",
            "source__rbac_group_id": None,
            "source__service": None,
            "source__user_id": None,
        }
    ],
}
