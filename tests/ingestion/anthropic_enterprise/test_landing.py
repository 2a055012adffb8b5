"""What lands in a warehouse that other runs landed in before."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.ingestion.anthropic_enterprise.enterprise import (
    DAY,
    NOON,
    ROOT,
    SKILLS,
    USERS,
    Enterprise,
    make_warehouse,
)
from tests.ingestion.anthropic_enterprise.examples import (
    LISTS,
    OBJECTS,
    PERSON,
)
from tests.ingestion.http.fake_api import failure
from tests.ingestion.http.warehouse import ApiWarehouse

SINCE = date(2026, 8, 17)
TABLES = (
    "user_activity",
    "summaries",
    "skills",
    "usage_report",
    "user_cost_report",
    "members",
)


@pytest.fixture
def api() -> Enterprise:
    return Enterprise()


@pytest.fixture
def warehouse(tmp_path: Path) -> ApiWarehouse:
    return make_warehouse(tmp_path)


def observed(warehouse: ApiWarehouse, table: str, day: date) -> list[tuple[str, int | None]]:
    return warehouse.query(
        f"""
        select status, row_count from raw_ingestion.observed_days
        where table_name = '{table}' and date_day = '{day}' order by observed_at
        """
    )


def test_a_run_replaces_what_the_one_before_landed(
    api: Enterprise, warehouse: ApiWarehouse
) -> None:
    warehouse.land(api, since=SINCE)
    before = {table: warehouse.query(f"select row_key from {table} order by 1") for table in TABLES}
    api.clock.move_to(NOON + timedelta(hours=6))
    # Restated, withdrawn beside a row that stays, and withdrawn as a whole day.
    api.people[DAY] = [{**PERSON, "web_search_count": 6}]
    organisation, _ = LISTS["skills"]
    api.lists["skills"][DAY] = (organisation,)
    api.user_reports = {path: {} for path in api.user_reports}
    del api.summaries[DAY]
    assert warehouse.land(api).problems == ()
    after = {table: warehouse.query(f"select row_key from {table} order by 1") for table in TABLES}
    unchanged = ("user_activity", "usage_report", "members")
    assert {table: after[table] for table in unchanged} == {
        table: before[table] for table in unchanged
    }
    assert warehouse.query("select web_search_count from user_activity") == [(6,)]
    assert warehouse.query("select cut from skills") == [("organisation",)]
    assert after["user_cost_report"] == []
    assert observed(warehouse, "user_cost_report", DAY) == [("landed", 1), ("empty", 0)]
    assert observed(warehouse, "user_activity", DAY) == [("landed", 1), ("landed", 1)]
    # What an answer leaves out is not said to be empty, so it stays.
    assert warehouse.count("summaries") == 2
    assert observed(warehouse, "summaries", DAY) == [("landed", 1), ("not_published", None)]
    pulls = warehouse.query("select count(*), count(distinct pull_key) from pulls")
    assert pulls[0][0] == pulls[0][1]


def test_a_fault_keeps_what_landed_and_the_next_run_heals_it(
    api: Enterprise, warehouse: ApiWarehouse
) -> None:
    warehouse.land(api, since=SINCE)
    handlers = dict(api.handlers)
    api.clock.move_to(NOON + timedelta(days=1))
    api.newest = DAY + timedelta(days=1)
    api.people[api.newest] = [PERSON]
    api.handlers[USERS] = lambda _: failure(503, "api_error", "oops")
    api.handlers[SKILLS] = lambda _: failure(403, "permission_error", "No.")
    api.handlers[f"{ROOT}/spend_limits/effective"] = lambda _: failure(403, "p", "No.")
    problems = {found.table_name: found.status for found in warehouse.land(api).problems}
    assert problems == {
        "user_activity": "failed",
        "skills": "forbidden",
        "spend_limits": "forbidden",
    }
    assert warehouse.count("user_activity") == 1
    assert warehouse.count("skills") == 2
    assert observed(warehouse, "skills", DAY) == [("landed", 2), ("forbidden", None)]
    api.handlers = handlers
    assert warehouse.land(api).problems == ()
    assert warehouse.query("select date_day from user_activity order by 1") == [
        (DAY,),
        (api.newest,),
    ]
    assert warehouse.said("skills")[api.newest] == "empty"


def test_snapshots_are_kept_per_day(api: Enterprise, warehouse: ApiWarehouse) -> None:
    warehouse.land(api, since=DAY)
    api.clock.move_to(NOON + timedelta(days=1))
    api.serve(f"{ROOT}/users", {"data": [], "has_more": False, "first_id": None, "last_id": None})
    api.serve(f"{ROOT}/rbac_groups", {"data": [], "has_more": False, "next_page": None})
    limit = OBJECTS["spend_limits/effective"]
    weekly = {**limit, "period": "weekly"}
    api.serve(f"{ROOT}/spend_limits/effective", {"data": [limit, weekly], "next_page": None})
    warehouse.land(api)
    today, tomorrow = NOON.date(), NOON.date() + timedelta(days=1)
    assert warehouse.query("select date_day from members") == [(today,)]
    assert warehouse.said("members") == {today: "landed", tomorrow: "empty"}
    assert warehouse.said("rbac_group_members") == {today: "landed", tomorrow: "empty"}
    assert warehouse.query("select date_day, count(*) from spend_limits group by all") == [
        (today, 1),
        (tomorrow, 2),
    ]
