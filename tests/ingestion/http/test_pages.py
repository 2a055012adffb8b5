"""One paginator for all styles; a dead cursor starts the query again."""

from datetime import datetime

import httpx
import pytest

from ingestion.http.client import ApiClient, restarting
from ingestion.http.dialect import Answer, ApiError, CursorExpired, Following, Question, single
from ingestion.http.dialects.anthropic import IDS, PAGES, Anthropic
from ingestion.http.limits import Limiter
from tests.ingestion.http.fake_api import KEY, URL, FakeApi, answer, failure

PATH = "/v1/things"
PARAMS = (("limit", "2"), ("group_by[]", "model"))


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(datetime.fromisoformat("2026-08-20T12:00:00"))


def client(api: FakeApi, *, counts_pages: bool = True) -> ApiClient:
    return ApiClient(
        URL,
        KEY,
        dialect=Anthropic(),
        key_setting="K",
        scope="s",
        limiter=Limiter(1, api.clock),
        counts_pages=counts_pages,
        clock=api.clock,
        transport=api.transport,
    )


def collect(asked: ApiClient, following: Following) -> list[Answer]:
    return restarting(lambda: list(asked.pages(Question(PATH, PARAMS), following)))


def read(api: FakeApi, following: Following) -> list[int]:
    answers = collect(client(api, counts_pages=False), following)
    return [item for one in answers for item in one.payload["data"]]


def test_ids_are_followed_until_there_is_no_more(api: FakeApi) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("after_id") == "b":
            return answer({"data": [3], "has_more": False, "first_id": "c", "last_id": "c"})
        return answer({"data": [1, 2], "has_more": True, "first_id": "a", "last_id": "b"})

    api.handlers[PATH] = handle
    assert read(api, IDS) == [1, 2, 3]
    first, second = api.asked(PATH)
    # All parameters go with every page: a cursor belongs to its query.
    assert second == {**first, "after_id": ["b"]}


@pytest.mark.parametrize(
    "last",
    [{"has_more": False, "next_page": "page_x"}, {"has_more": False}, {"next_page": None}, {}],
)
def test_pages_end_when_either_sign_says_so(api: FakeApi, last: dict[str, object]) -> None:
    # The first page is short and the second longer than the limit.
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("page") == "page_2":
            return answer({"data": [2, 3, 4], **last})
        return answer({"data": [1], "has_more": True, "next_page": "page_2"})

    api.handlers[PATH] = handle
    assert read(api, PAGES) == [1, 2, 3, 4]
    assert len(api.requests) == 2


def test_a_single_answer_is_not_followed(api: FakeApi) -> None:
    api.serve(PATH, {"data": [1], "has_more": True, "next_page": "page_2"})
    assert read(api, single) == [1]


def test_a_dead_cursor_discards_what_was_collected(api: FakeApi) -> None:
    states = iter(["old", "new"])
    state = ""

    def handle(request: httpx.Request) -> httpx.Response:
        nonlocal state
        cursor = request.url.params.get("page")
        if cursor is None:
            state = next(states)
            return answer({"data": [1 if state == "old" else 10], "next_page": f"{state}_2"})
        if state == "old":
            return failure(410, "gone", "data was refreshed")
        return answer({"data": [20], "next_page": None})

    api.handlers[PATH] = handle
    assert read(api, PAGES) == [10, 20]


def test_a_cursor_that_always_dies_ends(api: FakeApi) -> None:
    api.handlers[PATH] = lambda _: failure(410, "gone", "data was refreshed")
    with pytest.raises(CursorExpired):
        read(api, PAGES)
    assert len(api.requests) == 4


def test_a_circle_of_pages_ends(api: FakeApi) -> None:
    api.serve(PATH, {"data": [1], "next_page": "page_2"})
    with pytest.raises(ApiError, match="twice"):
        read(api, PAGES)


@pytest.mark.parametrize("envelope", [{}, {"has_more": True}, {"has_more": True, "last_id": None}])
def test_ids_that_do_not_say_how_to_go_on_are_a_fault(
    api: FakeApi, envelope: dict[str, object]
) -> None:
    api.serve(PATH, {"data": [1], **envelope})
    with pytest.raises(ApiError, match="more pages"):
        read(api, IDS)


def test_pages_of_a_poll_are_free_where_the_limit_says_so(api: FakeApi) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("page", 0)) + 1
        return answer({"data": [page], "next_page": str(page) if page < 4 else None})

    api.handlers[PATH] = handle
    free = client(api, counts_pages=False)
    collect(free, PAGES)
    assert api.clock.monotonic() == 0
    collect(free, PAGES)
    assert 60 <= api.clock.monotonic() < 62
    counted = client(api)
    collect(counted, PAGES)
    assert api.clock.monotonic() >= 60 + 3 * 60
