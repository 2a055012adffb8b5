"""Other editions of the documentation than C."""

from collections.abc import Callable

import pytest

from demo.api.calls import Edition
from tests.demo.api.conftest import ANALYTICS, ORGANIZATIONS, Api, Params
from tests.demo.api.small_people import DAYS, PEOPLE, email

DAY = {"date": str(DAYS[0])}
FROM_START: Params = [("starting_at", f"{DAYS[0]}T00:00:00Z")]
BY_PRODUCT: Params = [
    *FROM_START,
    ("ending_at", f"{DAYS[1]}T00:00:00Z"),
    ("bucket_width", "1d"),
    ("group_by[]", "product"),
    ("group_by[]", "model"),
]


@pytest.fixture
def in_edition(make_api: Callable[..., Api]) -> Callable[[str], Api]:
    """A stand-in that answers in an edition."""
    return lambda edition: make_api(edition=Edition(edition))


def test_d_wraps_summaries_in_data(in_edition: Callable[[str], Api]) -> None:
    asked = {"starting_date": str(DAYS[0]), "limit": "100"}
    document = in_edition("D").ask(f"{ANALYTICS}/summaries", asked).json()
    assert document["next_page"] is None
    assert document["data"] == document["summaries"]
    assert document["data"][0]["chat_cowork_unified_daily_active_user_count"] == 3


def test_d_names_actor_and_product_anew(in_edition: Callable[[str], Api]) -> None:
    rows = in_edition("D").rows(f"{ANALYTICS}/user_usage_report", BY_PRODUCT)
    actors = {row["actor"]["email_address"] for row in rows}
    assert actors == {None, *(email(person) for person in range(PEOPLE - 1))}
    assert not any("email" in row["actor"] for row in rows)
    assert {row["product"] for row in rows} == {"chat", "claude-tag"}
    assert {row["claude_tag_category"] for row in rows} == {None}


def test_d_adds_unified_metrics_and_artifacts(in_edition: Callable[[str], Api]) -> None:
    row = in_edition("D").rows(f"{ANALYTICS}/users", DAY)[0]
    assert row["chat_cowork_unified_metrics"] == {
        "chat": {"message_count": 4},
        "sessions": {"message_count": 5},
    }
    assert row["claude_code_metrics"]["core_metrics"]["artifacts_created_count"] == 1
    assert row["cowork_metrics"]["artifacts_created_count"] == 0


def test_d_scopes_api_keys(in_edition: Callable[[str], Api]) -> None:
    newest, *_, oldest = in_edition("D").rows(f"{ORGANIZATIONS}/api_keys")
    assert newest["scope"] == {"type": "workspace", "workspace_id": "wrkspc_00000"}
    assert oldest["scope"] == {"type": "organization"}


@pytest.mark.parametrize("edition", ["A", "B"])
def test_a_and_b_lag_three_days_more(in_edition: Callable[[str], Api], edition: str) -> None:
    api = in_edition(edition)
    message = api.ask(f"{ANALYTICS}/users", {"date": "2026-11-17"}).json()["error"]["message"]
    assert message.endswith("2026-11-16")


@pytest.mark.parametrize("edition", ["A", "B"])
def test_a_and_b_know_less(in_edition: Callable[[str], Api], edition: str) -> None:
    api = in_edition(edition)
    summary = api.ask(f"{ANALYTICS}/summaries", {"starting_date": str(DAYS[0])}).json()["summaries"]
    assert summary[0]["starting_date"] == f"{DAYS[0]}T00:00:00Z"
    assert not {"starting_at", "ending_at", "daily_adoption_rate"} & summary[0].keys()
    assert ("cowork_daily_active_user_count" in summary[0]) is (edition == "B")
    row = api.rows(f"{ANALYTICS}/users", DAY)[0]
    assert set(row["office_metrics"]) == {"excel", "powerpoint"}
    assert "distinct_connectors_used_count" not in row["chat_metrics"]
    assert api.ask(f"{ANALYTICS}/plugins", DAY).status_code == 404
    cost = api.ask(f"{ANALYTICS}/cost_report", FROM_START)
    assert cost.status_code == (200 if edition == "B" else 404)
    long = {"starting_date": "2026-10-01", "ending_date": "2026-11-10"}
    assert api.ask(f"{ANALYTICS}/summaries", long).status_code == 400
    claude_code = {"starting_at": str(DAYS[0])}
    assert "is_remote" not in api.rows(f"{ORGANIZATIONS}/usage_report/claude_code", claude_code)[0]


def test_c_shows_nothing_of_d(api: Api) -> None:
    row = api.rows(f"{ANALYTICS}/users", DAY)[0]
    assert "chat_cowork_unified_metrics" not in row
    assert "artifacts_created_count" not in row["cowork_metrics"]
    cost = api.rows(f"{ANALYTICS}/user_cost_report", BY_PRODUCT)[0]
    assert "claude_tag_category" not in cost
    assert "email" in cost["actor"]
