"""Which day an endpoint is asked up to: the newest one it has, however it says so."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.ingestion.anthropic_enterprise.enterprise import (
    ARTIFACTS,
    DAY,
    SKILLS,
    SUMMARIES,
    USAGE,
    USER_COST,
    USERS,
    Enterprise,
    make_shelf,
    page,
)
from tests.ingestion.http.fake_api import answer, failure
from tests.ingestion.http.warehouse import ApiShelf

SINCE = date(2026, 8, 16)
NINETEENTH = date(2026, 8, 19)


@pytest.fixture
def api() -> Enterprise:
    return Enterprise()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ApiShelf:
    return make_shelf(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "refusal",
    [
        "data for {day} is not available yet; the newest day is {newest}",
        "{newest}: that is the newest day",
        "choose a day between 2026-01-01 and {newest}.",
    ],
)
def test_the_newest_day_is_the_last_one_that_the_refusal_names(
    api: Enterprise, shelf: ApiShelf, refusal: str
) -> None:
    api.refusal = refusal
    assert shelf.land(api, since=SINCE).problems == ()
    assert api.asked(USERS)[0] == {"date": ["2026-08-20"]}
    days = sorted(asked["date"][0] for asked in api.asked(USERS)[1:])
    assert days == ["2026-08-16", "2026-08-17", "2026-08-18"]
    assert api.asked(SUMMARIES)[0] == {"starting_date": ["2026-08-20"]}
    for table in ("user_activity", "skills", "artifacts", "summaries"):
        assert shelf.said(table)[DAY] == "landed"
        assert shelf.said(table)[NINETEENTH] == "not_published"


def test_each_endpoint_has_a_newest_day_of_its_own(api: Enterprise, shelf: ApiShelf) -> None:
    handle = api.handlers[SKILLS]

    def later(request: httpx.Request) -> httpx.Response:
        if request.url.params["date"] > "2026-08-16":
            return failure(400, "invalid_request_error", "newest available: 2026-08-16")
        return handle(request)

    api.handlers[SKILLS] = later
    shelf.land(api, since=SINCE)
    late = ["empty", "not_published", "not_published", "not_published"]
    assert list(shelf.said("skills").values()) == late
    assert list(shelf.said("plugins").values()) == ["empty", "empty", "landed", "not_published"]


def test_a_lag_of_three_days_loses_no_day(api: Enterprise, shelf: ApiShelf) -> None:
    api.newest = date(2026, 8, 17)
    shelf.land(api, since=SINCE)
    assert list(shelf.said("user_activity").values()) == ["empty", "empty"] + ["not_published"] * 2


@pytest.mark.parametrize("refusal", ["not available yet", "{day} is not available yet"])
def test_where_a_refusal_names_no_day_days_are_tried_backwards(
    api: Enterprise, shelf: ApiShelf, refusal: str
) -> None:
    api.refusal = refusal
    assert shelf.land(api, since=SINCE).problems == ()
    tried = [asked["date"][0] for asked in api.asked(ARTIFACTS)[:3]]
    assert tried == ["2026-08-20", "2026-08-19", "2026-08-18"]
    assert shelf.said("artifacts")[DAY] == "landed"
    assert shelf.said("artifacts")[NINETEENTH] == "not_published"


def test_the_search_ends(api: Enterprise, shelf: ApiShelf) -> None:
    api.newest = date(2026, 1, 5)
    api.refusal = "no"
    (*_, problem) = shelf.land(api, since=SINCE).problems
    assert len(api.asked(USERS)) == 11
    assert problem.status == "failed"
    assert "HTTP 400 invalid_request_error: no" in problem.message
    assert set(shelf.said("user_activity").values()) == {"failed"}
    assert shelf.said("cost_report")[DAY] == "landed"


def test_a_day_that_is_not_over_is_not_taken(api: Enterprise, shelf: ApiShelf) -> None:
    api.newest = date(2026, 8, 20)
    shelf.land(api, since=SINCE)
    assert list(shelf.said("user_activity")) == [SINCE + timedelta(days=n) for n in range(4)]
    assert shelf.said("user_activity")[NINETEENTH] == "empty"


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (lambda _: failure(403, "permission_error", "no scope since 2026-08-01"), "forbidden"),
        (lambda _: failure(503, "api_error", "broken since 2026-08-01"), "failed"),
    ],
)
def test_another_fault_is_no_newest_day(
    api: Enterprise,
    shelf: ApiShelf,
    handler: Callable[[httpx.Request], httpx.Response],
    status: str,
) -> None:
    api.handlers[USERS] = handler
    (problem,) = shelf.land(api, since=SINCE).problems
    assert (problem.table_name, problem.status) == ("user_activity", status)
    assert set(shelf.said("user_activity").values()) == {status}
    assert shelf.said("skills")[DAY] == "landed"


def test_a_day_that_goes_while_it_is_read_is_not_published(
    api: Enterprise, shelf: ApiShelf
) -> None:
    handle = api.handlers[USERS]

    def gone(request: httpx.Request) -> httpx.Response:
        if len(api.asked(USERS)) > 1:
            api.newest = date(2026, 8, 17)
        return handle(request)

    api.handlers[USERS] = gone
    assert shelf.land(api, since=SINCE).problems == ()
    assert shelf.said("user_activity")[DAY] == "not_published"


def test_summaries_without_a_record_are_not_published(api: Enterprise, shelf: ApiShelf) -> None:
    api.handlers[SUMMARIES] = lambda _: answer({"summaries": [api.summary(SINCE)]})
    shelf.land(api, since=SINCE)
    assert list(shelf.said("summaries").values()) == ["landed"] + ["not_published"] * 3


@pytest.mark.parametrize(
    ("refreshed_at", "newest"),
    [
        ("2026-08-19T00:00:00Z", "2026-08-18"),
        ("2026-08-18T23:59:59Z", "2026-08-17"),
        ("2026-08-18T23:59:59-05:00", "2026-08-18"),
        # A day that is not over is not whole, whatever is said.
        ("2026-08-23T08:00:00Z", "2026-08-19"),
    ],
)
def test_reports_end_where_the_data_was_whole(
    api: Enterprise, shelf: ApiShelf, refreshed_at: str, newest: str
) -> None:
    api.refreshed_at = refreshed_at
    shelf.land(api, since=SINCE)
    last = date.fromisoformat(newest)
    end = f"{last + timedelta(days=1)}T00:00:00Z"
    for path in (USAGE, USER_COST):
        assert all(asked["ending_at"] == [end] for asked in api.asked(path)[1:])
        said = shelf.said(path.rpartition("/")[2])
        unpublished = [day for day, status in said.items() if status == "not_published"]
        assert max(set(said) - set(unpublished)) == last
        assert max(said) == NINETEENTH


def test_reports_of_which_nothing_is_there_yet_are_not_published(
    api: Enterprise, shelf: ApiShelf
) -> None:
    api.refreshed_at = None
    assert shelf.land(api, since=SINCE).problems == ()
    assert len(api.asked(USAGE)) == 1
    assert set(shelf.said("usage_report").values()) == {"not_published"}
    assert shelf.count("usage_report") == 0


def test_the_clock_is_the_servers(api: Enterprise, shelf: ApiShelf) -> None:
    api.clock.move_to(datetime.fromisoformat("2026-08-20T00:00:30"))
    api.handlers[USERS] = lambda _: page([])
    shelf.land(api, since=SINCE)
    assert max(shelf.said("user_activity")) == NINETEENTH
