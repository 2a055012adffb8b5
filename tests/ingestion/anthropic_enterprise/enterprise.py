"""An Enterprise organisation in memory, with the examples of the vendor's documentation."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from ingestion.http.endpoints import ApiSource
from ingestion.sources.anthropic_enterprise.reader import open_enterprise
from tests.ingestion.anthropic_enterprise.examples import (
    DELETED_ACTOR,
    LISTS,
    OBJECTS,
    PERSON,
    REPORTS,
    SUMMARY,
    USER_COST_ROW,
    USER_USAGE_ROW,
    Record,
)
from tests.ingestion.http.fake_api import KEY, URL, FakeApi, answer, failure
from tests.ingestion.http.warehouse import ApiShelf, ApiWarehouse

ROOT: Final = "/v1/organizations"
ANALYTICS: Final = f"{ROOT}/analytics"
USERS: Final = f"{ANALYTICS}/users"
SUMMARIES: Final = f"{ANALYTICS}/summaries"
SKILLS: Final = f"{ANALYTICS}/skills"
ARTIFACTS: Final = f"{ANALYTICS}/artifacts"
USAGE: Final = f"{ANALYTICS}/usage_report"
COST: Final = f"{ANALYTICS}/cost_report"
USER_USAGE: Final = f"{ANALYTICS}/user_usage_report"
USER_COST: Final = f"{ANALYTICS}/user_cost_report"
NOON: Final = datetime.fromisoformat("2026-08-20T12:00:00")
DAY: Final = date(2026, 8, 18)
ADMIN_KEY: Final = "sk-ant-api01-planted-9876543210"


class Enterprise(FakeApi):
    """The organisation; its newest day, 2026-08-18, has the examples, all others are empty.

    Attributes:
        newest: The newest day of the engagement endpoints.
        refusal: What a younger day is told; takes `day` and `newest`.
        refreshed_at: As of when cost and usage are.
    """

    def __init__(self, now: datetime = NOON) -> None:
        super().__init__(now)
        self.newest = DAY
        self.refusal = "data for {day} is not available yet; the newest day is {newest}"
        self.refreshed_at: str | None = "2026-08-19T08:00:00Z"
        self.people: dict[date, list[Record]] = {DAY: [PERSON]}
        self.lists: dict[str, dict[date, tuple[Record, ...]]] = {
            path: {DAY: pair} for path, pair in LISTS.items()
        }
        self.summaries: dict[date, Record] = {
            DAY - timedelta(days=number): SUMMARY for number in range(40)
        }
        self.reports = {f"{ANALYTICS}/{name}": {DAY: pair} for name, pair in REPORTS.items()}
        self.user_reports: dict[str, dict[date, list[Record]]] = {
            USER_USAGE: {DAY: [USER_USAGE_ROW, {**USER_USAGE_ROW, "actor": DELETED_ACTOR}]},
            USER_COST: {DAY: [USER_COST_ROW]},
        }
        for path, record in OBJECTS.items():
            self.serve(f"{ROOT}/{path}", listed(path, record))
        self.handlers[USERS] = self._users
        self.handlers[SUMMARIES] = self._summaries
        for path in LISTS:
            self.handlers[f"{ANALYTICS}/{path}"] = self._list
        for path in self.reports:
            self.handlers[path] = self._report
        for path in self.user_reports:
            self.handlers[path] = self._user_report

    def _users(self, request: httpx.Request) -> httpx.Response:
        day = date.fromisoformat(request.url.params["date"])
        return self.refused(day) or page(self.people.get(day, []))

    def _list(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        day = date.fromisoformat(params["date"])
        pair = self.lists[request.url.path.removeprefix(f"{ANALYTICS}/")].get(day, ())
        by_user = params.get_list("group_by[]") == ["user_id"]
        records = [record for record in pair if ("user_id" in record) is by_user]
        return self.refused(day) or page(records)

    def _summaries(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        first = date.fromisoformat(params["starting_date"])
        if refused := self.refused(first):
            return refused
        end = date.fromisoformat(params.get("ending_date", str(self.newest + timedelta(days=1))))
        return answer(
            {"summaries": [self.summary(day) for day in days(first, end) if day in self.summaries]}
        )

    def summary(self, day: date) -> Record:
        """The record of a day, named as in edition C."""
        return {**bounds(day), **self.summaries[day]}

    def _report(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        pairs = self.reports[request.url.path]
        which = 1 if params.get_list("group_by[]") else 0
        buckets = [
            {**bounds(day), "results": [pairs[day][which]] if day in pairs else []}
            for day in asked_days(request)
        ]
        return self.refreshed(buckets)

    def _user_report(self, request: httpx.Request) -> httpx.Response:
        rows = self.user_reports[request.url.path]
        records = [
            {**bounds(day), **row} for day in asked_days(request) for row in rows.get(day, [])
        ]
        return self.refreshed(records)

    def refreshed(self, data: Sequence[Record]) -> httpx.Response:
        payload = {
            "organization_id": "org_SYNTH01",
            "data": data,
            "data_refreshed_at": self.refreshed_at,
            "has_more": False,
            "next_page": None,
        }
        return answer(payload)

    def refused(self, day: date) -> httpx.Response | None:
        if day <= self.newest:
            return None
        message = self.refusal.format(day=day, newest=self.newest)
        return failure(400, "invalid_request_error", message)


def page(records: Sequence[Record], next_page: str | None = None) -> httpx.Response:
    return answer({"data": records, "next_page": next_page})


def listed(path: str, record: Mapping[str, Any]) -> Record:
    """A list of one object, in the style of its endpoint."""
    if path in {"users", "invites"}:
        ends = {"first_id": record["id"], "last_id": record["id"]}
        return {"data": [record], "has_more": False, **ends}
    if path.startswith("rbac_groups"):
        return {"data": [record], "has_more": False, "next_page": None}
    return {"data": [record], "next_page": None}


def days(first: date, end: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((end - first).days)]


def asked_days(request: httpx.Request) -> list[date]:
    params = request.url.params
    first, end = (date.fromisoformat(params[name][:10]) for name in ("starting_at", "ending_at"))
    return days(first, end)


def bounds(day: date) -> Record:
    return {
        "starting_at": f"{day}T00:00:00Z",
        "ending_at": f"{day + timedelta(days=1)}T00:00:00Z",
    }


def open_source(api: FakeApi, admin_key: str | None = ADMIN_KEY) -> ApiSource:
    return open_enterprise(
        api_url=URL,
        analytics_key=KEY,
        admin_key=admin_key,
        clock=api.clock,
        transport=api.transport,
    )


def make_warehouse(home: Path) -> ApiWarehouse:
    return ApiWarehouse(home, "anthropic_enterprise", open_source)


def make_shelf(home: Path, monkeypatch: pytest.MonkeyPatch) -> ApiShelf:
    return ApiShelf(home, "anthropic_enterprise", open_source, monkeypatch)
