"""What a run asks, notes and tells, without a warehouse."""

import logging
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from ingestion.http.run import Progress
from tests.ingestion.anthropic_console.console import (
    CLAUDE_CODE,
    COST,
    DAY,
    NOON,
    PERSON,
    ROOT,
    USAGE,
    USAGE_ROW,
    Console,
    Shelf,
    listed,
)
from tests.ingestion.http.fake_api import answer, failure

SINCE = date(2026, 8, 16)
DAYS = [SINCE + timedelta(days=number) for number in range(4)]


@pytest.fixture
def api() -> Console:
    return Console()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    return Shelf(tmp_path, monkeypatch)


def test_every_asking_is_noted(api: Console, shelf: Shelf) -> None:
    landing = shelf.land(api, since=SINCE)
    said = {**dict.fromkeys(DAYS, "empty"), DAY: "landed"}
    for table in ("claude_code_rows", "claude_code_models", "messages_usage", "cost_report"):
        assert shelf.said(table) == said
    assert shelf.said("users") == {NOON.date(): "landed"}
    assert landing.rows["claude_code_rows"] == 2
    assert landing.rows["organizations"] == 1
    pull = shelf.query(
        f"""
        select row_count, reason, pulled_at, request_json, unknown_fields
        from pulls
        where table_name = 'claude_code_models' and date_day = '{DAY}'
        """,
    )
    request = (
        '[{"params":[["starting_at","2026-08-18"],["limit","1000"]],'
        '"path":"/v1/organizations/usage_report/claude_code"}]'
    )
    assert pull == [(1, None, NOON, request, None)]


def test_usage_and_cost_are_one_query_with_all_dimensions(api: Console, shelf: Shelf) -> None:
    shelf.land(api, since=SINCE)
    window = {
        "starting_at": ["2026-08-16T00:00:00Z"],
        "ending_at": ["2026-08-20T00:00:00Z"],
        "bucket_width": ["1d"],
        "limit": ["31"],
    }
    dimensions = (
        "api_key_id workspace_id model service_tier context_window inference_geo "
        "account_id service_account_id speed"
    )
    assert api.asked(USAGE) == [{**window, "group_by[]": dimensions.split()}]
    assert api.asked(COST) == [{**window, "group_by[]": ["workspace_id", "description"]}]
    betas = {request.url.path: request.headers.get("anthropic-beta") for request in api.requests}
    assert betas[USAGE] == "fast-mode-2026-02-01"
    assert betas[COST] is None


def test_equal_rows_of_one_answer_both_land(api: Console, shelf: Shelf) -> None:
    api.claude_code[DAY] = [PERSON, PERSON]
    shelf.land(api, since=SINCE)
    keys = shelf.query("select distinct row_key from claude_code_rows")
    assert len(keys) == 2


def test_a_first_run_goes_back_ninety_days(api: Console, shelf: Shelf) -> None:
    shelf.land(api)
    days = sorted(asked["starting_at"][0] for asked in api.asked(CLAUDE_CODE))
    assert len(days) == 90
    assert (days[0], days[-1]) == ("2026-05-22", "2026-08-19")


def test_days_are_complete_an_hour_after_their_end(api: Console, shelf: Shelf) -> None:
    api.clock.move_to(datetime.fromisoformat("2026-08-20T00:30:00"))
    shelf.land(api, since=SINCE)
    said = shelf.said("claude_code_rows")
    assert said[date(2026, 8, 18)] == "landed"
    assert said[date(2026, 8, 19)] == "not_published"
    assert shelf.said("cost_report")[date(2026, 8, 19)] == "empty"
    assert "2026-08-19" not in {asked["starting_at"][0] for asked in api.asked(CLAUDE_CODE)}


def test_until_caps_what_is_asked(api: Console, shelf: Shelf) -> None:
    shelf.land(api, since=SINCE, until=date(2026, 8, 17))
    assert list(shelf.said("claude_code_rows")) == DAYS[:2]


