"""Which rows the documented answers become, whatever edition of the API gave them."""

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.ingestion.anthropic_enterprise import expected
from tests.ingestion.anthropic_enterprise.enterprise import (
    DAY,
    SUMMARIES,
    USER_COST,
    USER_USAGE,
    Enterprise,
    asked_days,
    bounds,
    make_shelf,
    make_warehouse,
)
from tests.ingestion.anthropic_enterprise.examples import (
    ACTOR,
    LISTS,
    PERSON,
    REPORTS,
    USER_COST_ROW,
    USER_USAGE_ROW,
    office_app,
)
from tests.ingestion.http.fake_api import answer
from tests.ingestion.http.warehouse import ApiShelf, ApiWarehouse

SINCE = date(2026, 8, 17)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> ApiWarehouse:
    warehouse = make_warehouse(tmp_path_factory.mktemp("enterprise"))
    assert warehouse.land(Enterprise(), since=SINCE).problems == ()
    return warehouse


@pytest.fixture
def api() -> Enterprise:
    return Enterprise()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ApiShelf:
    return make_shelf(tmp_path, monkeypatch)


@pytest.mark.parametrize("table", expected.ROWS)
def test_the_table_holds_the_documented_example(warehouse: ApiWarehouse, table: str) -> None:
    assert warehouse.rows(table) == expected.ROWS[table]


def test_summaries_are_one_row_per_day(warehouse: ApiWarehouse) -> None:
    rows = warehouse.rows("summaries")
    assert [row["date_day"] for row in rows] == [SINCE, DAY]
    assert rows[1] == expected.SUMMARY


def test_all_documented_fields_are_known(warehouse: ApiWarehouse) -> None:
    assert warehouse.query("select distinct unknown_fields from pulls") == [(None,)]


def test_names_that_people_gave_or_bear_do_not_land(warehouse: ApiWarehouse) -> None:
    data = (warehouse.home / "warehouse.duckdb").read_bytes()
    assert b"Sample project" in data
    for left_out in (b"Sample User One", b"Deleted User", b"Sample secret"):
        assert left_out not in data


def test_measures_are_the_days_totals(warehouse: ApiWarehouse) -> None:
    found = warehouse.query(
        f"""
        select table_name || ' ' || measure_name, measure_value
        from raw_ingestion.observed_measures where date_day = '{DAY}'
        """
    )
    measures = dict(found)
    person = PERSON["chat_metrics"]["message_count"]
    assert measures["user_activity chat_metrics__message_count"] == person == 14
    # Once for the organisation and once by user.
    assert measures["artifacts artifacts_created_count"] == 14 + 2
    # The total and its one group.
    total, _ = REPORTS["usage_report"]
    assert measures["usage_report output_tokens"] == 2 * total["output_tokens"]
    assert str(measures["user_cost_report amount"]) == USER_COST_ROW["amount"] + "0000"
    assert measures["user_usage_report row_count"] == 2


def test_an_office_application_without_columns_stays_json(api: Enterprise, shelf: ApiShelf) -> None:
    person = deepcopy(PERSON)
    person["office_metrics"] = {"excel": office_app(message_count=2), "onenote": {"new_count": 7}}
    api.people[DAY] = [person]
    shelf.land(api, since=DAY)
    (row,) = shelf.rows("user_activity")
    assert row["other_office_metrics_json"] == '{"onenote":{"new_count":7}}'
    assert row["office_metrics__excel__message_count"] == 2
    # Absent is not zero.
    assert row["office_metrics__word__message_count"] is None


