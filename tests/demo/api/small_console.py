"""The Console's views of the tiny organisation."""

from datetime import date
from typing import Any

from tests.demo.api.small_people import (
    DAYS,
    FIRST_DAY,
    ORGANISATION,
    PEOPLE,
    Row,
    at,
    bucket,
    email,
    invite,
    user,
)


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


def console() -> dict[str, list[Row]]:
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
    withdrawn = _dimensions(FIRST_DAY, 1)
    models = [
        {
            **_claude_code_model(dimensions, model, amount),
            "visible_to": changed_at if dimensions == withdrawn else None,
        }
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
        "anthropic_console.users": [user(person) for person in range(PEOPLE)],
        "anthropic_console.invites": [invite(number) for number in range(3)],
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


def _messages_usage() -> list[Row]:
    return [
        {
            **bucket(day),
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
        {**bucket(day), "amount": amount, "currency": "USD", "workspace_id": workspace_id, **what}
        for day in DAYS
        for amount, workspace_id, what in (
            ("602.50000", "wrkspc_00000", tokens),
            ("12500000.12345", None, tokens),
            ("6.00000", None, searches),
        )
    ]


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
