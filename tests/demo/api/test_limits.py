"""The documented limits, per kind of key, on the stand-in's clock."""

from collections.abc import Callable

import pytest

from demo.api import keys
from demo.api.faults import Fault, Kind
from tests.demo.api.conftest import ANALYTICS, ORGANIZATIONS, Api, Params
from tests.demo.api.small_people import DAYS, LAST_DAY

USERS = (f"{ANALYTICS}/users", {"date": str(LAST_DAY), "limit": "1"})
MEMBERS = (f"{ORGANIZATIONS}/users", {"limit": "1"})
CLAUDE_CODE = (f"{ORGANIZATIONS}/usage_report/claude_code", {"starting_at": str(LAST_DAY)})
COST: tuple[str, Params] = (
    f"{ORGANIZATIONS}/cost_report",
    [
        ("starting_at", f"{DAYS[0]}T00:00:00Z"),
        ("group_by[]", "workspace_id"),
        ("group_by[]", "description"),
        ("limit", "2"),
    ],
)


@pytest.fixture
def limited(make_api: Callable[..., Api]) -> Api:
    """A stand-in with the documented limits."""
    return make_api(granted=None)


@pytest.mark.parametrize(
    ("path", "params", "key", "allowed"),
    [
        (*USERS, keys.ENTERPRISE_ANALYTICS_KEY, 60),
        (*MEMBERS, keys.ENTERPRISE_ADMIN_KEY, 100),
        (f"{ORGANIZATIONS}/spend_limits/effective", {}, keys.ENTERPRISE_ADMIN_KEY, 60),
    ],
)
def test_request_above_the_limit_is_refused_and_told_when_to_come_back(
    limited: Api, path: str, params: dict[str, str], key: str, allowed: int
) -> None:
    for _ in range(allowed):
        assert limited.ask(path, params, key=key).status_code == 200
        limited.clock.advance(0.1)
    refused = limited.ask(path, params, key=key)
    assert refused.status_code == 429
    assert refused.json()["error"]["type"] == "rate_limit_error"
    # The first request leaves the minute 60 seconds after it came.
    assert int(refused.headers["retry-after"]) == 60 - allowed // 10
    assert [violation.allowed for violation in limited.limits.violations] == [allowed]
    limited.clock.advance(int(refused.headers["retry-after"]))
    assert limited.ask(path, params, key=key).status_code == 200


def test_endpoints_of_analytics_share_one_limit(limited: Api) -> None:
    for number in range(60):
        path = f"{ANALYTICS}/{('users', 'skills', 'plugins')[number % 3]}"
        assert limited.ask(path, {"date": str(LAST_DAY)}).status_code == 200
    assert limited.ask(f"{ANALYTICS}/connectors", {"date": str(LAST_DAY)}).status_code == 429
    # Members count against a limit of their own.
    assert limited.ask(*MEMBERS, key=keys.ENTERPRISE_ADMIN_KEY).status_code == 200


def test_limit_of_one_minute_slides(limited: Api) -> None:
    for _ in range(59):
        limited.ask(*USERS)
    limited.clock.advance(59)
    assert limited.ask(*USERS).status_code == 200
    assert limited.ask(*USERS).status_code == 429
    limited.clock.advance(1)
    assert limited.ask(*USERS).status_code == 200


def test_console_report_takes_one_new_query_per_minute_and_any_number_of_pages(
    limited: Api,
) -> None:
    path, params = COST
    first = limited.ask(path, params).json()
    cursor = first["next_page"]
    while cursor:
        answer = limited.ask(path, [*params, ("page", cursor)])
        assert answer.status_code == 200
        cursor = answer.json()["next_page"]
    limited.clock.advance(59)
    assert limited.ask(path, params).status_code == 429
    usage = [("starting_at", f"{DAYS[0]}T00:00:00Z")]
    # The other report is counted by itself; this query is wrong, but not too soon.
    assert limited.ask(f"{ORGANIZATIONS}/usage_report/messages", usage).status_code == 400
    limited.clock.advance(1)
    assert limited.ask(path, params).status_code == 200
    assert [violation.budget for violation in limited.limits.violations] == ["console_reports"]


def test_promise_is_not_enforced_but_remembered(limited: Api) -> None:
    for _ in range(61):
        assert limited.ask(*CLAUDE_CODE).status_code == 200
    assert [violation.allowed for violation in limited.limits.violations] == [60]


def test_granted_number_replaces_every_limit(make_api: Callable[..., Api]) -> None:
    api = make_api(granted=5)
    for path, params, key in (
        (*USERS, keys.ENTERPRISE_ANALYTICS_KEY),
        (*MEMBERS, keys.CONSOLE_ADMIN_KEY),
        (*CLAUDE_CODE, keys.CONSOLE_ADMIN_KEY),
        (*COST, keys.CONSOLE_ADMIN_KEY),
    ):
        api.clock.advance(60)
        statuses = [api.ask(path, params, key=key).status_code for _ in range(6)]
        assert statuses == [200] * 5 + [429]


def test_refused_requests_do_not_count_against_the_limit(limited: Api) -> None:
    limited.switch_on(Fault(Kind.RATE_LIMIT_STORM, count=70))
    for _ in range(70):
        assert limited.ask(*USERS).status_code == 429
    assert limited.ask(*USERS).status_code == 200
    assert limited.limits.violations == []


def test_requests_are_counted_by_limit(limited: Api) -> None:
    limited.ask(*USERS)
    limited.ask(*MEMBERS)
    limited.ask(*MEMBERS, key=keys.ENTERPRISE_ADMIN_KEY)
    limited.ask(*MEMBERS, key="nobody")
    counted = limited.http.get("/_stand_in/counts").json()
    assert counted["requests"] == {
        "enterprise_analytics": 1,
        "console_objects": 1,
        "enterprise_objects": 1,
    }
    assert counted["statuses"] == {"200": 3, "401": 1}
    assert counted["violations"] == []
