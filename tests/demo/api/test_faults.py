"""Each fault that can be switched on."""

import json
from typing import Any

import pytest

from demo.api.calls import Edition
from demo.api.faults import Fault, Kind
from tests.demo.api.conftest import ANALYTICS, ORGANIZATIONS, Api
from tests.demo.api.small_people import DAYS, LAST_DAY, NOW

USERS = (f"{ANALYTICS}/users", {"date": str(LAST_DAY), "limit": "2"})
MEMBERS: tuple[str, dict[str, str]] = (f"{ORGANIZATIONS}/users", {})
CLAUDE_CODE = (f"{ORGANIZATIONS}/usage_report/claude_code", {"starting_at": str(LAST_DAY)})


def statuses(api: Api, asked: tuple[str, dict[str, str]], times: int) -> list[int]:
    return [api.ask(*asked).status_code for _ in range(times)]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529])
def test_server_errors(api: Api, status: int) -> None:
    api.switch_on(Fault(Kind.SERVER_ERROR, status=status, count=1))
    refused = api.ask(*USERS)
    assert refused.status_code == status
    assert refused.json()["type"] == "error"
    assert api.ask(*USERS).status_code == 200


def test_storm_of_429(api: Api) -> None:
    api.switch_on(Fault(Kind.RATE_LIMIT_STORM, count=2, retry_after=7))
    api.switch_on(Fault(Kind.RATE_LIMIT_STORM, path=MEMBERS[0], retry_after=None))
    refused = api.ask(*USERS)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")
    assert statuses(api, USERS, 2) == [429, 200]
    assert "retry-after" not in api.ask(*MEMBERS).headers


def test_fault_hits_its_path_and_its_turn(api: Api) -> None:
    api.switch_on(Fault(Kind.SERVER_ERROR, path=USERS[0], skip=1, count=2))
    assert statuses(api, MEMBERS, 4) == [200] * 4
    assert statuses(api, USERS, 5) == [200, 500, 500, 200, 200]


def test_fault_hits_a_share_the_same_way_every_time(api: Api) -> None:
    api.switch_on(Fault(Kind.SERVER_ERROR, probability=0.3))
    found = statuses(api, MEMBERS, 200)
    assert 35 <= found.count(500) <= 85
    assert api.stand_in.faults.described()[0]["hits"] == found.count(500)


def test_slow_answer_moves_a_standing_clock(api: Api) -> None:
    api.switch_on(Fault(Kind.SLOW, seconds=90, count=1))
    assert api.ask(*USERS).headers["date"] == "Fri, 20 Nov 2026 12:01:30 GMT"
    assert (api.clock.now() - NOW).total_seconds() == 90


def test_truncated_body(api: Api) -> None:
    whole = api.ask(*USERS).content
    api.switch_on(Fault(Kind.TRUNCATED_BODY, count=1))
    cut = api.ask(*USERS)
    assert cut.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        cut.json()
    assert whole.startswith(cut.content)


def test_dying_cursor_hits_further_pages_only(api: Api) -> None:
    api.switch_on(Fault(Kind.EXPIRED_CURSOR, count=1))
    path, params = USERS
    cursor = api.ask(path, params).json()["next_page"]
    further = {**params, "page": cursor}
    assert api.ask(path, further).status_code == 410
    assert api.ask(path, further).status_code == 200


def test_edition_of_some_paths(api: Api) -> None:
    api.switch_on(Fault(Kind.EDITION, path=f"{ANALYTICS}/summaries", edition=Edition.D))
    document = api.ask(f"{ANALYTICS}/summaries", {"starting_date": str(DAYS[0])}).json()
    assert "data" in document
    assert "chat_cowork_unified_metrics" not in api.rows(*USERS)[0]


@pytest.mark.parametrize("asked", [USERS, MEMBERS, CLAUDE_CODE])
def test_unknown_fields(api: Api, asked: tuple[str, dict[str, str]]) -> None:
    known = api.rows(*asked)[0]
    api.switch_on(Fault(Kind.UNKNOWN_FIELDS))
    row = api.rows(*asked)[0]
    assert row.pop("unheard_of_metrics") == {"count": 1, "names": ["a", "b"]}
    assert row == known


@pytest.mark.parametrize(
    ("asked", "field", "path", "expected"),
    [
        (USERS, "message_count", ["chat_metrics", "message_count"], "14"),
        (CLAUDE_CODE, "input", ["model_breakdown", 0, "tokens", "input"], "51000"),
    ],
)
def test_number_turns_into_text(
    api: Api, asked: tuple[str, dict[str, str]], field: str, path: list[Any], expected: str
) -> None:
    api.switch_on(Fault(Kind.NUMBER_AS_TEXT, field=field, count=1))
    api.switch_on(Fault(Kind.NUMBER_AS_TEXT, field=field, skip=1, text="many"))
    for text in (expected, "many"):
        found: Any = api.rows(*asked)[1 if asked is CLAUDE_CODE else 0]
        for step in path:
            found = found[step]
        assert found == text


def test_number_in_a_bucket_turns_into_text(api: Api) -> None:
    api.switch_on(Fault(Kind.NUMBER_AS_TEXT, field="requests"))
    buckets = api.rows(f"{ANALYTICS}/usage_report", {"starting_at": f"{DAYS[0]}T00:00:00Z"})
    assert buckets[0]["results"][0]["requests"] == "410"


@pytest.mark.parametrize(
    ("kind", "status"),
    [(Kind.REVOKED_KEY, 401), (Kind.MISSING_SCOPE, 403), (Kind.NOT_FOUND, 404)],
)
def test_key_loses_its_rights(api: Api, kind: Kind, status: int) -> None:
    api.switch_on(Fault(kind, path=ANALYTICS))
    assert api.ask(*USERS).status_code == status
    assert api.ask(*MEMBERS).status_code == 200
    api.stand_in.faults.clear()
    assert api.ask(*USERS).status_code == 200


def test_publication_is_late(api: Api) -> None:
    api.switch_on(Fault(Kind.LATE_PUBLICATION, days=3))
    message = api.ask(*USERS).json()["error"]["message"]
    assert message.endswith("2026-11-16")


def test_faults_are_steered_over_http(api: Api) -> None:
    switched = api.http.post(
        "/_stand_in/faults",
        json=[
            {"kind": "server_error", "status": 529, "count": 1},
            {"kind": "edition", "edition": "D"},
        ],
    )
    assert [fault["kind"] for fault in switched.json()] == ["server_error", "edition"]
    assert statuses(api, USERS, 2) == [529, 200]
    assert "chat_cowork_unified_metrics" in api.rows(*USERS)[0]
    assert api.http.delete("/_stand_in/faults").json() == []
    assert "chat_cowork_unified_metrics" not in api.rows(*USERS)[0]


@pytest.mark.parametrize(
    "described",
    [
        {"kind": "earthquake"},
        {"path": "/"},
        {"kind": "slow", "minutes": 3},
        {"kind": "edition", "edition": "Z"},
    ],
)
def test_unknown_fault_is_refused(api: Api, described: dict[str, Any]) -> None:
    assert api.http.post("/_stand_in/faults", json=[described]).status_code == 400
