"""The Enterprise views of the tiny organisation."""

from datetime import date

from tests.demo.api.small_people import (
    DAYS,
    DELETED,
    FIRST_DAY,
    PEOPLE,
    Row,
    at,
    bucket,
    email,
    invite,
    user,
)


def _activity(day: date, person: int) -> Row:
    chat = {
        "message_count": 14 + person,
        "thinking_message_count": 3,
        "distinct_conversation_count": None,
    }
    office = {
        f"office_metrics__{app}__message_count": 1
        for app in ("excel", "powerpoint", "word", "outlook")
    }
    return {
        "date_day": day,
        "user__id": f"user_{person:05d}",
        "user__email_address": email(person),
        "user__type": "user",
        "last_activity_date": day,
        **{f"chat_metrics__{name}": value for name, value in chat.items()},
        "chat_metrics__distinct_connectors_used_count": 1,
        "claude_code_metrics__core_metrics__commit_count": 2,
        "claude_code_metrics__core_metrics__lines_of_code__added_count": 210,
        "claude_code_metrics__core_metrics__artifacts_created_count": 1,
        "cowork_metrics__message_count": 0,
        "cowork_metrics__artifacts_created_count": 0,
        **office,
        "chat_cowork_unified_metrics__chat__message_count": 4,
        "chat_cowork_unified_metrics__sessions__message_count": 5,
        "web_search_count": 5,
    }


def engagement() -> dict[str, list[Row]]:
    return {
        "anthropic_enterprise.user_activity": [
            _activity(day, person) for day in DAYS for person in reversed(range(PEOPLE))
        ],
        "anthropic_enterprise.summaries": [_summary(day) for day in DAYS],
        "anthropic_enterprise.chat_projects": [
            _cut(day, "project_id", name, user, {"project_name": "Sample", "message_count": 8})
            for day in DAYS
            for name in ("claude_proj_00000", "claude_proj_00001")
            for user in (None, *range(3))
        ],
        "anthropic_enterprise.skills": [
            _cut(day, "skill_name", name, user, {"share_status": "public", "invocation_count": 31})
            for day in DAYS
            for name in ("docx", "pptx")
            for user in (None, *range(3))
        ],
        "anthropic_enterprise.connectors": [
            _cut(day, "connector_name", "atlassian", user, {"read_call_count": 70})
            for day in DAYS
            for user in (None, *range(3))
        ],
        "anthropic_enterprise.plugins": [
            _cut(day, "plugin_name", "third-party", user, {"invocation_count": 40})
            for day in DAYS
            for user in (None, *range(3))
        ],
        "anthropic_enterprise.artifacts": [
            _cut(
                day, "artifact_type", kind, user, {"is_shared": False, "artifacts_created_count": 9}
            )
            for day in DAYS
            for kind in ("text/html", "text/markdown")
            for user in (None, *range(3))
        ],
    }


def _cut(day: date, key: str, name: str, user: int | None, measures: Row) -> Row:
    return {
        "date_day": day,
        "cut": "organisation" if user is None else "user",
        key: name,
        "distinct_user_count": 3 if user is None else 1,
        **measures,
        "user_id": None if user is None else f"user_{user:05d}",
    }


def _summary(day: date) -> Row:
    return {
        "date_day": day,
        "starting_at": at(day),
        "ending_at": at(day, 24),
        "daily_active_user_count": 120,
        "weekly_active_user_count": 180,
        "monthly_active_user_count": 210,
        "assigned_seat_count": 250,
        "pending_invite_count": 4,
        "daily_adoption_rate": 48.0,
        "cowork_daily_active_user_count": 11,
        "chat_daily_active_user_count": 90,
        "science_daily_active_user_count": None,
        "chat_cowork_unified_daily_active_user_count": 3,
    }


