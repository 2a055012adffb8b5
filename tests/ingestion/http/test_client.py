"""The client waits as it is told, tries again within reason, and never shows its key."""

import logging
import traceback
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import httpx
import pytest

from ingestion.http.client import ApiClient
from ingestion.http.dialect import (
    ApiError,
    CredentialFault,
    CursorExpired,
    NotFound,
    NotPublished,
    Question,
    Refused,
    TooSlow,
)
from ingestion.http.dialects.anthropic import Anthropic
from ingestion.http.limits import Limiter
from tests.ingestion.http.fake_api import KEY, URL, FakeApi, answer, failure

PATH = "/v1/organizations/users"
NOW = datetime.fromisoformat("2026-08-20T12:00:05")


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(NOW)


def client(api: FakeApi, key: str = KEY, per_minute: int = 60) -> ApiClient:
    return ApiClient(
        URL,
        key,
        dialect=Anthropic(),
        key_setting="SOME_KEY",
        scope="an Admin key",
        limiter=Limiter(per_minute, api.clock),
        clock=api.clock,
        transport=api.transport,
    )


def in_turn(*responses: httpx.Response | Exception) -> Callable[[httpx.Request], httpx.Response]:
    left = list(responses)

    def handle(_request: httpx.Request) -> httpx.Response:
        response = left.pop(0)
        if isinstance(response, Exception):
            raise response
        return response

    return handle


def test_an_answer_carries_the_clock_of_the_api_and_exact_numbers(api: FakeApi) -> None:
    api.handlers[PATH] = in_turn(
        answer(
            '{"amount": 0.1000, "count": 3}',
            date="Thu, 20 Aug 2026 11:59:58 GMT",
            **{"request-id": "req_SYNTH01"},
        )
    )
    got = client(api).ask(Question(PATH, [("group_by[]", "model"), ("group_by[]", "product")]))
    assert got.payload == {"amount": Decimal("0.1000"), "count": 3}
    assert str(got.payload["amount"]) == "0.1000"
    assert got.served_at == datetime.fromisoformat("2026-08-20T11:59:58")
    assert got.request_id == "req_SYNTH01"
    assert api.asked(PATH) == [{"group_by[]": ["model", "product"]}]
    sent = api.requests[0].headers
    assert sent["x-api-key"] == KEY
    assert sent["anthropic-version"] == "2023-06-01"


def test_retry_after_is_obeyed(api: FakeApi) -> None:
    api.handlers[PATH] = in_turn(
        failure(429, "rate_limit_error", "slow down", retry_after="17"), answer({"data": []})
    )
    client(api).ask(Question(PATH))
    assert api.clock.slept == [17]


def test_without_retry_after_waits_grow(api: FakeApi) -> None:
    storm = [failure(429, "rate_limit_error", "slow down") for _ in range(4)]
    api.handlers[PATH] = in_turn(*storm, answer({"data": []}))
    client(api).ask(Question(PATH))
    assert api.clock.slept == [1, 2, 4, 8]


@pytest.mark.parametrize(
    "fault",
    [
        failure(500, "api_error", "oops"),
        failure(502, "", ""),
        failure(529, "overloaded_error", "busy"),
        httpx.Response(503, text="<html>"),
        answer('{"data": [{"id": "us'),
        answer('["a list"]'),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("peer closed connection"),
    ],
    ids=["500", "502", "529", "html", "truncated", "list", "timeout", "cut"],
)
def test_a_passing_fault_is_tried_again(api: FakeApi, fault: httpx.Response | Exception) -> None:
    api.handlers[PATH] = in_turn(fault, answer({"data": [1]}))
    assert client(api).ask(Question(PATH)).payload == {"data": [1]}
    assert len(api.requests) == 2


def test_a_lasting_fault_is_given_up_in_one_line(api: FakeApi) -> None:
    api.handlers[PATH] = lambda _: failure(500, "api_error", "broken\n  pipe", request_id="req_9")
    with pytest.raises(ApiError) as caught:
        client(api).ask(Question(PATH))
    assert str(caught.value) == f"{PATH}: HTTP 500 api_error: broken pipe (request req_9); given up"
    assert len(api.requests) == 5


