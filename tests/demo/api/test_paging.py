"""Pages of all three styles hold every row once, and cursors fit one query only."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from demo.api.faults import Fault, Kind
from tests.demo.api.conftest import ANALYTICS, ORGANIZATIONS, Api, Params
from tests.demo.api.small_people import DAYS, LAST_DAY, PEOPLE

CLAUDE_CODE = f"{ORGANIZATIONS}/usage_report/claude_code"
COST = f"{ORGANIZATIONS}/cost_report"
USER_USAGE = f"{ANALYTICS}/user_usage_report"
GROUPED_COST: Params = [
    ("starting_at", f"{DAYS[0]}T00:00:00Z"),
    ("ending_at", f"{DAYS[-1] + timedelta(days=1)}T00:00:00Z"),
    ("group_by[]", "workspace_id"),
    ("group_by[]", "description"),
]
BY_PRODUCT: Params = [
    ("starting_at", f"{DAYS[0]}T00:00:00Z"),
    ("ending_at", f"{DAYS[2]}T00:00:00Z"),
    ("bucket_width", "1d"),
    ("group_by[]", "product"),
    ("group_by[]", "model"),
]
DAY = str(LAST_DAY)


def pages(api: Api, path: str, params: Params, limit: int) -> Iterator[dict[str, Any]]:
    """Follow the cursors of any style."""
    cursor: Params = []
    while True:
        answer = api.ask(path, [*params, ("limit", str(limit)), *cursor])
        assert answer.status_code == 200, answer.text
        document = answer.json()
        yield document
        if document.get("has_more") is False or (
            "has_more" not in document and not document["next_page"]
        ):
            return
        key = "last_id" if "last_id" in document else "next_page"
        cursor = [("after_id" if key == "last_id" else "page", document[key])]


CASES = [
    pytest.param(f"{ORGANIZATIONS}/users", [], PEOPLE - 1, id="P1 users"),
    pytest.param(f"{ORGANIZATIONS}/invites", [], 3, id="P1 invites"),
    pytest.param(
        f"{ORGANIZATIONS}/workspaces/wrkspc_00000/members", [], PEOPLE, id="P1 workspace members"
    ),
    pytest.param(f"{ORGANIZATIONS}/api_keys", [], 4, id="P1 API keys"),
    pytest.param(CLAUDE_CODE, [("starting_at", DAY)], PEOPLE + 3, id="P2 claude_code"),
    pytest.param(COST, GROUPED_COST, len(DAYS), id="P2 buckets"),
    pytest.param(USER_USAGE, BY_PRODUCT, 2 * 2 * PEOPLE, id="P2 per user"),
    pytest.param(
        f"{ORGANIZATIONS}/rbac_groups/rbac_group_00000/members", [], PEOPLE, id="P2 group members"
    ),
    pytest.param(f"{ANALYTICS}/users", [("date", DAY)], PEOPLE, id="P3 users"),
    pytest.param(
        f"{ANALYTICS}/skills", [("date", DAY), ("group_by[]", "user_id")], 6, id="P3 by user"
    ),
    pytest.param(
        f"{ANALYTICS}/artifacts", [("date", DAY), ("group_by[]", "user_id")], 6, id="P3 artifacts"
    ),
    pytest.param(f"{ORGANIZATIONS}/spend_limits/effective", [], PEOPLE, id="P3 spend limits"),
]


@pytest.mark.parametrize(("path", "params", "expected"), CASES)
@pytest.mark.parametrize("limit", [1, 2, 4])
def test_pages_hold_every_row_once(
    api: Api, path: str, params: Params, expected: int, limit: int
) -> None:
    found = list(pages(api, path, params, limit))
    assert all(len(page["data"]) <= limit for page in found)
    rows = [row for page in found for row in page["data"]]
    assert len(rows) == expected
    assert len({str(row) for row in rows}) == expected
    (whole,) = pages(api, path, params, 31)
    assert rows == whole["data"]


@pytest.mark.parametrize("kind", [Kind.SHORT_PAGES, Kind.LONG_PAGES])
@pytest.mark.parametrize(("path", "params", "expected"), CASES)
def test_pages_of_another_length_still_hold_every_row_once(
    api: Api, path: str, params: Params, expected: int, kind: Kind
) -> None:
    api.switch_on(Fault(kind))
    found = list(pages(api, path, params, 2))
    rows = [str(row) for page in found for row in page["data"]]
    assert len(rows) == len(set(rows)) == expected
    longest = max(len(page["data"]) for page in found)
    assert longest == (1 if kind is Kind.SHORT_PAGES else 3)


def test_ids_page_back_to_newer_objects(api: Api) -> None:
    newest_first = [row["id"] for row in api.rows(f"{ORGANIZATIONS}/users")]
    oldest = newest_first[-1]
    back = api.ask(f"{ORGANIZATIONS}/users", {"before_id": oldest, "limit": "2"}).json()
    assert [row["id"] for row in back["data"]] == newest_first[-3:-1]
    assert back["has_more"] is True
    both = {"before_id": oldest, "after_id": oldest}
    assert api.ask(f"{ORGANIZATIONS}/users", both).status_code == 400
    assert api.ask(f"{ORGANIZATIONS}/users", {"after_id": "user_nobody"}).status_code == 400


def test_newest_comes_first(api: Api) -> None:
    added = [row["added_at"] for row in api.rows(f"{ORGANIZATIONS}/users")]
    assert added == sorted(added, reverse=True)


@pytest.mark.parametrize(
    ("path", "params", "changed"),
    [
        (CLAUDE_CODE, [("starting_at", DAY)], [("starting_at", str(DAYS[0]))]),
        (COST, GROUPED_COST, [*GROUPED_COST[:1], *GROUPED_COST[2:]]),
        (USER_USAGE, BY_PRODUCT, [*BY_PRODUCT, ("order", "asc")]),
        (f"{ANALYTICS}/users", [("date", DAY)], [("date", str(DAYS[0]))]),
    ],
)
def test_cursor_of_another_query_is_refused(
    api: Api, path: str, params: Params, changed: Params
) -> None:
    cursor = api.ask(path, [*params, ("limit", "1")]).json()["next_page"]
    page = ("page", cursor)
    assert api.ask(path, [*params, ("limit", "1"), page]).status_code == 200
    assert api.ask(path, [*changed, ("limit", "1"), page]).status_code == 400
    # The page size is a parameter like any other.
    assert api.ask(path, [*params, ("limit", "2"), page]).status_code == 400


@pytest.mark.parametrize("cursor", ["page_x", "page_", "W10", "page_W10"])
def test_text_that_is_no_cursor_is_refused(api: Api, cursor: str) -> None:
    answer = api.ask(CLAUDE_CODE, {"starting_at": DAY, "page": cursor})
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_cursor_dies_when_cost_data_is_refreshed(api: Api) -> None:
    params = [*BY_PRODUCT, ("limit", "5")]
    page = ("page", api.ask(USER_USAGE, params).json()["next_page"])
    api.clock.advance(59 * 60)
    assert api.ask(USER_USAGE, [*params, page]).status_code == 200
    api.clock.advance(60)
    assert api.ask(USER_USAGE, [*params, page]).status_code == 410
    assert api.ask(USER_USAGE, params).status_code == 200


def test_pages_of_a_query_show_one_moment(make_api: Callable[..., Api]) -> None:
    api = make_api()
    # One hour before a row of this day is corrected and another one withdrawn.
    api.clock.move_to(api.clock.now().replace(day=DAYS[2].day, hour=2))
    params: Params = [("starting_at", str(DAYS[0])), ("limit", "6")]
    whole = api.ask(CLAUDE_CODE, [("starting_at", str(DAYS[0])), ("limit", "20")]).json()["data"]
    first = api.ask(CLAUDE_CODE, params).json()
    api.clock.advance(2 * 3600)
    second = api.ask(CLAUDE_CODE, [*params, ("page", first["next_page"])]).json()
    assert first["data"] + second["data"] == whole


def test_cursor_tells_nothing_of_the_query(api: Api) -> None:
    cursor = api.ask(CLAUDE_CODE, {"starting_at": DAY, "limit": "1"}).json()["next_page"]
    assert cursor.startswith("page_")
    assert DAY not in cursor
