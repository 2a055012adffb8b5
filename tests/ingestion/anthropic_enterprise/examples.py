"""Records as the vendor's documentation shows them (edition C)."""

from typing import Any, Final

Record = dict[str, Any]


def no_actions() -> Record:
    return {"accepted_count": 0, "rejected_count": 0}


def office_app(**counts: int) -> Record:
    return {
        "message_count": 0,
        "skills_used_count": 0,
        "connectors_used_count": 0,
        "distinct_session_count": 0,
        "distinct_skills_used_count": 0,
        "distinct_connectors_used_count": 0,
        **counts,
    }


PERSON: Final[Record] = {
    "user": {"id": "user_SYNTH01", "email_address": "dev1@example.com", "type": "user"},
    "last_activity_date": "2026-08-18",
    "chat_metrics": {
        "message_count": 14,
        "thinking_message_count": 3,
        "connectors_used_count": 2,
        "shared_conversations_viewed_count": 0,
        "distinct_conversation_count": 4,
        "distinct_projects_created_count": 0,
        "distinct_projects_used_count": 1,
        "distinct_files_uploaded_count": 2,
        "distinct_artifacts_created_count": 1,
        "distinct_shared_artifacts_viewed_count": 0,
        "distinct_skills_used_count": 1,
        "distinct_connectors_used_count": 1,
    },
    "claude_code_metrics": {
        "core_metrics": {
            "commit_count": 2,
            "pull_request_count": 1,
            "distinct_session_count": 3,
            "lines_of_code": {"added_count": 210, "removed_count": 40},
        },
        "tool_actions": {
            "edit_tool": {"accepted_count": 12, "rejected_count": 2},
            "multi_edit_tool": no_actions(),
            "write_tool": {"accepted_count": 3, "rejected_count": 0},
            "notebook_edit_tool": no_actions(),
        },
    },
    "cowork_metrics": {
        "message_count": 0,
        "action_count": 0,
        "dispatch_turn_count": 0,
        "skills_used_count": 0,
        "connectors_used_count": 0,
        "distinct_session_count": 0,
        "distinct_skills_used_count": 0,
        "distinct_connectors_used_count": 0,
        "plugins_used_count": None,
        "distinct_plugins_used_count": None,
        "file_edit_count": None,
        "edit_tool_count": None,
        "multi_edit_tool_count": None,
        "write_tool_count": None,
        "notebook_edit_tool_count": None,
        "sessions_with_file_edits_count": None,
    },
    "office_metrics": {
        "excel": office_app(message_count=1, distinct_session_count=1),
        "powerpoint": office_app(),
        "word": office_app(),
        "outlook": office_app(),
    },
    "design_metrics": {
        "message_count": 0,
        "distinct_projects_created_count": 0,
        "distinct_projects_used_count": 0,
        "distinct_session_count": 0,
    },
    "science_metrics": {
        "message_count": 0,
        "delegation_count": 0,
        "remote_compute_job_count": 0,
        "skills_used_count": 0,
        "distinct_session_count": 0,
    },
    "web_search_count": 5,
}
SUMMARY: Final[Record] = {
    "daily_active_user_count": 120,
    "weekly_active_user_count": 180,
    "monthly_active_user_count": 210,
    "assigned_seat_count": 250,
    "pending_invite_count": 4,
    "daily_adoption_rate": 48.0,
    "weekly_adoption_rate": 72.0,
    "monthly_adoption_rate": 84.0,
    "cowork_daily_active_user_count": 11,
    "cowork_weekly_active_user_count": 30,
    "cowork_monthly_active_user_count": 44,
    "chat_daily_active_user_count": 90,
    "chat_weekly_active_user_count": 150,
    "chat_monthly_active_user_count": 190,
    "claude_code_daily_active_user_count": 60,
    "claude_code_weekly_active_user_count": 85,
    "claude_code_monthly_active_user_count": 97,
}