_TOKENS = {
    "uncached_input_tokens": 1284500,
    "cache_creation__ephemeral_5m_input_tokens": 500,
    "cache_creation__ephemeral_1h_input_tokens": 1000,
    "cache_read_input_tokens": 3200000,
    "output_tokens": 891000,
    "server_tool_use__web_search_requests": 10,
}
_NO_DIMENSIONS = dict.fromkeys(
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
_PRODUCTS = ("chat", "claude_code", "claude-in-slack", "other", None)


def cost_and_usage() -> dict[str, list[Row]]:
    grouped = {**_NO_DIMENSIONS, "cut": "grouped", "model": "claude-opus-5"}
    total = {**_NO_DIMENSIONS, "cut": "total"}
    money = {"amount": "41280.000000", "list_amount": "51600.000000", "currency": "USD"}
    kinds = {"cost_type": "tokens", "token_type": "output_tokens", "requests": None}
    no_kinds = {"cost_type": None, "token_type": None, "requests": 410}
    return {
        "anthropic_enterprise.usage_report": [
            {**bucket(day), **_TOKENS, "requests": 410, **cut}
            for day in DAYS
            for cut in (total, *({**grouped, "product": product} for product in _PRODUCTS))
        ],
        "anthropic_enterprise.cost_report": [
            {**bucket(day), **money, **cut}
            for day in DAYS
            for cut in (
                {**total, **no_kinds},
                *({**grouped, **kinds, "product": product} for product in _PRODUCTS),
            )
        ],
        "anthropic_enterprise.user_usage_report": [
            {
                **bucket(day),
                **_actor(person),
                **_NO_DIMENSIONS,
                **_TOKENS,
                "product": product,
                "model": "claude-opus-5",
                "total_tokens": 5377000 + person,
                "requests": 128,
            }
            for day in DAYS
            for person in range(PEOPLE)
            for product in ("chat", "claude-in-slack")
        ],
        "anthropic_enterprise.user_cost_report": [
            {
                **bucket(day),
                **_actor(person),
                **_NO_DIMENSIONS,
                "product": product,
                "model": "claude-opus-5",
                "amount": f"{900 + 100 * person}.250000",
                "list_amount": f"{1125 + 125 * person}.312500",
                "currency": "USD",
                **no_kinds,
            }
            for day in DAYS
            for person in range(PEOPLE)
            for product in ("chat", "claude-in-slack")
        ],
    }


def _actor(person: int) -> Row:
    is_deleted = person == DELETED
    return {
        "actor__type": "user_actor",
        "actor__user_id": f"user_{person:05d}",
        "actor__email": None if is_deleted else email(person),
        "actor__name": "Deleted User" if is_deleted else f"Person {person:05d}",
        "actor__deleted": is_deleted,
    }


def enterprise_objects() -> dict[str, list[Row]]:
    return {
        "anthropic_enterprise.members": [
            {**user(person), "role": "user"} for person in range(PEOPLE)
        ],
        "anthropic_enterprise.invites": [
            {**invite(number), "rbac_group_ids_json": '["rbac_group_00000"]' if number else "[]"}
            for number in range(3)
        ],
        "anthropic_enterprise.rbac_groups": [
            {
                "id": f"rbac_group_{number:05d}",
                "type": "rbac_group",
                "name": f"Group {number}",
                "source_type": "scim",
                "roles_json": "[]",
                "created_at": at(FIRST_DAY, number),
                "updated_at": at(FIRST_DAY, number),
            }
            for number in range(2)
        ],
        "anthropic_enterprise.rbac_group_members": [
            {
                "type": "rbac_group_member",
                "group_id": "rbac_group_00000",
                "user_id": f"user_{person:05d}",
                "email": email(person),
                "created_at": at(FIRST_DAY),
            }
            for person in range(PEOPLE)
        ],
        "anthropic_enterprise.spend_limits": [
            {
                "actor__type": "user_actor",
                "actor__user_id": f"user_{person:05d}",
                "actor__name": f"Person {person:05d}",
                "actor__email_address": email(person),
                "actor__deleted": False,
                "scope__type": "user",
                "scope__user_id": f"user_{person:05d}",
                "amount": None if person == 0 else "50000",
                "currency": "USD",
                "period": "monthly",
                "period_to_date_spend": "31402.5",
                "source__type": "seat_tier",
                "source__seat_tier": "enterprise_standard",
                "source__rbac_group_id": None,
                "spend_limit_id": f"spl_{person:05d}",
            }
            for person in range(PEOPLE)
        ],
    }
