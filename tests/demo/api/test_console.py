"""The Console endpoints answer, and refuse, as the reference says."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.demo.api.conftest import ORGANIZATIONS, Api, Params
from tests.demo.api.small_people import DAYS, LAST_DAY, ORGANISATION, PEOPLE, email

CLAUDE_CODE = f"{ORGANIZATIONS}/usage_report/claude_code"
USAGE = f"{ORGANIZATIONS}/usage_report/messages"
COST = f"{ORGANIZATIONS}/cost_report"
SPEED = "fast-mode-2026-02-01"
DAY = str(LAST_DAY)
FROM_START: Params = [("starting_at", f"{DAYS[0]}T00:00:00Z")]
UNTIL_END: Params = [("ending_at", f"{DAYS[-1] + timedelta(days=1)}T00:00:00Z")]
COST_GROUPS: Params = [("group_by[]", "workspace_id"), ("group_by[]", "description")]
USAGE_GROUPS: Params = [
    ("group_by[]", name)
    for name in (
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
]


def of_actor(rows: list[dict[str, Any]], **actor: str) -> list[dict[str, Any]]:
    return [row for row in rows if actor.items() <= row["actor"].items()]


def test_claude_code_row_has_the_documented_shape(api: Api) -> None:
    rows = api.rows(CLAUDE_CODE, {"starting_at": DAY, "limit": "1000"})
    (row,) = of_actor(rows, email_address=email(2))
    assert row == {
        "date": f"{DAY}T00:00:00Z",
        "organization_id": ORGANISATION,
        "actor": {"type": "user_actor", "email_address": email(2)},
        "customer_type": "api",
        "subscription_type": None,
        "is_remote": False,
        "terminal_type": "vscode",
        "core_metrics": {
            "num_sessions": 3,
            "lines_of_code": {"added": 20, "removed": 2},
            "commits_by_claude_code": 1,
            "pull_requests_by_claude_code": 0,
        },
        "tool_actions": {
            "edit_tool": {"accepted": 2, "rejected": 1},
            "multi_edit_tool": {"accepted": 2, "rejected": 1},
            "write_tool": {"accepted": 2, "rejected": 1},
            "notebook_edit_tool": {"accepted": 2, "rejected": 1},
            "new_tool": {"accepted": 3, "rejected": 0},
        },
        "model_breakdown": [
            {
                "model": model,
                "tokens": {
                    "input": 51000,
                    "output": 9200,
                    "cache_read": 880000,
                    "cache_creation": 64000,
                },
                "estimated_cost": {"amount": amount, "currency": "USD"},
            }
            for model, amount in (("claude-opus-5", 143.25), ("claude-sonnet-5", 12))
        ],
    }


def test_claude_code_tells_actors_and_places_apart(api: Api) -> None:
    rows = api.rows(CLAUDE_CODE, {"starting_at": DAY, "limit": "1000"})
    (script,) = of_actor(rows, type="api_actor")
    assert script["actor"] == {"type": "api_actor", "api_key_name": "ci-runner"}
    assert (script["tool_actions"], script["model_breakdown"]) == ({}, [])
    places = {
        (row["is_remote"], row["terminal_type"]) for row in of_actor(rows, email_address=email(0))
    }
    assert places == {(False, "vscode"), (True, "unknown-terminal")}
    paid = {row["subscription_type"] for row in of_actor(rows, email_address=email(1))}
    assert paid == {None, "enterprise"}


def test_claude_code_amount_is_a_number_with_the_digits_of_the_view(api: Api) -> None:
    answer = api.ask(CLAUDE_CODE, {"starting_at": DAY})
    assert b'"amount":143.25,' in answer.content
    assert b'"amount":12,' in answer.content


def test_claude_code_knows_no_rows_of_a_day_to_come(api: Api) -> None:
    assert api.rows(CLAUDE_CODE, {"starting_at": "2026-12-24"}) == []


def test_default_page_sizes(api: Api) -> None:
    assert len(api.rows(CLAUDE_CODE, {"starting_at": DAY})) == PEOPLE + 3
    assert len(api.rows(COST, [*FROM_START, *COST_GROUPS])) == 7


def test_usage_bucket_has_the_documented_shape(api: Api) -> None:
    buckets = api.rows(
        USAGE, [*FROM_START, *UNTIL_END, *USAGE_GROUPS, ("limit", "31")], anthropic_beta=SPEED
    )
    assert [bucket["starting_at"] for bucket in buckets] == [f"{day}T00:00:00Z" for day in DAYS]
    assert buckets[0]["ending_at"] == buckets[1]["starting_at"]
    assert [len(bucket["results"]) for bucket in buckets] == [4, 4, 4, 4, 0, 4, 4, 4, 4, 4]
    assert buckets[0]["results"][0] == {
        "account_id": None,
        "api_key_id": None,
        "service_account_id": None,
        "workspace_id": None,
        "model": "claude-opus-5",
        "context_window": "0-200k",
        "inference_geo": "global",
        "service_tier": "standard",
        "uncached_input_tokens": 120500,
        "cache_creation": {"ephemeral_5m_input_tokens": 30000, "ephemeral_1h_input_tokens": 0},
        "cache_read_input_tokens": 910000,
        "output_tokens": 44100,
        "server_tool_use": {"web_search_requests": 6},
    }


def test_usage_filters(api: Api) -> None:
    wanted: Params = [*FROM_START, *USAGE_GROUPS, ("service_tiers[]", "batch")]
    buckets = api.rows(USAGE, wanted, anthropic_beta=SPEED)
    assert [row["service_tier"] for row in buckets[0]["results"]] == ["batch"]
    # The name of this one is singular.
    short = [*FROM_START, *USAGE_GROUPS, ("context_window[]", "200k-1M")]
    assert api.rows(USAGE, short, anthropic_beta=SPEED)[0]["results"] == []


def test_cost_keeps_every_digit(api: Api) -> None:
    buckets = api.rows(COST, [*FROM_START, *UNTIL_END, *COST_GROUPS, ("limit", "31")])
    amounts = [row["amount"] for row in buckets[0]["results"]]
    assert amounts == ["602.50000", "12500000.12345", "6.00000"]
    assert Decimal(amounts[1]) > 10_000_000
    search = buckets[0]["results"][2]
    assert search["cost_type"] == "web_search"
    assert {search[name] for name in ("model", "token_type", "workspace_id")} == {None}


@pytest.mark.parametrize("end", [[], [("ending_at", "2026-12-24T00:00:00Z")]])
def test_running_day_is_the_last_bucket(api: Api, end: Params) -> None:
    buckets = api.rows(COST, [*FROM_START, *end, *COST_GROUPS, ("limit", "31")])
    assert buckets[-1] == {
        "starting_at": "2026-11-20T00:00:00Z",
        "ending_at": "2026-11-21T00:00:00Z",
        "results": [],
    }


def test_brackets_may_be_encoded_or_not(api: Api) -> None:
    start = f"{COST}?starting_at={DAYS[0]}T00:00:00Z"
    plain = api.ask(f"{start}&group_by[]=workspace_id&group_by[]=description")
    encoded = api.ask(f"{start}&group_by%5B%5D=workspace_id&group_by%5B%5D=description")
    assert plain.status_code == encoded.status_code == 200
    assert plain.json() == encoded.json()


@pytest.mark.parametrize(
    ("path", "params", "named"),
    [
        (CLAUDE_CODE, [], "starting_at"),
        (CLAUDE_CODE, [("starting_at", "18.11.2026")], "starting_at"),
        (CLAUDE_CODE, [("starting_at", "2026-02-30")], "starting_at"),
        (CLAUDE_CODE, [("starting_at", f"{DAY}T00:00:00Z")], "starting_at"),
        (CLAUDE_CODE, [("starting_at", DAY), ("limit", "1001")], "limit"),
        (CLAUDE_CODE, [("starting_at", DAY), ("limit", "0")], "limit"),
        (CLAUDE_CODE, [("starting_at", DAY), ("limit", "many")], "limit"),
        (CLAUDE_CODE, [("starting_at", DAY), ("starting_at", DAY)], "starting_at"),
        (CLAUDE_CODE, [("starting_at", DAY), ("ending_at", DAY)], "ending_at"),
        (COST, COST_GROUPS, "starting_at"),
        (COST, [("starting_at", DAY), *COST_GROUPS], "starting_at"),
        (COST, [*FROM_START, ("ending_at", f"{DAYS[0]}T00:00:00Z"), *COST_GROUPS], "ending_at"),
        (COST, [*FROM_START, ("bucket_width", "1h"), *COST_GROUPS], "bucket_width"),
        (COST, [*FROM_START, ("group_by[]", "model")], "group_by"),
        (COST, [*FROM_START, ("group_by", "description")], "group_by"),
        (COST, [*FROM_START, *COST_GROUPS, ("limit", "32")], "limit"),
        (USAGE, [*FROM_START, ("group_by[]", "product")], "group_by"),
        (f"{ORGANIZATIONS}/users", [("limit", "1001")], "limit"),
    ],
)
def test_wrong_parameters_are_refused(api: Api, path: str, params: Params, named: str) -> None:
    answer = api.ask(path, params, anthropic_beta=SPEED)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert named in error["message"]


def test_speed_needs_its_beta_header(api: Api) -> None:
    assert api.ask(USAGE, [*FROM_START, *USAGE_GROUPS]).status_code == 400
    asked = api.ask(USAGE, [*FROM_START, *USAGE_GROUPS], anthropic_beta=f"other,{SPEED}")
    assert asked.status_code == 200


def test_grouping_that_is_not_held_is_refused_by_name(api: Api) -> None:
    answer = api.ask(COST, [*FROM_START, ("group_by[]", "workspace_id")])
    assert answer.status_code == 400
    assert "description,workspace_id" in answer.json()["error"]["message"]


def test_objects_have_the_documented_shapes(api: Api) -> None:
    assert api.ask(f"{ORGANIZATIONS}/me").json() == {
        "id": ORGANISATION,
        "type": "organization",
        "name": "Example Console",
    }
    workspaces = api.rows(f"{ORGANIZATIONS}/workspaces")
    assert [workspace["id"] for workspace in workspaces] == ["wrkspc_00001", "wrkspc_00000"]
    geos = [workspace["data_residency"]["allowed_inference_geos"] for workspace in workspaces]
    assert geos == ["unrestricted", ["us"]]
    assert workspaces[0]["tags"] == {"cost_centre": "CC-100"}
    archived = api.rows(f"{ORGANIZATIONS}/workspaces", {"include_archived": "true"})
    assert [workspace["archived_at"] is not None for workspace in archived] == [True, False, False]
    newest, *_, oldest = api.rows(f"{ORGANIZATIONS}/api_keys")
    assert newest["created_by"] == {"id": "user_00000", "type": "user"}
    assert (oldest["created_by"], oldest["principal"], oldest["workspace_id"]) == (None,) * 3
    assert oldest["partial_key_hint"] == "synthetic-hint"
    assert "scope" not in oldest
    invite = api.rows(f"{ORGANIZATIONS}/invites", {"statuses[]": "accepted"})
    assert [row["accepted_at"] for row in invite] == ["2026-11-11T06:00:00Z"]


def test_unknown_workspace_is_not_found(api: Api) -> None:
    answer = api.ask(f"{ORGANIZATIONS}/workspaces/wrkspc_nothing/members")
    assert answer.status_code == 404
