"""What lands in a warehouse that other runs landed in before."""

import logging
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from tests.ingestion.anthropic_console.console import (
    CLAUDE_CODE,
    COST,
    DAY,
    KEY_ACTOR,
    NOON,
    PERSON,
    ROOT,
    USAGE,
    Console,
    Warehouse,
    listed,
)
from tests.ingestion.http.fake_api import KEY, failure

SINCE = date(2026, 8, 16)
TODAY = NOON.date()
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def api() -> Console:
    return Console()


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def observed(warehouse: Warehouse, table: str, day: date) -> list[tuple[str, int | None]]:
    return warehouse.query(
        f"""
        select status, row_count from raw_ingestion.observed_days
        where table_name = '{table}' and date_day = '{day}' order by observed_at
        """
    )


def test_the_next_day_adds_what_is_new_and_doubles_nothing(
    api: Console, warehouse: Warehouse
) -> None:
    warehouse.land(api, since=date(2026, 8, 1))
    keys = warehouse.query("select row_key from claude_code_rows order by 1")
    api.requests.clear()
    api.clock.move_to(NOON + timedelta(days=1))
    landing = warehouse.land(api)
    assert len(keys) == 2
    assert keys == warehouse.query("select row_key from claude_code_rows order by 1")
    assert landing.rows["claude_code_rows"] == 2
    assert warehouse.count("claude_code_models") == warehouse.count("messages_usage") == 1
    # A snapshot stands beside that of the day before.
    for table in ("users", "workspace_members"):
        days = warehouse.query(f"select date_day from {table} order by 1")
        assert days == [(TODAY,), (TOMORROW,)]
    # Asked was for the new day and those that may still change.
    asked = sorted(question["starting_at"][0] for question in api.asked(CLAUDE_CODE))
    assert asked == ["2026-08-18", "2026-08-19", "2026-08-20"]
    (usage,) = api.asked(USAGE)
    assert usage["starting_at"] == ["2026-08-16T00:00:00Z"]
    assert observed(warehouse, "messages_usage", DAY) == [("landed", 1), ("landed", 1)]
    assert observed(warehouse, "messages_usage", TODAY) == [("empty", 0)]


def test_withdrawn_rows_and_days_disappear(api: Console, warehouse: Warehouse) -> None:
    warehouse.land(api, since=SINCE)
    api.claude_code[DAY] = [KEY_ACTOR]
    api.usage = {}
    api.serve(f"{ROOT}/users", listed())
    warehouse.land(api)
    actors = warehouse.query("select actor__type from claude_code_rows")
    assert actors == [("api_actor",)]
    for table in ("claude_code_models", "messages_usage", "users"):
        assert warehouse.count(table) == 0
    assert warehouse.count("cost_report") == 2
    assert warehouse.said("claude_code_models")[DAY] == "empty"
    assert observed(warehouse, "messages_usage", DAY) == [("landed", 1), ("empty", 0)]


def test_a_failed_day_keeps_its_rows_and_is_asked_for_again(
    api: Console, warehouse: Warehouse
) -> None:
    warehouse.land(api, since=SINCE)
    handle = api.handlers[CLAUDE_CODE]

    def broken(request: httpx.Request) -> httpx.Response:
        if request.url.params["starting_at"] == "2026-08-18":
            return failure(500, "api_error", "oops", request_id="req_X")
        return handle(request)

    api.handlers[CLAUDE_CODE] = broken
    api.claude_code[DAY] = [PERSON]
    api.usage = {}
    (problem,) = warehouse.land(api).problems
    assert problem.table_name == "claude_code_rows, claude_code_models"
    assert problem.message == (
        f"claude_code_rows 2026-08-18: {CLAUDE_CODE}: HTTP 500 api_error: oops (request req_X); "
        "given up"
    )
    assert warehouse.count("claude_code_rows") == 2
    # The rest landed all the same.
    assert warehouse.count("messages_usage") == 0
    assert observed(warehouse, "claude_code_rows", DAY) == [("landed", 2), ("failed", None)]
    api.handlers[CLAUDE_CODE] = handle
    assert warehouse.land(api).problems == ()
    assert warehouse.count("claude_code_rows") == 1


def test_a_run_that_dies_goes_on_after_the_last_landing(
    api: Console, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.http.run._LANDING_ROWS", 0)
    handle = api.handlers[CLAUDE_CODE]

    def dying(request: httpx.Request) -> httpx.Response:
        if request.url.params["starting_at"] == "2026-08-15":
            raise KeyboardInterrupt
        return handle(request)

    api.claude_code = {DAY - timedelta(days=number): [PERSON] for number in range(49)}
    api.handlers[CLAUDE_CODE] = dying
    with pytest.raises(KeyboardInterrupt):
        warehouse.land(api, since=date(2026, 7, 1))
    landed = warehouse.count("claude_code_rows")
    assert 0 < landed < 49
    api.handlers[CLAUDE_CODE] = handle
    api.requests.clear()
    warehouse.land(api)
    assert warehouse.count("claude_code_rows") == 49
    assert len(api.asked(CLAUDE_CODE)) == 50 - landed


def test_the_key_is_found_nowhere(
    api: Console, warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return failure(403, "permission_error", f"not for {request.headers['x-api-key']}")

    api.handlers[CLAUDE_CODE] = echo
    api.handlers[COST] = lambda request: failure(400, "bad", request.headers["x-api-key"])
    with caplog.at_level(logging.DEBUG):
        landing = warehouse.land(api, since=SINCE)
    assert {problem.status for problem in landing.problems} == {"forbidden", "failed"}
    assert KEY not in caplog.text
    assert KEY not in repr(landing)
    files = [path for path in warehouse.home.rglob("*") if path.is_file()]
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
