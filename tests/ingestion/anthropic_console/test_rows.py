"""Each table holds what the documented examples say, written out by hand."""

from datetime import date, datetime
from typing import Any

import pytest

from tests.ingestion.anthropic_console.console import DAY, ORGANIZATION, Console, Warehouse


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


BUCKET = {"starting_at": at("2026-08-18"), "ending_at": at("2026-08-19")}
SNAPSHOT = {"date_day": date(2026, 8, 20)}
PERSON: dict[str, Any] = {
    "date_day": DAY,
    "organization_id": ORGANIZATION,
    "actor__type": "user_actor",
    "actor__email_address": "dev1@example.com",
    "actor__api_key_name": None,
    "customer_type": "api",
    "subscription_type": None,
    "is_remote": False,
    "terminal_type": "vscode",
    "core_metrics__num_sessions": 4,
    "core_metrics__lines_of_code__added": 310,
    "core_metrics__lines_of_code__removed": 95,
    "core_metrics__commits_by_claude_code": 3,
    "core_metrics__pull_requests_by_claude_code": 1,
    "tool_actions__edit_tool__accepted": 21,
    "tool_actions__edit_tool__rejected": 4,
    "tool_actions__multi_edit_tool__accepted": 0,
    "tool_actions__multi_edit_tool__rejected": 0,
    "tool_actions__write_tool__accepted": 5,
    "tool_actions__write_tool__rejected": 0,
    "tool_actions__notebook_edit_tool__accepted": 0,
    "tool_actions__notebook_edit_tool__rejected": 0,
    "other_tool_actions_json": None,
}
KEY_ACTOR = {
    **dict.fromkeys(PERSON),
    "date_day": DAY,
    "organization_id": ORGANIZATION,
    "actor__type": "api_actor",
    "actor__api_key_name": "ci-runner",
    "customer_type": "api",
    "is_remote": True,
    "terminal_type": "unknown-terminal",
    "core_metrics__num_sessions": 1,
    "core_metrics__lines_of_code__added": 12,
    "core_metrics__lines_of_code__removed": 0,
    "core_metrics__commits_by_claude_code": 0,
    "core_metrics__pull_requests_by_claude_code": 0,
    "other_tool_actions_json": '{"patch_tool":{"accepted":2,"rejected":1}}',
}
EXPECTED: dict[str, list[dict[str, Any]]] = {
    "claude_code_rows": [KEY_ACTOR, PERSON],
    "messages_usage": [
        {
            "date_day": DAY,
            **BUCKET,
            "api_key_id": "apikey_SYNTH01",
            "workspace_id": "wrkspc_SYNTH01",
            "model": "claude-opus-5",
            "service_tier": "standard",
            "context_window": None,
            "inference_geo": None,
            "account_id": None,
            "service_account_id": None,
            "speed": None,
            "uncached_input_tokens": 120500,
            "cache_creation__ephemeral_5m_input_tokens": 30000,
            "cache_creation__ephemeral_1h_input_tokens": 0,
            "cache_read_input_tokens": 910000,
            "output_tokens": 44100,
            "server_tool_use__web_search_requests": 6,
            "group_by_json": '["api_key_id","workspace_id","model","service_tier",'
            '"context_window","inference_geo","account_id","service_account_id","speed"]',
        }
    ],
    "cost_report": [
        {
            "date_day": DAY,
            **BUCKET,
            "workspace_id": "wrkspc_SYNTH01",
            "description": "Claude Opus 5 Usage - Input Tokens",
            "cost_type": "tokens",
            "model": "claude-opus-5",
            "token_type": "uncached_input_tokens",
            "context_window": "0-200k",
            "service_tier": "standard",
            "inference_geo": "global",
            "speed": None,
            "amount": "602.50000",
            "currency": "USD",
            "group_by_json": '["workspace_id","description"]',
        },
        {
            "date_day": DAY,
            **BUCKET,
            "workspace_id": None,
            "description": "Web Search Usage",
            "cost_type": "web_search",
            "model": None,
            "token_type": None,
            "context_window": None,
            "service_tier": None,
            "inference_geo": None,
            "speed": None,
            "amount": "6.00000",
            "currency": "USD",
            "group_by_json": '["workspace_id","description"]',
        },
    ],
    "organizations": [
        {**SNAPSHOT, "id": ORGANIZATION, "type": "organization", "name": "Sample Org"}
    ],
    "users": [
        {
            **SNAPSHOT,
            "id": "user_SYNTH01",
            "type": "user",
            "email": "dev1@example.com",
            "role": "user",
            "added_at": at("2026-03-02T09:14:03"),
        }
    ],
    "invites": [
        {
            **SNAPSHOT,
            "id": "invite_SYNTH01",
            "type": "invite",
            "email": "new1@example.com",
            "role": "developer",
            "status": "pending",
            "invited_at": at("2026-08-10T08:00:00"),
            "expires_at": at("2026-08-31T08:00:00"),
            "accepted_at": None,
            "rbac_group_ids_json": "[]",
        }
    ],
    "workspaces": [
        {
            **SNAPSHOT,
            "id": "wrkspc_SYNTH01",
            "type": "workspace",
            "name": "Checkout",
            "display_color": "#6C5BB9",
            "created_at": at("2026-01-12T10:00:00"),
            "archived_at": None,
            "compartment_id": "cmpt_SYNTH01",
            "external_key_id": None,
            "data_residency__workspace_geo": "us",
            "data_residency__default_inference_geo": "global",
            "data_residency__allowed_inference_geos_json": '"unrestricted"',
            "tags_json": '{"cost_centre":"CC-100"}',
        }
    ],
    "workspace_members": [
        {
            **SNAPSHOT,
            "type": "workspace_member",
            "user_id": "user_SYNTH01",
            "workspace_id": "wrkspc_SYNTH01",
            "workspace_role": "workspace_developer",
        }
    ],
    "api_keys": [
        {
            **SNAPSHOT,
            "id": "apikey_SYNTH01",
            "type": "api_key",
            "name": "ci-runner",
            "status": "active",
            "created_at": at("2026-02-01T00:00:00"),
            "expires_at": None,
            "created_by__id": "user_SYNTH01",
            "created_by__type": "user",
            "principal__id": None,
            "principal__type": None,
            "workspace_id": "wrkspc_SYNTH01",
            "scope__type": None,
            "scope__workspace_id": None,
        }
    ],
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("console"))
    assert warehouse.land(Console(), since=date(2026, 8, 17)).problems == ()
    return warehouse


@pytest.mark.parametrize("table", EXPECTED)
def test_the_table_holds_the_documented_example(warehouse: Warehouse, table: str) -> None:
    assert warehouse.rows(table) == EXPECTED[table]


def test_models_stand_beneath_their_row_with_exact_money(warehouse: Warehouse) -> None:
    models = warehouse.query(
        """
        select parents.actor__email_address, models.* exclude (
            row_key, parent_row_key, pulled_at, is_withdrawn, _dlt_load_id
        )
        from claude_code_models as models
        inner join claude_code_rows as parents
            on models.parent_row_key = parents.row_key
        """,
    )
    assert models == [
        ("dev1@example.com", DAY, "claude-sonnet-5", 51000, 9200, 880000, 64000, "143.10", "USD")
    ]


def test_neither_key_hints_nor_names_of_people_land(warehouse: Warehouse) -> None:
    data = (warehouse.home / "warehouse.duckdb").read_bytes()
    assert b"Checkout" in data
    assert b"synthetic-hint" not in data
    assert b"Sample User One" not in data


def test_all_documented_fields_are_known(warehouse: Warehouse) -> None:
    unknown = warehouse.query("select distinct unknown_fields from pulls")
    assert unknown == [(None,)]
