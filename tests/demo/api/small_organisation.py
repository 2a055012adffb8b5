"""Views of a tiny organisation, written by hand: every oddity that the APIs know, once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

NOW = datetime(2026, 11, 20, 12, 0)  # noqa: DTZ001  # UTC without a zone, as in the views
FIRST_DAY = date(2026, 11, 10)
LAST_DAY = date(2026, 11, 19)
DAYS = [FIRST_DAY + timedelta(days=step) for step in range((LAST_DAY - FIRST_DAY).days + 1)]
ORGANISATION = "00000000-0000-4000-8000-000000000001"
PEOPLE = 7
# One person of the deleted kind: rows stay, the address goes.
DELETED = 6

Row = dict[str, Any]


def email(person: int) -> str:
    return f"person.{person:05d}@example.com"


def at(day: date, hour: int = 0) -> datetime:
    return datetime.fromisoformat(day.isoformat()) + timedelta(hours=hour)


def write(data_dir: Path, table: str, rows: Sequence[Row]) -> None:
    """Write a view; a row is visible always unless it says otherwise."""
    source, _, name = table.partition(".")
    path = data_dir / "views" / source / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    visible: Row = {"visible_from": datetime(2026, 1, 1), "visible_to": None}  # noqa: DTZ001
    columns = {column: None for row in rows for column in row}
    full = [{**columns, **visible, **row} for row in rows]
    moment = pa.timestamp("us")
    inferred = pa.Table.from_pylist(full)
    schema = inferred.schema
    for index, field in enumerate(schema):
        if field.name in {"visible_from", "visible_to", "archived_at", "accepted_at", "expires_at"}:
            schema = schema.set(index, pa.field(field.name, moment))
        elif pa.types.is_null(field.type):
            schema = schema.set(index, pa.field(field.name, pa.string()))
    pq.write_table(inferred.cast(schema), path)


def small_organisation(data_dir: Path) -> None:
    """Write all views."""
    for table, rows in tables().items():
        write(data_dir, table, rows)


def tables() -> dict[str, list[Row]]:
    """The rows of each view."""
    return {**_console(), **_engagement(), **_cost_and_usage(), **_enterprise_objects()}


def _dimensions(day: date, person: int | None, **other: Any) -> Row:  # noqa: ANN401  # any value
    return {
        "date_day": day,
        "organization_id": ORGANISATION,
        "actor__type": "api_actor" if person is None else "user_actor",
        "actor__email_address": None if person is None else email(person),
        "actor__api_key_name": "ci-runner" if person is None else None,
        "customer_type": "api",
        "subscription_type": None,
        "is_remote": False,
        "terminal_type": "vscode",
        **other,
    }


def _claude_code_dimensions(day: date) -> list[Row]:
    return [
        *(_dimensions(day, person) for person in range(PEOPLE)),
        # The same person from elsewhere, in a terminal that nobody has heard of.
        _dimensions(day, 0, is_remote=True, terminal_type="unknown-terminal"),
        _dimensions(day, 1, customer_type="subscription", subscription_type="enterprise"),
        _dimensions(day, None),
    ]


def _claude_code_row(dimensions: Row, number: int) -> Row:
    has_tools = dimensions["actor__type"] == "user_actor"
    tools = ("edit_tool", "multi_edit_tool", "write_tool", "notebook_edit_tool")
    return {
        **dimensions,
        "core_metrics__num_sessions": number + 1,
        "core_metrics__lines_of_code__added": 10 * number,
        "core_metrics__lines_of_code__removed": number,
        "core_metrics__commits_by_claude_code": 1,
        "core_metrics__pull_requests_by_claude_code": 0,
        **{f"tool_actions__{tool}__accepted": number if has_tools else None for tool in tools},
        **{f"tool_actions__{tool}__rejected": 1 if has_tools else None for tool in tools},
        "other_tool_actions_json": '{"new_tool":{"accepted":3,"rejected":0}}'
        if number == 2
        else None,
    }


def _claude_code_model(dimensions: Row, model: str, amount: str) -> Row:
    return {
        **dimensions,
        "model": model,
        "tokens__input": 51000,
        "tokens__output": 9200,
        "tokens__cache_read": 880000,
        "tokens__cache_creation": 64000,
        "estimated_cost__amount": amount,
        "estimated_cost__currency": "USD",
    }


def _console() -> dict[str, list[Row]]:
    rows = [
        _claude_code_row(dimensions, number)
        for day in DAYS
        for number, dimensions in enumerate(_claude_code_dimensions(day))
    ]
    # The row of one person changes two days later; that of another goes.
    changed_at = at(FIRST_DAY, 24 + 24 + 3)
    first = rows[0]
    rows[0] = {**first, "visible_to": changed_at}
    rows.append({**first, "core_metrics__lines_of_code__added": 777, "visible_from": changed_at})
    rows[1] = {**rows[1], "visible_to": changed_at}
    models = [
        _claude_code_model(dimensions, model, amount)
        for day in DAYS
        for dimensions in _claude_code_dimensions(day)
        if dimensions["actor__type"] == "user_actor"
        for model, amount in (("claude-opus-5", "143.25"), ("claude-sonnet-5", "12"))
    ]
    return {
        "anthropic_console.claude_code_rows": rows,
        "anthropic_console.claude_code_models": models,
        "anthropic_console.messages_usage": _messages_usage(),
        "anthropic_console.cost_report": _console_cost(),
        "anthropic_console.organizations": [
            {"id": ORGANISATION, "type": "organization", "name": "Example Console"}
        ],
        "anthropic_console.users": [_user(person) for person in range(PEOPLE)],
        "anthropic_console.invites": [_invite(number) for number in range(3)],
        "anthropic_console.workspaces": [_workspace(number) for number in range(3)],
        "anthropic_console.workspace_members": [
            {
                "type": "workspace_member",
                "user_id": f"user_{person:05d}",
                "workspace_id": f"wrkspc_{number:05d}",
                "workspace_role": "workspace_developer",
            }
            for number in range(3)
            for person in range(PEOPLE - number)
        ],
        "anthropic_console.api_keys": [_api_key(number) for number in range(4)],
    }


def _bucket(day: date) -> Row:
    return {"date_day": day, "starting_at": at(day), "ending_at": at(day, 24)}


def _messages_usage() -> list[Row]:
    return [
        {
            **_bucket(day),
            "account_id": None,
            # Workbench use has no key; the default workspace has no id.
            "api_key_id": None if number == 0 else f"apikey_{number:05d}",
            "service_account_id": None,
            "workspace_id": None if number < 2 else "wrkspc_00000",
            "model": "claude-opus-5",
            "context_window": "0-200k",
            "inference_geo": "global",
            "service_tier": "batch" if number == 3 else "standard",
            "speed": None,
            "uncached_input_tokens": 120500,
            "cache_creation__ephemeral_5m_input_tokens": 30000,
            "cache_creation__ephemeral_1h_input_tokens": number,
            "cache_read_input_tokens": 910000,
            "output_tokens": 44100,
            "server_tool_use__web_search_requests": 6,
        }
        for day in DAYS
        # A day without any use is an empty bucket.
        if day != DAYS[4]
        for number in range(4)
    ]


def _console_cost() -> list[Row]:
    tokens = {
        "cost_type": "tokens",
        "description": "Claude Opus 5 Usage - Input Tokens",
        "model": "claude-opus-5",
        "token_type": "uncached_input_tokens",
        "context_window": "0-200k",
        "service_tier": "standard",
        "inference_geo": "global",
    }
    searches = {
        **dict.fromkeys(tokens),
        "cost_type": "web_search",
        "description": "Web Search Usage",
    }
    return [
        {**_bucket(day), "amount": amount, "currency": "USD", "workspace_id": workspace_id, **what}
        for day in DAYS
        for amount, workspace_id, what in (
            ("602.50000", "wrkspc_00000", tokens),
            ("12500000.12345", None, tokens),
            ("6.00000", None, searches),
        )
    ]


def _user(person: int) -> Row:
    return {
        "id": f"user_{person:05d}",
        "type": "user",
        "email": email(person),
        "name": f"Person {person:05d}",
        "role": "developer",
        "added_at": at(FIRST_DAY, person),
        # One joined and one left in between.
        "visible_from": at(DAYS[5]) if person == 3 else at(FIRST_DAY),
        "visible_to": at(DAYS[6]) if person == 4 else None,
    }


def _invite(number: int) -> Row:
    return {
        "id": f"invite_{number:05d}",
        "type": "invite",
        "email": email(100 + number),
        "role": "user",
        "status": ("pending", "accepted", "expired")[number],
        "invited_at": at(FIRST_DAY, number),
        "expires_at": at(FIRST_DAY + timedelta(days=21), number),
        "accepted_at": at(FIRST_DAY, 30) if number == 1 else None,
    }


def _workspace(number: int) -> Row:
    return {
        "id": f"wrkspc_{number:05d}",
        "type": "workspace",
        "name": f"Workspace {number}",
        "display_color": "#6C5BB9",
        "created_at": at(FIRST_DAY, number),
        "archived_at": at(DAYS[3]) if number == 2 else None,
        "compartment_id": "cmpt_00000",
        "external_key_id": None,
        "data_residency__workspace_geo": "us",
        "data_residency__default_inference_geo": "global",
        "data_residency__allowed_inference_geos_json": '"unrestricted"' if number else '["us"]',
        "tags_json": '{"cost_centre":"CC-100"}',
    }


def _api_key(number: int) -> Row:
    return {
        "id": f"apikey_{number:05d}",
        "type": "api_key",
        "name": "ci-runner" if number == 0 else f"key-{number}",
        "status": "active" if number < 3 else "archived",
        "created_at": at(FIRST_DAY, number),
        "expires_at": None,
        "created_by__id": "user_00000" if number else None,
        "created_by__type": "user" if number else None,
        "partial_key_hint": "synthetic-hint",
        "principal__id": None,
        "principal__type": None,
        "workspace_id": "wrkspc_00000" if number % 2 else None,
    }


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


def _engagement() -> dict[str, list[Row]]:
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


def _cost_and_usage() -> dict[str, list[Row]]:
    grouped = {**_NO_DIMENSIONS, "cut": "grouped", "model": "claude-opus-5"}
    total = {**_NO_DIMENSIONS, "cut": "total"}
    money = {"amount": "41280.000000", "list_amount": "51600.000000", "currency": "USD"}
    kinds = {"cost_type": "tokens", "token_type": "output_tokens", "requests": None}
    no_kinds = {"cost_type": None, "token_type": None, "requests": 410}
    return {
        "anthropic_enterprise.usage_report": [
            {**_bucket(day), **_TOKENS, "requests": 410, **cut}
            for day in DAYS
            for cut in (total, *({**grouped, "product": product} for product in _PRODUCTS))
        ],
        "anthropic_enterprise.cost_report": [
            {**_bucket(day), **money, **cut}
            for day in DAYS
            for cut in (
                {**total, **no_kinds},
                *({**grouped, **kinds, "product": product} for product in _PRODUCTS),
            )
        ],
        "anthropic_enterprise.user_usage_report": [
            {
                **_bucket(day),
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
                **_bucket(day),
                **_actor(person),
                **_NO_DIMENSIONS,
                "product": product,
                "model": "claude-opus-5",
                "amount": f"{1432 + person}.250000",
                "list_amount": f"{1790 + person}.312500",
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


def _enterprise_objects() -> dict[str, list[Row]]:
    return {
        "anthropic_enterprise.members": [
            {**_user(person), "role": "user"} for person in range(PEOPLE)
        ],
        "anthropic_enterprise.invites": [
            {**_invite(number), "rbac_group_ids_json": '["rbac_group_00000"]' if number else "[]"}
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