@pytest.mark.parametrize(
    "fault", [failure(504, "timeout_error", "slow query"), httpx.ReadTimeout("slow")]
)
def test_a_question_that_takes_too_long_says_so(
    api: FakeApi, fault: httpx.Response | Exception
) -> None:
    api.handlers[PATH] = in_turn(*[fault] * 5)
    with pytest.raises(TooSlow):
        client(api).ask(Question(PATH))


def test_a_limit_gets_more_patience_than_a_fault(api: FakeApi) -> None:
    storm = [failure(429, "rate_limit_error", "slow down", retry_after="3") for _ in range(9)]
    api.handlers[PATH] = in_turn(*storm, answer({"data": []}))
    client(api).ask(Question(PATH))
    assert api.clock.slept == [3] * 9


def test_who_asks_for_an_hour_of_patience_is_left_alone(api: FakeApi) -> None:
    api.handlers[PATH] = lambda _: failure(429, "rate_limit_error", "wait", retry_after="3600")
    with pytest.raises(ApiError, match="HTTP 429"):
        client(api).ask(Question(PATH))
    assert api.clock.slept == []


@pytest.mark.parametrize(("status", "kind"), [(401, CredentialFault), (403, CredentialFault)])
def test_a_refused_key_names_setting_and_scope(
    api: FakeApi, status: int, kind: type[Exception]
) -> None:
    api.handlers[PATH] = lambda _: failure(status, "permission_error", "Missing required scopes.")
    with pytest.raises(kind) as caught:
        client(api).ask(Question(PATH))
    assert str(caught.value) == (
        f"SOME_KEY was refused; it must hold an Admin key. {PATH}: HTTP {status} "
        "permission_error: Missing required scopes. (request req_1)"
    )
    assert len(api.requests) == 1


def test_faults_that_say_more_than_their_status(api: FakeApi) -> None:
    asked = client(api)
    with pytest.raises(NotFound):
        asked.ask(Question("/nowhere"))
    api.handlers[PATH] = lambda _: failure(410, "gone", "cursor expired")
    with pytest.raises(CursorExpired):
        asked.ask(Question(PATH))
    api.handlers[PATH] = lambda _: failure(
        400, "invalid_request_error", "2026-08-20 is not available; newest day is 2026-08-18."
    )
    with pytest.raises(NotPublished) as young:
        asked.ask(Question(PATH))
    assert young.value.newest_day == date(2026, 8, 18)
    api.handlers[PATH] = lambda _: failure(400, "invalid_request_error", "bad 9999-99-99")
    with pytest.raises(Refused) as plain:
        asked.ask(Question(PATH))
    assert type(plain.value) is Refused
    api.handlers[PATH] = lambda _: httpx.Response(302, headers={"location": "https://other"})
    with pytest.raises(ApiError, match="HTTP 302"):
        asked.ask(Question(PATH))


@pytest.mark.parametrize(
    "handle",
    [
        lambda request: failure(403, "permission_error", f"key {request.headers['x-api-key']} no"),
        lambda request: failure(400, "invalid_request_error", request.headers["x-api-key"]),
        lambda request: failure(500, request.headers["x-api-key"], "echo"),
        lambda request: answer("{", **{"request-id": "r"}),
    ],
)
def test_the_key_is_shown_nowhere(
    api: FakeApi,
    handle: Callable[[httpx.Request], httpx.Response],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    api.handlers[PATH] = handle
    asked = client(api)
    with pytest.raises(ApiError) as caught:
        asked.ask(Question(PATH))
    captured = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    shown = [
        "".join(captured.format()),
        repr(caught.value),
        repr(asked),
        repr(vars(asked)),
        str(api.requests[0].url),
        caplog.text,
    ]
    assert [text for text in shown if KEY in text or KEY[-10:] in text] == []


@pytest.mark.parametrize("key", ["", "  ", "sk-ant\nx", "sk ant", "sk-änt"])
def test_what_cannot_be_a_key_is_refused_without_being_quoted(api: FakeApi, key: str) -> None:
    with pytest.raises(CredentialFault) as caught:
        client(api, key=key)
    assert str(caught.value) == "SOME_KEY holds no usable key"


@pytest.mark.parametrize("url", ["api.example.com", "ftp://api.example.com", "https://"])
def test_what_is_no_address_is_refused(url: str, api: FakeApi) -> None:
    with pytest.raises(ApiError, match="address of the API"):
        ApiClient(
            url, KEY, dialect=Anthropic(), key_setting="K", scope="s", limiter=Limiter(1, api.clock)
        )