def test_a_day_that_a_refusal_calls_too_young_is_not_published(api: Console, shelf: Shelf) -> None:
    handle = api.handlers[CLAUDE_CODE]

    def young(request: httpx.Request) -> httpx.Response:
        if request.url.params["starting_at"] == "2026-08-19":
            return failure(400, "invalid_request_error", "the newest day is 2026-08-18")
        return handle(request)

    api.handlers[CLAUDE_CODE] = young
    landing = shelf.land(api, since=SINCE)
    assert landing.problems == ()
    assert shelf.said("claude_code_rows")[date(2026, 8, 19)] == "not_published"


def test_a_bucket_that_is_left_out_is_not_an_empty_one(api: Console, shelf: Shelf) -> None:
    api.handlers[COST] = lambda _: answer({"data": [], "has_more": False, "next_page": None})
    landing = shelf.land(api, since=SINCE)
    assert set(shelf.said("cost_report").values()) == {"not_published"}
    assert landing.problems == ()


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refused_key_is_told_once_and_lands_nothing(
    api: Console, shelf: Shelf, status: int
) -> None:
    for path in list(api.handlers):
        api.handlers[path] = lambda _: failure(status, "some_error", "No.")
    landing = shelf.land(api, since=SINCE)
    (problem,) = landing.problems
    assert problem.status == "forbidden"
    assert problem.message.startswith(
        "CLAUDE_ANALYTICS_CONSOLE_ADMIN_KEY was refused; it must hold an Admin API key of the "
        "Console organisation"
    )
    assert "claude_code_models" in problem.table_name
    assert "workspace_members" in problem.table_name
    assert shelf.said("claude_code_models") == dict.fromkeys(DAYS, "forbidden")
    assert shelf.said("workspace_members") == {NOON.date(): "forbidden"}
    assert shelf.query("select distinct status from pulls") == [("forbidden",)]
    # One call in vain is enough; a few may be in flight by then.
    assert len(api.asked(CLAUDE_CODE)) <= 4


def test_a_page_that_never_comes_discards_the_pages_before(api: Console, shelf: Shelf) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        if "page" in request.url.params:
            return answer('{"data": [{"trunc')
        rows = f'{{"data": [{PERSON}], "has_more": true, "next_page": "page_2"}}'
        return answer(rows)

    api.handlers[CLAUDE_CODE] = broken
    landing = shelf.land(api, since=DAY, until=DAY)
    assert "no JSON object" in landing.problems[0].message
    assert shelf.count("claude_code_rows") == 0
    assert shelf.said("claude_code_models") == {DAY: "failed"}


def test_a_window_that_is_too_much_is_asked_for_in_halves(api: Console, shelf: Shelf) -> None:
    handle = api.handlers[USAGE]

    def slow(request: httpx.Request) -> httpx.Response:
        params = request.url.params
        first, end = (
            date.fromisoformat(params[f"{side}_at"][:10]) for side in ("starting", "ending")
        )
        if end - first > timedelta(days=1):
            return failure(504, "timeout_error", "narrow the window")
        if first == date(2026, 8, 16):
            return failure(500, "api_error", "oops")
        return handle(request)

    api.handlers[USAGE] = slow
    (problem,) = shelf.land(api, since=SINCE).problems
    assert problem.message.startswith("messages_usage 2026-08-16: ")
    assert shelf.count("messages_usage") == 1
    said = ["failed", "empty", "landed", "empty"]
    assert shelf.said("messages_usage") == dict(zip(DAYS, said, strict=True))


def test_an_endpoint_that_always_fails_is_left_alone(api: Console, shelf: Shelf) -> None:
    api.handlers[CLAUDE_CODE] = lambda _: failure(400, "invalid_request_error", "bad parameter")
    landing = shelf.land(api)
    assert len(api.asked(CLAUDE_CODE)) < 10
    assert landing.problems[0].message.endswith("(and 89 more)")
    assert set(shelf.said("claude_code_rows").values()) == {"failed"}
    assert len(shelf.said("claude_code_rows")) == 90


def test_a_number_that_turned_into_an_object_fails_and_names_the_field(
    api: Console, shelf: Shelf
) -> None:
    api.usage[DAY] = [{**USAGE_ROW, "output_tokens": {"total": 1}}]
    landing = shelf.land(api, since=SINCE)
    assert landing.problems[0].table_name == "messages_usage"
    assert "the field output_tokens is not a whole number" in landing.problems[0].message


