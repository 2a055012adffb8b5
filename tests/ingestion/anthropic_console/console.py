"""A Console organisation in memory, with the examples of the vendor's documentation."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb
import httpx
import pytest
from dlt.extract import DltSource

from ingestion.http.run import ApiLanding, Progress, land_api
from ingestion.raw_tables import LandingResult
from ingestion.sources.anthropic_console.declaration import SOURCE
from ingestion.sources.anthropic_console.reader import open_console
from tests.ingestion.http.fake_api import KEY, URL, FakeApi, answer

ROOT: Final = "/v1/organizations"
CLAUDE_CODE: Final = f"{ROOT}/usage_report/claude_code"
USAGE: Final = f"{ROOT}/usage_report/messages"
COST: Final = f"{ROOT}/cost_report"
NOON: Final = datetime.fromisoformat("2026-08-20T12:00:00")
DAY: Final = date(2026, 8, 18)

ORGANIZATION: Final = "00000000-0000-4000-8000-000000000001"

PERSON: Final = """{
  "date": "2026-08-18T00:00:00Z",
  "organization_id": "00000000-0000-4000-8000-000000000001",
  "actor": {"type": "user_actor", "email_address": "dev1@example.com"},
  "customer_type": "api", "subscription_type": null, "is_remote": false,
  "terminal_type": "vscode",
  "core_metrics": {
    "num_sessions": 4, "lines_of_code": {"added": 310, "removed": 95},
    "commits_by_claude_code": 3, "pull_requests_by_claude_code": 1
  },
  "tool_actions": {
    "edit_tool": {"accepted": 21, "rejected": 4},
    "multi_edit_tool": {"accepted": 0, "rejected": 0},
    "write_tool": {"accepted": 5, "rejected": 0},
    "notebook_edit_tool": {"accepted": 0, "rejected": 0}
  },
  "model_breakdown": [{
    "model": "claude-sonnet-5",
    "tokens": {"input": 51000, "output": 9200, "cache_read": 880000, "cache_creation": 64000},
    "estimated_cost": {"amount": 143.10, "currency": "USD"}
  }]
}"""
KEY_ACTOR: Final = """{
  "date": "2026-08-18T00:00:00Z",
  "organization_id": "00000000-0000-4000-8000-000000000001",
  "actor": {"type": "api_actor", "api_key_name": "ci-runner"},
  "customer_type": "api", "subscription_type": null, "is_remote": true,
  "terminal_type": "unknown-terminal",
  "core_metrics": {
    "num_sessions": 1, "lines_of_code": {"added": 12, "removed": 0},
    "commits_by_claude_code": 0, "pull_requests_by_claude_code": 0
  },
  "tool_actions": {"patch_tool": {"accepted": 2, "rejected": 1}},
  "model_breakdown": []
}"""

USAGE_ROW: Final[dict[str, Any]] = {
    "account_id": None,
    "api_key_id": "apikey_SYNTH01",
    "service_account_id": None,
    "workspace_id": "wrkspc_SYNTH01",
    "model": "claude-opus-5",
    "context_window": None,
    "inference_geo": None,
    "service_tier": "standard",
    "uncached_input_tokens": 120500,
    "cache_creation": {"ephemeral_5m_input_tokens": 30000, "ephemeral_1h_input_tokens": 0},
    "cache_read_input_tokens": 910000,
    "output_tokens": 44100,
    "server_tool_use": {"web_search_requests": 6},
}
COST_ROWS: Final[list[dict[str, Any]]] = [
    {
        "amount": "602.50000",
        "currency": "USD",
        "workspace_id": "wrkspc_SYNTH01",
        "description": "Claude Opus 5 Usage - Input Tokens",
        "cost_type": "tokens",
        "model": "claude-opus-5",
        "token_type": "uncached_input_tokens",
        "context_window": "0-200k",
        "service_tier": "standard",
        "inference_geo": "global",
    },
    {
        "amount": "6.00000",
        "currency": "USD",
        "workspace_id": None,
        "description": "Web Search Usage",
        "cost_type": "web_search",
        "model": None,
        "token_type": None,
        "context_window": None,
        "service_tier": None,
        "inference_geo": None,
    },
]

_OBJECTS: Final[dict[str, dict[str, Any]]] = {
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
        "role": "developer",
        "status": "pending",
        "invited_at": "2026-08-10T08:00:00Z",
        "expires_at": "2026-08-31T08:00:00Z",
        "accepted_at": None,
        "rbac_group_ids": [],
    },
    "workspaces": {
        "id": "wrkspc_SYNTH01",
        "type": "workspace",
        "name": "Checkout",
        "display_color": "#6C5BB9",
        "created_at": "2026-01-12T10:00:00Z",
        "archived_at": None,
        "compartment_id": "cmpt_SYNTH01",
        "external_key_id": None,
        "data_residency": {
            "workspace_geo": "us",
            "default_inference_geo": "global",
            "allowed_inference_geos": "unrestricted",
        },
        "tags": {"cost_centre": "CC-100"},
    },
    "workspaces/wrkspc_SYNTH01/members": {
        "type": "workspace_member",
        "user_id": "user_SYNTH01",
        "workspace_id": "wrkspc_SYNTH01",
        "workspace_role": "workspace_developer",
    },
    "api_keys": {
        "id": "apikey_SYNTH01",
        "type": "api_key",
        "name": "ci-runner",
        "status": "active",
        "created_at": "2026-02-01T00:00:00Z",
        "expires_at": None,
        "created_by": {"id": "user_SYNTH01", "type": "user"},
        "partial_key_hint": "synthetic-hint",
        "principal": None,
        "workspace_id": "wrkspc_SYNTH01",
    },
}


class Console(FakeApi):
    """The organisation; the day of the examples is 2026-08-18, all others are empty."""

    def __init__(self, now: datetime = NOON) -> None:
        super().__init__(now)
        self.claude_code = {DAY: [PERSON, KEY_ACTOR]}
        self.usage = {DAY: [USAGE_ROW]}
        self.cost = {DAY: list(COST_ROWS)}
        organization = {"id": ORGANIZATION, "type": "organization", "name": "Sample Org"}
        self.serve(f"{ROOT}/me", organization)
        for path, record in _OBJECTS.items():
            self.serve(f"{ROOT}/{path}", listed(record))
        self.handlers[CLAUDE_CODE] = self._claude_code
        self.handlers[USAGE] = lambda request: _buckets(request, self.usage)
        self.handlers[COST] = lambda request: _buckets(request, self.cost)

    def _claude_code(self, request: httpx.Request) -> httpx.Response:
        day = date.fromisoformat(request.url.params["starting_at"])
        rows = ", ".join(self.claude_code.get(day, []))
        return answer(f'{{"data": [{rows}], "has_more": false, "next_page": null}}')


def listed(*records: Mapping[str, Any]) -> dict[str, Any]:
    ids = [record.get("id", record.get("user_id")) for record in records] or [None]
    return {"data": records, "has_more": False, "first_id": ids[0], "last_id": ids[-1]}


def _buckets(request: httpx.Request, rows: Mapping[date, list[dict[str, Any]]]) -> httpx.Response:
    params = request.url.params
    day, end = (date.fromisoformat(params[name][:10]) for name in ("starting_at", "ending_at"))
    buckets = []
    while day < end:
        bounds = [f"{bound}T00:00:00Z" for bound in (day, day + timedelta(days=1))]
        buckets.append(
            {"starting_at": bounds[0], "ending_at": bounds[1], "results": rows.get(day, [])}
        )
        day += timedelta(days=1)
    return answer(json.dumps({"data": buckets, "has_more": False, "next_page": None}))


class Warehouse:
    """A home with a warehouse that runs of the source land in."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._database = home / "warehouse.duckdb"

    def land(
        self,
        api: FakeApi,
        since: date | None = None,
        until: date | None = None,
        *,
        requests_per_minute: int | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> ApiLanding:
        """Run the source once."""
        source = open_console(
            api_url=URL,
            admin_key=KEY,
            requests_per_minute=requests_per_minute,
            clock=api.clock,
            transport=api.transport,
        )
        return land_api(
            source,
            database=self._database,
            working_dir=self.home / "dlt",
            since=since,
            until=until,
            now=api.clock.now(),
            on_progress=on_progress,
        )

    def query(self, sql: str) -> list[Any]:
        """Rows of the warehouse."""
        with duckdb.connect(str(self._database)) as connection:
            connection.execute("set search_path = 'raw_anthropic_console'")
            return connection.execute(sql).fetchall()

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Rows of a raw table, without what the loader adds."""
        loader = ("row_key", "pulled_at", "is_withdrawn", "_dlt_load_id")
        names = [name for (name, *_) in self.query(f"describe {table}") if name not in loader]
        found = self.query(f"select {', '.join(names)} from {table} order by all")
        return [dict(zip(names, row, strict=True)) for row in found]

    def count(self, table: str) -> int:
        """Rows in a raw table."""
        return int(self.query(f"select count(*) from {table}")[0][0])

    def said(self, table: str) -> dict[date, str]:
        """What was last said about each day."""
        return dict(
            self.query(
                f"""
                select date_day, max_by(status, pulled_at) from pulls
                where table_name = '{table}' group by date_day order by date_day
                """
            )
        )


class Shelf(Warehouse):
    """Keeps what one run would land in memory: much faster, where landing is not the question."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(home)
        self._connection = duckdb.connect()
        for name, schema in SOURCE.schemas.items():
            self._connection.register("empty", schema.empty_table())
            self._connection.execute(f"create table {name} as from empty")
        monkeypatch.setattr("ingestion.http.batch.land", self._put)

    def query(self, sql: str) -> list[Any]:
        return self._connection.execute(sql).fetchall()

    def _put(self, source: DltSource, **_settings: object) -> LandingResult:
        for name, resource in source.resources.items():
            for table in resource:
                self._connection.register("rows", table)
                condition = "" if name == "pulls" else "where is_withdrawn is null"
                self._connection.execute(f"insert into {name} from rows {condition}")
        return LandingResult("anthropic_console", {}, ())
