"""What a run asks and tells, without a warehouse."""

from datetime import date, timedelta
from operator import itemgetter
from pathlib import Path

import httpx
import pytest

from ingestion.http.days import History
from tests.ingestion.anthropic_enterprise.enterprise import (
    ADMIN_KEY,
    ARTIFACTS,
    COST,
    DAY,
    ROOT,
    SKILLS,
    SUMMARIES,
    USAGE,
    USER_COST,
    USER_USAGE,
    USERS,
    Enterprise,
    listed,
    make_shelf,
    open_source,
    page,
)
from tests.ingestion.anthropic_enterprise.examples import (
    OBJECTS,
    PERSON,
    USER_COST_ROW,
    Record,
)
from tests.ingestion.http.fake_api import KEY, answer, failure
from tests.ingestion.http.warehouse import ApiShelf

SINCE = date(2026, 8, 17)


@pytest.fixture
def api() -> Enterprise:
    return Enterprise()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ApiShelf:
    return make_shelf(tmp_path, monkeypatch)


def person(number: int) -> Record:
    return {**PERSON, "user": {**PERSON["user"], "id": f"user_{number}"}}


def test_what_is_asked(api: Enterprise, shelf: ApiShelf) -> None:
    shelf.land(api, since=DAY)
    day = {"date": ["2026-08-18"], "limit": ["1000"]}
    assert api.asked(USERS)[1:] == [day]
    assert api.asked(SKILLS)[1:] == [day, {**day, "group_by[]": ["user_id"]}]
    assert api.asked(ARTIFACTS)[1:] == [day, {**day, "group_by[]": ["user_id"]}]
    window = {
        "starting_at": ["2026-08-18T00:00:00Z"],
        "ending_at": ["2026-08-19T00:00:00Z"],
        "bucket_width": ["1d"],
        "limit": ["31"],
    }
    assert api.asked(USAGE)[1:] == [
        window,
        {
            **window,
            "group_by[]": ["product", "model", "context_window", "inference_geo", "speed"],
        },
    ]
    assert api.asked(COST)[1:] == [
        window,
        {**window, "group_by[]": ["product", "model", "cost_type", "token_type"]},
    ]
    per_user = {**window, "limit": ["1000"], "group_by[]": ["product", "model"]}
    assert api.asked(USER_USAGE)[1:] == [per_user]
    assert api.asked(USER_COST)[1:] == [per_user]


def test_summaries_and_reports_stay_inside_their_spans(api: Enterprise, shelf: ApiShelf) -> None:
    shelf.land(api, since=date(2026, 7, 10))
    windows = sorted(api.asked(SUMMARIES)[1:], key=itemgetter("starting_date"))
    assert windows == [
        {"starting_date": ["2026-07-10"], "ending_date": ["2026-08-10"]},
        {"starting_date": ["2026-08-10"], "ending_date": ["2026-08-19"]},
    ]
    spans = {
        path: [
            (date.fromisoformat(end[0][:10]) - date.fromisoformat(start[0][:10])).days
            for asked in api.asked(path)[1:]
            for start, end in [(asked["starting_at"], asked["ending_at"])]
        ]
        for path in (USAGE, USER_COST)
    }
    # 40 days, in both cuts and in weeks.
    assert sorted(spans[USAGE]) == [9, 9, 31, 31]
    assert sorted(spans[USER_COST]) == [5, 7, 7, 7, 7, 7]


def test_nothing_is_asked_before_the_first_day_there_is(api: Enterprise, shelf: ApiShelf) -> None:
    shelf.land(api, since=date(2025, 6, 1), until=date(2026, 1, 2))
    days = sorted(asked["date"][0] for asked in api.asked(USERS)[1:])
    assert days == ["2026-01-01", "2026-01-02"]
    assert api.asked(USAGE)[1]["starting_at"] == ["2026-01-01T00:00:00Z"]
    assert min(shelf.said("user_activity")) == date(2026, 1, 1)


def test_reports_reach_back_a_year_less_a_day(api: Enterprise, shelf: ApiShelf) -> None:
    api.clock.move_to(api.clock.now().replace(year=2027))
    api.refreshed_at = "2027-08-20T08:00:00Z"
    shelf.land(api, since=date(2026, 8, 1), until=date(2026, 8, 25))
    assert min(shelf.said("cost_report")) == date(2026, 8, 21)
    assert min(shelf.said("user_activity")) == date(2026, 8, 1)


def test_only_groups_need_the_beta_header(api: Enterprise, shelf: ApiShelf) -> None:
    shelf.land(api, since=DAY)
    betas = {
        request.url.path: request.headers["anthropic-beta"]
        for request in api.requests
        if "anthropic-beta" in request.headers
    }
    groups = f"{ROOT}/rbac_groups"
    beta = "ce-user-management-2026-07-13"
    assert betas == {groups: beta, f"{groups}/rbac_group_SYNTH01/members": beta}