SKILL: Final[Record] = {
    "skill_name": "pptx",
    "distinct_user_count": 12,
    "invocation_count": 31,
    "share_status": "public",
    "skill_display_name": "Sample secret skill",
    "enable_count": 2,
    "chat_metrics": {"distinct_conversation_skill_used_count": 18},
    "claude_code_metrics": {"distinct_session_skill_used_count": 0},
    "cowork_metrics": {"distinct_session_skill_used_count": 4},
    "office_metrics": {
        "excel": {"distinct_session_skill_used_count": 0},
        "powerpoint": {"distinct_session_skill_used_count": 5},
        "word": {"distinct_session_skill_used_count": 0},
        "outlook": {"distinct_session_skill_used_count": 0},
    },
    "estimated_overage_spend": "1250.500000",
    "attributed_list_price": "4310.000000",
    "currency": "USD",
}
# The first record of each list is about the organisation, the second about a user in it.
LISTS: Final[dict[str, tuple[Record, Record]]] = {
    "apps/chat/projects": (
        {
            "project_id": "claude_proj_SYNTH01",
            "project_name": "Sample project",
            "distinct_user_count": 6,
            "message_count": 48,
            "distinct_conversation_count": 9,
            "created_at": "2026-02-11T10:00:00Z",
            "created_by": {
                "id": "user_SYNTH01",
                "email_address": "dev1@example.com",
                "type": "user",
            },
        },
        {
            "project_id": "claude_proj_SYNTH01",
            "project_name": "Sample project",
            "distinct_user_count": 1,
            "message_count": 8,
            "created_by": None,
            "user_id": "user_SYNTH02",
        },
    ),
    "skills": (
        SKILL,
        {
            "skill_name": "pptx",
            "distinct_user_count": 1,
            "invocation_count": None,
            "chat_metrics": {"distinct_conversation_skill_used_count": None},
            "office_metrics": {"visio": {"distinct_session_skill_used_count": 2}},
            "user_id": "user_SYNTH02",
        },
    ),
    "connectors": (
        {
            "connector_name": "atlassian",
            "connector_display_name": "Sample secret connector",
            "distinct_user_count": 22,
            "chat_metrics": {"distinct_conversation_connector_used_count": 31},
            "claude_code_metrics": {"distinct_session_connector_used_count": 9},
            "cowork_metrics": {"distinct_session_connector_used_count": 2},
            "office_metrics": {
                "excel": {"distinct_session_connector_used_count": 0},
                "powerpoint": {"distinct_session_connector_used_count": 0},
                "word": {"distinct_session_connector_used_count": 0},
                "outlook": {"distinct_session_connector_used_count": 1},
            },
            "read_call_count": 70,
            "write_call_count": 12,
            "unclassified_call_count": 25,
            "managed_auth_distinct_user_count": None,
            "individual_auth_distinct_user_count": None,
        },
        {
            "connector_name": "atlassian",
            "distinct_user_count": 1,
            "read_call_count": None,
            "user_id": "user_SYNTH02",
        },
    ),
    "plugins": (
        {
            "plugin_name": "third-party",
            "plugin_id": None,
            "distinct_user_count": 8,
            "install_count": 3,
            "invocation_count": 40,
            "claude_code_metrics": {"distinct_session_plugin_used_count": 17},
            "cowork_metrics": {"distinct_session_plugin_used_count": 0},
        },
        {
            "plugin_name": "third-party",
            "distinct_user_count": 1,
            "install_count": 0,
            "invocation_count": 5,
            "user_id": "user_SYNTH02",
        },
    ),
    "artifacts": (
        {
            "artifact_type": "text/markdown",
            "is_shared": False,
            "artifacts_created_count": 14,
            "published_artifacts_created_count": 0,
            "distinct_user_count": 9,
        },
        {
            "artifact_type": "text/markdown",
            "is_shared": False,
            "artifacts_created_count": 2,
            "published_artifacts_created_count": 0,
            "distinct_user_count": 1,
            "user_id": "user_SYNTH02",
        },
    ),
}
NO_DIMENSIONS: Final[Record] = dict.fromkeys(
    (
        "product",
        "model",
        "context_window",
        "inference_geo",
        "speed",
        "rbac_group_id",
        "slack_channel_id",
    )
)
GROUP: Final[Record] = {**NO_DIMENSIONS, "product": "claude_code", "model": "claude-opus-5"}
_USAGE_TOTAL: Final[Record] = {
    **NO_DIMENSIONS,
    "uncached_input_tokens": 100000,
    "cache_creation": {"ephemeral_5m_input_tokens": 50000, "ephemeral_1h_input_tokens": 0},
    "cache_read_input_tokens": 2000000,
    "output_tokens": 60000,
    "server_tool_use": {"web_search_requests": 3},
    "requests": 410,
}
_COST_TOTAL: Final[Record] = {
    "amount": "41280.000000",
    "list_amount": "51600.000000",
    "currency": "USD",
    "cost_type": None,
    "token_type": None,
    **NO_DIMENSIONS,
    "requests": 410,
}
# The first record of each report is the total of a day, the second a group of it.
REPORTS: Final[dict[str, tuple[Record, Record]]] = {
    "usage_report": (_USAGE_TOTAL, {**_USAGE_TOTAL, **GROUP}),
    "cost_report": (
        _COST_TOTAL,
        {
            **_COST_TOTAL,
            **GROUP,
            "cost_type": "tokens",
            "token_type": "output_tokens",
            "requests": None,
        },
    ),
}
ACTOR: Final[Record] = {
    "type": "user_actor",
    "user_id": "user_SYNTH01",
    "email": "dev1@example.com",
    "name": "Sample User One",
    "deleted": False,
}
DELETED_ACTOR: Final[Record] = {
    "type": "user_actor",
    "user_id": "user_SYNTH09",
    "email": None,
    "name": "Deleted User",
    "deleted": True,
}
USER_USAGE_ROW: Final[Record] = {
    "actor": ACTOR,
    **GROUP,
    "uncached_input_tokens": 1284500,
    "cache_creation": {"ephemeral_5m_input_tokens": 500, "ephemeral_1h_input_tokens": 1000},
    "cache_read_input_tokens": 3200000,
    "output_tokens": 891000,
    "total_tokens": 5377000,
    "server_tool_use": {"web_search_requests": 10},
    "requests": 128,
}
USER_COST_ROW: Final[Record] = {
    "actor": ACTOR,
    "amount": "1432.250000",
    "list_amount": "1790.312500",
    "currency": "USD",
    "cost_type": None,
    "token_type": None,
    **GROUP,
    "requests": 128,
}
OBJECTS: Final[dict[str, Record]] = {
    "users": {
        "id": "user_SYNTH01",
        "type": "user",
        "email": "dev1@example.com",
        "name": "Sample User One",
        "role": "user",
        "added_at": "2026-03-02T09:14:03Z",
    },
    "invites": {
        "id": "invite_SYNTH01",
        "type": "invite",
        "email": "new1@example.com",
        "role": "managed",
        "status": "pending",
        "invited_at": "2026-08-10T08:00:00Z",
        "expires_at": "2026-08-31T08:00:00Z",
        "accepted_at": None,
        "rbac_group_ids": ["rbac_group_SYNTH01"],
    },
    "rbac_groups": {
        "id": "rbac_group_SYNTH01",
        "type": "rbac_group",
        "name": "Data engineering",
        "source_type": "scim",
        "roles": None,
        "created_at": "2026-04-07T12:00:00Z",
        "updated_at": "2026-04-07T12:00:00Z",
    },
    "rbac_groups/rbac_group_SYNTH01/members": {
        "type": "rbac_group_member",
        "group_id": "rbac_group_SYNTH01",
        "user_id": "user_SYNTH01",
        "email": "dev1@example.com",
        "created_at": "2026-04-07T12:30:00Z",
    },
    "spend_limits/effective": {
        "scope": {"type": "user", "user_id": "user_SYNTH01"},
        "actor": {
            "type": "user_actor",
            "user_id": "user_SYNTH01",
            "name": "Sample User One",
            "email_address": "dev1@example.com",
            "deleted": False,
        },
        "amount": "50000",
        "currency": "USD",
        "period": "monthly",
        "source": {"type": "seat_tier", "seat_tier": "enterprise_standard"},
        "spend_limit_id": "spl_SYNTH01",
        "period_to_date_spend": "31402.5",
    },
}