def test_new_fields_are_told_and_left_out(
    api: Console, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    api.usage[DAY] = [{**USAGE_ROW, "thinking_tokens": 7, "output_tokens": "44100"}]
    with caplog.at_level(logging.WARNING):
        shelf.land(api, since=SINCE)
    assert shelf.query("select output_tokens from messages_usage") == [(44100,)]
    told = [text for text in caplog.messages if "thinking_tokens" in text]
    assert told == ["messages_usage: fields that are not known were left out: thinking_tokens"]
    assert shelf.query(
        """
        select distinct unknown_fields from pulls
        where table_name = 'messages_usage'
        """,
    ) == [("thinking_tokens",)]


def test_a_workspace_that_goes_while_it_is_read_costs_nothing_else(
    api: Console, shelf: Shelf
) -> None:
    listing = api.handlers[f"{ROOT}/workspaces"]

    def two(request: httpx.Request) -> httpx.Response:
        first = listing(request).json()["data"][0]
        return answer(listed({**first, "id": "wrkspc_GONE"}, first))

    api.handlers[f"{ROOT}/workspaces"] = two
    landing = shelf.land(api, since=SINCE)
    assert landing.problems == ()
    assert shelf.count("workspace_members") == 1


def test_one_workspace_that_fails_discards_the_members_of_all(api: Console, shelf: Shelf) -> None:
    listing = api.handlers[f"{ROOT}/workspaces"]

    def two(request: httpx.Request) -> httpx.Response:
        first = listing(request).json()["data"][0]
        return answer(listed(first, {**first, "id": "wrkspc_SYNTH02"}))

    api.handlers[f"{ROOT}/workspaces"] = two
    api.handlers[f"{ROOT}/workspaces/wrkspc_SYNTH02/members"] = lambda _: failure(500, "e", "oops")
    (problem,) = shelf.land(api, since=SINCE).problems
    assert problem.table_name == "workspace_members"
    assert shelf.count("workspaces") == 2
    assert shelf.count("workspace_members") == 0
    assert shelf.said("workspace_members") == {NOON.date(): "failed"}


def test_a_default_workspace_alone_has_no_members_to_ask_for(api: Console, shelf: Shelf) -> None:
    api.serve(f"{ROOT}/workspaces", listed())
    assert shelf.land(api, since=SINCE).problems == ()
    assert shelf.said("workspace_members") == {NOON.date(): "empty"}


def test_progress_ends_where_it_expected_to(api: Console, shelf: Shelf) -> None:
    steps: list[Progress] = []
    shelf.land(api, since=date(2026, 1, 1), on_progress=steps.append)
    last = steps[-1]
    # 6 kinds of objects, 231 days one by one, and twice eight windows of up to 31 days.
    assert last.done_requests == last.expected_requests == len(api.requests) == 6 + 231 + 2 * 8
    assert last.seconds_left == 0
    assert (last.first_day, last.last_day) == (date(2026, 1, 1), date(2026, 8, 19))
    planned = next(step for step in steps if step.first_day is not None)
    # Eight polls at one a minute; the days need 231 requests at 60 a minute.
    assert planned.seconds_left is not None
    assert planned.seconds_left >= 7 * 60


def test_a_backfill_takes_what_the_limits_allow_and_not_much_more(
    api: Console, shelf: Shelf
) -> None:
    shelf.land(api, since=date(2026, 1, 1))
    counted = [request for request in api.requests if request.url.path not in {USAGE, COST}]
    minutes = max((len(counted) - 60) / 60, len(api.asked(USAGE)) - 1)
    assert minutes * 60 <= api.clock.monotonic() <= 1.2 * minutes * 60


@pytest.mark.parametrize(("per_minute", "seconds"), [(None, 60), (10_000, 0)])
def test_a_granted_limit_replaces_the_documented_ones(
    api: Console, shelf: Shelf, per_minute: int | None, seconds: int
) -> None:
    shelf.land(api, since=date(2026, 7, 1), requests_per_minute=per_minute)
    assert (api.clock.monotonic() >= seconds) is True
    assert (api.clock.monotonic() == 0) is (seconds == 0)