@pytest.mark.parametrize(
    ("admin_key", "used"), [(ADMIN_KEY, ADMIN_KEY), (None, KEY)], ids=["two", "one"]
)
def test_each_key_asks_what_it_is_for(
    api: Enterprise, admin_key: str | None, used: str, tmp_path: Path, shelf: ApiShelf
) -> None:
    shelf.open_source = lambda fake: open_source(fake, admin_key)
    shelf.land(api, since=DAY)
    keys: dict[bool, set[str]] = {}
    for request in api.requests:
        is_analytics = "/analytics/" in request.url.path
        keys.setdefault(is_analytics, set()).add(request.headers["x-api-key"])
    assert keys == {True: {KEY}, False: {used}}


@pytest.mark.parametrize(
    ("status", "path", "tables", "admin_key", "line"),
    [
        (
            401,
            "users",
            "members",
            ADMIN_KEY,
            "CLAUDE_ANALYTICS_ENTERPRISE_ADMIN_KEY was refused; it must hold an Enterprise key "
            "with the scope read:members.",
        ),
        (
            403,
            "rbac_groups",
            "rbac_groups, rbac_group_members",
            ADMIN_KEY,
            "CLAUDE_ANALYTICS_ENTERPRISE_ADMIN_KEY was refused; it must hold an Enterprise key "
            "with the scope read:rbac_groups.",
        ),
        (
            404,
            "spend_limits/effective",
            "spend_limits",
            None,
            "CLAUDE_ANALYTICS_ENTERPRISE_KEY was refused; it must hold an Enterprise key with the "
            "scope read:spend_limits, or CLAUDE_ANALYTICS_ENTERPRISE_ADMIN_KEY must.",
        ),
        (
            404,
            "analytics/user_cost_report",
            "user_cost_report",
            ADMIN_KEY,
            "CLAUDE_ANALYTICS_ENTERPRISE_KEY was refused; it must hold an Enterprise key with the "
            "scope read:analytics.",
        ),
    ],
    ids=["members", "groups", "spend limits", "analytics"],
)
def test_what_is_not_granted_is_one_line_and_stops_nothing_else(
    api: Enterprise,
    shelf: ApiShelf,
    status: int,
    path: str,
    tables: str,
    admin_key: str | None,
    line: str,
) -> None:
    api.handlers[f"{ROOT}/{path}"] = lambda _: failure(status, "some_error", "No.")
    shelf.open_source = lambda fake: open_source(fake, admin_key)
    (problem,) = shelf.land(api, since=DAY, until=DAY).problems
    assert (problem.table_name, problem.status) == (tables, "forbidden")
    assert problem.message.startswith(f"{line} {ROOT}/{path}: HTTP {status} some_error: No.")
    assert "\n" not in problem.message
    refused = tables.split(", ")
    statuses = dict(shelf.query("select table_name, any_value(status) from pulls group by all"))
    expected = {name: "landed" for name in statuses} | dict.fromkeys(refused, "forbidden")
    assert statuses == expected
    assert all(shelf.count(name) == 0 for name in refused)


def test_a_revoked_analytics_key_is_told_once_for_all_its_tables(
    api: Enterprise, shelf: ApiShelf
) -> None:
    for path in api.handlers:
        if "/analytics/" in path:
            api.handlers[path] = lambda _: failure(401, "authentication_error", "invalid x-api-key")
    (problem,) = shelf.land(api, since=DAY).problems
    assert problem.table_name.count(",") == 10
    assert problem.message.startswith("CLAUDE_ANALYTICS_ENTERPRISE_KEY was refused")
    assert shelf.count("members") == 1
    assert set(shelf.said("user_activity").values()) == {"forbidden"}


def test_a_cursor_that_dies_starts_the_query_again(api: Enterprise, shelf: ApiShelf) -> None:
    def paged(request: httpx.Request) -> httpx.Response:
        pages_asked = [asked.get("page") for asked in api.asked(USER_COST)[1:]]
        if "page" not in request.url.params:
            # What the first attempt saw must not land beside what the second one sees.
            amount = f"{len(pages_asked)}.000000"
            return _report(api, [{**USER_COST_ROW, "amount": amount}], "page_2")
        if pages_asked.count(["page_2"]) == 1:
            return failure(410, "gone", "the data was refreshed")
        return _report(api, [{**USER_COST_ROW, "amount": "0.500000", "model": "other"}], None)

    api.handlers[USER_COST] = paged
    assert shelf.land(api, since=DAY).problems == ()
    assert shelf.query("select amount from user_cost_report order by 1") == [
        ("0.500000",),
        ("3.000000",),
    ]