def test_edition_d_lands_in_the_same_columns(api: Enterprise, shelf: ApiShelf) -> None:
    person = deepcopy(PERSON)
    person["chat_cowork_unified_metrics"] = {
        "chat": {**PERSON["chat_metrics"], "distinct_shared_artifacts_viewed_count": None},
        "sessions": {**PERSON["cowork_metrics"], "artifacts_created_count": 4},
    }
    person["claude_code_metrics"]["core_metrics"]["artifacts_created_count"] = 5
    person["cowork_metrics"]["artifacts_created_count"] = 6
    api.people[DAY] = [person]
    unified = {
        "chat": {"distinct_conversation_skill_used_count": 3},
        "sessions": {"distinct_session_skill_used_count": 2},
    }
    skill, _ = LISTS["skills"]
    api.lists["skills"][DAY] = ({**skill, "chat_cowork_unified_metrics": unified},)
    actor = {**ACTOR, "email_address": ACTOR["email"]}
    del actor["email"]
    tagged = {"product": "claude-tag", "claude_tag_category": "dm", "claude_tag_user_id": None}
    api.user_reports[USER_USAGE] = {DAY: [{**USER_USAGE_ROW, "actor": actor, **tagged}]}
    api.handlers[SUMMARIES] = lambda request: (
        api.refused(date.fromisoformat(request.url.params["starting_date"]))
        or answer({"data": [api.summary(DAY)], "next_page": None, "summaries": []})
    )
    shelf.land(api, since=DAY)
    chat = "chat_cowork_unified_metrics__chat__"
    sessions = "chat_cowork_unified_metrics__sessions__"
    (row,) = shelf.rows("user_activity")
    assert row == {
        **expected.USER_ACTIVITY,
        **{
            name.replace("chat_metrics__", chat): count
            for name, count in expected.USER_ACTIVITY.items()
            if name.startswith("chat_metrics__")
        },
        f"{chat}distinct_shared_artifacts_viewed_count": None,
        **{
            name.replace("cowork_metrics__", sessions): count
            for name, count in expected.USER_ACTIVITY.items()
            if name.startswith("cowork_metrics__")
        },
        f"{sessions}artifacts_created_count": 4,
        "claude_code_metrics__core_metrics__artifacts_created_count": 5,
        "cowork_metrics__artifacts_created_count": 6,
    }
    (row,) = shelf.rows("skills")
    assert row[f"{chat}distinct_conversation_skill_used_count"] == 3
    assert row[f"{sessions}distinct_session_skill_used_count"] == 2
    (row,) = shelf.rows("user_usage_report")
    usage, _ = expected.ROWS["user_usage_report"]
    assert row == {**usage, **tagged}
    assert shelf.rows("summaries") == [expected.SUMMARY]
    assert shelf.query("select distinct unknown_fields from pulls") == [(None,)]


def test_editions_a_and_b_land_in_the_same_columns(api: Enterprise, shelf: ApiShelf) -> None:
    person = deepcopy(PERSON)
    for app in ("word", "outlook"):
        del person["office_metrics"][app]
    for name in ("design_metrics", "science_metrics", "last_activity_date"):
        del person[name]
    del person["chat_metrics"]["distinct_connectors_used_count"]
    api.people[DAY] = [person]
    rates = [f"{span}_adoption_rate" for span in ("daily", "weekly", "monthly")]
    summary: dict[str, Any] = {"starting_date": "2026-08-18", "ending_date": "2026-08-19"}
    summary |= {name: value for name, value in api.summaries[DAY].items() if name not in rates}
    api.handlers[SUMMARIES] = lambda request: (
        api.refused(date.fromisoformat(request.url.params["starting_date"]))
        or answer({"summaries": [summary]})
    )
    shelf.land(api, since=DAY)
    gone = ("office_metrics__word", "office_metrics__outlook", "design_metrics", "science_metrics")
    assert shelf.rows("user_activity") == [
        {
            **expected.USER_ACTIVITY,
            **{
                name: None
                for name in expected.USER_ACTIVITY
                if name.startswith((*gone, "last_activity", "chat_metrics__distinct_connectors"))
            },
        }
    ]
    assert shelf.rows("summaries") == [{**expected.SUMMARY, **dict.fromkeys(rates)}]


def test_large_and_odd_amounts_stay_exact(api: Enterprise, shelf: ApiShelf) -> None:
    amounts = ["12345678901.123456", "0", "-12.000001"]
    api.user_reports[USER_COST] = {
        DAY: [
            {**USER_COST_ROW, "amount": amount, "product": product}
            for product, amount in zip(("chat", "other", None), amounts, strict=True)
        ]
    }
    shelf.land(api, since=DAY)
    landed = shelf.query("select product, amount from user_cost_report")
    assert dict(landed) == dict(zip(("chat", "other", None), amounts, strict=True))


def test_the_same_user_twice_in_one_answer_lands_twice(api: Enterprise, shelf: ApiShelf) -> None:
    api.user_reports[USER_COST] = {DAY: [USER_COST_ROW, USER_COST_ROW]}
    shelf.land(api, since=DAY)
    assert shelf.query("select count(distinct row_key) from user_cost_report") == [(2,)]


def test_rows_of_days_that_were_not_asked_for_are_left_out(
    api: Enterprise, shelf: ApiShelf
) -> None:
    api.handlers[USER_USAGE] = lambda request: api.refreshed(
        [
            {**bounds(day), **USER_USAGE_ROW}
            for day in (date(2026, 8, 1), *asked_days(request), date(2026, 8, 20))
        ]
    )
    shelf.land(api, since=SINCE)
    assert shelf.query("select date_day from user_usage_report order by 1") == [(SINCE,), (DAY,)]