def test_short_empty_and_long_pages_are_read_to_their_end(api: Enterprise, shelf: ApiShelf) -> None:
    next_pages = {None: "b", "b": "c", "c": None}
    sizes = {None: 1, "b": 0, "c": 1200}
    handle = api.handlers[USERS]

    def users(request: httpx.Request) -> httpx.Response:
        if request.url.params["date"] != str(DAY):
            return handle(request)
        cursor = request.url.params.get("page")
        people = [person(number) for number in range(sizes[cursor])]
        return page(people, next_pages[cursor])

    api.handlers[USERS] = users
    shelf.land(api, since=DAY)
    assert shelf.count("user_activity") == 1201
    # Equal people on two pages are two rows all the same.
    assert shelf.query("select count(distinct row_key) from user_activity") == [(1201,)]


def test_a_page_that_never_comes_leaves_no_rows(api: Enterprise, shelf: ApiShelf) -> None:
    def users(request: httpx.Request) -> httpx.Response:
        if "page" in request.url.params:
            return failure(400, "invalid_request_error", "the cursor does not match")
        return api.refused(date.fromisoformat(request.url.params["date"])) or page([PERSON], "b")

    api.handlers[USERS] = users
    (problem,) = shelf.land(api, since=DAY).problems
    assert problem.status == "failed"
    assert shelf.count("user_activity") == 0
    assert shelf.said("user_activity")[DAY] == "failed"


def test_one_cut_that_fails_discards_the_other(api: Enterprise, shelf: ApiShelf) -> None:
    handle = api.handlers[SKILLS]

    def skills(request: httpx.Request) -> httpx.Response:
        if "group_by[]" in request.url.params:
            return failure(500, "api_error", "oops")
        return handle(request)

    api.handlers[SKILLS] = skills
    (problem,) = shelf.land(api, since=DAY).problems
    assert problem.table_name == "skills"
    assert shelf.count("skills") == 0


def test_an_answer_of_another_shape_fails_and_says_so(api: Enterprise, shelf: ApiShelf) -> None:
    api.handlers[SUMMARIES] = lambda request: (
        api.refused(date.fromisoformat(request.url.params["starting_date"])) or answer({"days": []})
    )
    api.people[DAY] = [{**PERSON, "office_metrics": []}, {**PERSON, "office_metrics": [1]}]
    problems = {
        problem.table_name: problem.message for problem in shelf.land(api, since=DAY).problems
    }
    assert set(problems) == {"user_activity", "summaries"}
    assert "neither a list of data nor of summaries" in problems["summaries"]
    assert "the field office_metrics is no map" in problems["user_activity"]


def test_limits_per_kind_of_key_are_kept(api: Enterprise, shelf: ApiShelf) -> None:
    groups = [{**OBJECTS["rbac_groups"], "id": f"rbac_group_{number}"} for number in range(150)]
    payload = {**listed("rbac_groups", groups[0]), "data": groups}
    api.serve(f"{ROOT}/rbac_groups", payload)
    for group in groups:
        api.serve(f"{ROOT}/rbac_groups/{group['id']}/members", {**payload, "data": []})
    times: dict[str, list[float]] = {}
    handle = api._handle

    def timed(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix(f"{ROOT}/")
        kind = path.partition("/")[0]
        if kind in {"users", "invites", "rbac_groups"}:
            kind = "objects"
        times.setdefault(kind, []).append(api.clock.monotonic())
        return handle(request)

    api.transport = httpx.MockTransport(timed)
    assert shelf.land(api, since=date(2026, 8, 1)).problems == ()
    limits = {"analytics": 60, "objects": 100, "spend_limits": 60}
    assert set(times) == set(limits)
    for kind, limit in limits.items():
        moments = sorted(times[kind])
        assert all(
            later - earlier >= 60 for earlier, later in zip(moments, moments[limit:], strict=False)
        )
    assert len(times["objects"]) == 153
    minutes = sum(len(times[kind]) / limit for kind, limit in limits.items())
    assert api.clock.monotonic() <= 1.2 * 60 * minutes


def test_days_that_may_still_change_are_read_again(
    api: Enterprise, shelf: ApiShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [DAY - timedelta(days=number) for number in range(60)]
    tables = ("user_activity", "user_cost_report")
    past = History(
        {table: dict.fromkeys(days, api.clock.now()) for table in tables},
        dict.fromkeys(tables, min(days)),
    )
    monkeypatch.setattr("ingestion.http.run.history", lambda *_: past)
    shelf.land(api)
    # The newest day and the seven before; a month of cost.
    assert sorted(asked["date"][0] for asked in api.asked(USERS)[1:]) == [
        f"2026-08-{day}" for day in range(11, 19)
    ]
    assert min(asked["starting_at"] for asked in api.asked(USER_COST)[1:]) == [
        "2026-07-19T00:00:00Z"
    ]


def _report(api: Enterprise, rows: list[Record], next_page: str | None) -> httpx.Response:
    bucket = {"starting_at": "2026-08-18T00:00:00Z", "ending_at": "2026-08-19T00:00:00Z"}
    return answer(
        {
            "data": [{**bucket, **row} for row in rows],
            "data_refreshed_at": api.refreshed_at,
            "has_more": next_page is not None,
            "next_page": next_page,
        }
    )
