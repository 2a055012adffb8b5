"""The room is nobody's in particular: made-up vendors on loopback, each with ways of its own."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from ingestion.http.client import ApiClient
from ingestion.http.dialect import (
    Dialect,
    Meaning,
    Told,
    by_cursor,
    by_link,
    by_offset,
    by_variable,
)
from ingestion.http.endpoints import ApiSource, Endpoint, Query, Unit
from ingestion.http.limits import Limiter
from ingestion.http.records import COUNT, TEXT, TableSpec, raw_schema
from ingestion.http.windows import Reader, Result
from tests.ingestion.http.fake_api import SimulatedClock

KEY = "planted-0123456789"
NOON = datetime.fromisoformat("2026-08-20T12:00:00+00:00")


class Call(NamedTuple):
    """What reached the server."""

    method: str
    path: str
    params: dict[str, str]
    headers: Mapping[str, str]
    body: Any


class Reply(NamedTuple):
    """What the server says."""

    payload: Any
    status: int = 200
    headers: Mapping[str, str] = {}


@contextmanager
def serving(reply_to: Callable[[Call], Reply]) -> Iterator[tuple[str, list[Call]]]:
    """Serve on loopback; gives the address and the calls as they come."""
    calls: list[Call] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            params = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            content = json.loads(body or "null")
            calls.append(Call(self.command, parts.path, params, headers, content))
            reply = reply_to(calls[-1])
            said = json.dumps(reply.payload).encode()
            self.send_response_only(reply.status)
            self.send_header("content-length", str(len(said)))
            for name, value in {"date": format_datetime(NOON), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass  # the test looks at the calls

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", calls
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def read(url: str, dialect: Dialect, query: Query) -> tuple[Result, SimulatedClock]:
    """Ask for a snapshot of one table."""
    clock = SimulatedClock(NOON.replace(tzinfo=None))
    limiter = Limiter(1000, clock)
    client = ApiClient(
        url, KEY, dialect=dialect, key_setting="K", scope="a token", limiter=limiter, clock=clock
    )
    spec = TableSpec(raw_schema({"id": TEXT, "size": COUNT}), keys=("id",))
    endpoint = Endpoint(("things",), (query,), "api")
    source = ApiSource("made_up", (endpoint,), {"things": spec}, {"api": client}, 1, clock)
    try:
        return Reader(source).read(Unit(endpoint)), clock
    finally:
        source.close()


def ids(result: Result) -> list[str]:
    assert result.fault is None
    return [str(name) for table in result.tables["things"] for name in table["id"].to_pylist()]


def query(**others: Any) -> Query:  # noqa: ANN401  # fields of a query
    return Query("/things", lambda _first, _last: (("state", "all"),), **others)


def test_the_answer_is_a_list_and_a_header_links_the_next() -> None:
    def forge(call: Call) -> Reply:
        page = int(call.params.get("page", "1"))
        address = f"http://{call.headers['host']}/things?state=all&page={page + 1}"
        links = {"link": f'<{address}>; rel="next", <{address}0>; rel="last"'} if page < 3 else {}
        return Reply([{"id": f"t{page}", "size": page}], headers=links)

    with serving(forge) as (url, calls):
        result, _ = read(url, Dialect(), query(following=by_link))
    assert ids(result) == ["t1", "t2", "t3"]
    assert [call.params for call in calls] == [
        {"state": "all"},
        {"state": "all", "page": "2"},
        {"state": "all", "page": "3"},
    ]
    assert {call.headers["authorization"] for call in calls} == {f"Bearer {KEY}"}


def test_a_link_to_another_host_gets_no_key() -> None:
    with serving(lambda _call: Reply([])) as (thief, stolen):
        links = {"link": f'<{thief}/things?page=2>; rel="next"'}
        with serving(lambda _call: Reply([{"id": "t1"}], headers=links)) as (url, _):
            result, _ = read(url, Dialect(), query(following=by_link))
    assert result.fault is not None
    assert "another host" in result.fault.message
    assert stolen == []


class Desk(Dialect):
    """Records in an envelope, by offset, with a key in a header of its own."""

    def headers(self, key: str) -> Mapping[str, str]:
        return {"authorization": f"Token token={key}"}

    def items(self, payload: Any) -> Sequence[Any]:  # noqa: ANN401  # any JSON
        records: Sequence[Any] = payload["records"]
        return records


def test_an_offset_counts_on_over_a_short_page() -> None:
    pages = {"0": ["a", "b"], "2": ["c"], "4": ["d"]}

    def desk(call: Call) -> Reply:
        offset = call.params.get("offset", "0")
        names = pages[offset]
        return Reply({"records": [{"id": name} for name in names], "more": offset != "4"})

    following = by_offset("offset", 2, lambda payload: bool(payload["more"]))
    with serving(desk) as (url, calls):
        result, _ = read(url, Desk(), query(following=following))
    assert ids(result) == ["a", "b", "c", "d"]
    assert [call.params.get("offset") for call in calls] == [None, "2", "4"]
    assert {call.headers["authorization"] for call in calls} == {f"Token token={KEY}"}


def test_a_cursor_is_sent_back_until_it_is_absent() -> None:
    def board(call: Call) -> Reply:
        token = call.params.get("token")
        rest = {} if token == "z" else {"token": "z"}
        return Reply({"records": [{"id": token or "first"}], **rest})

    following = by_cursor("token", lambda payload: payload.get("token"))
    with serving(board) as (url, calls):
        result, _ = read(url, Desk(), query(following=following))
    assert ids(result) == ["first", "z"]
    assert calls[1].params == {"state": "all", "token": "z"}


class Graph(Dialect):
    """One address for all questions; its errors come with 200."""

    def meaning(self, response: httpx.Response, payload: Any) -> Meaning:  # noqa: ANN401  # any JSON
        if isinstance(payload, dict) and payload.get("errors"):
            is_limit = payload["errors"][0].get("type") == "RATE_LIMITED"
            return Meaning.WAIT if is_limit else Meaning.REFUSED
        return super().meaning(response, payload)

    def told(self, response: httpx.Response, payload: Any) -> Told:  # noqa: ANN401  # any JSON
        first, *_ = (payload or {}).get("errors") or [{}]
        return Told(first.get("type", ""), first.get("message", ""))

    def items(self, payload: Any) -> Sequence[Any]:  # noqa: ANN401  # any JSON
        nodes: Sequence[Any] = payload["data"]["things"]["nodes"]
        return nodes


def _end_cursor(payload: Any) -> str | None:  # noqa: ANN401  # any JSON
    info = payload["data"]["things"]["pageInfo"]
    return info["endCursor"] if info["hasNextPage"] else None


GRAPH_QUERY = query(
    following=by_variable("after", _end_cursor),
    body=lambda _first, _last: {
        "query": "query($n: Int, $after: String) {}",
        "variables": {"n": 1},
    },
)


def _nodes(call: Call) -> Reply:
    after = call.body["variables"].get("after")
    info = {"hasNextPage": after is None, "endCursor": "c1" if after is None else "c2"}
    nodes = [{"id": "one" if after is None else "two"}]
    return Reply({"data": {"things": {"nodes": nodes, "pageInfo": info}}})


def test_graphql_is_posted_with_the_cursor_among_its_variables() -> None:
    with serving(_nodes) as (url, calls):
        result, _ = read(url, Graph(), GRAPH_QUERY)
    assert ids(result) == ["one", "two"]
    assert {call.method for call in calls} == {"POST"}
    assert [call.body["variables"] for call in calls] == [{"n": 1}, {"n": 1, "after": "c1"}]
    assert [request["body"]["variables"] for request in result.requests] == [{"n": 1}]


def test_an_error_inside_200_is_a_fault() -> None:
    error = {"type": "FIELD", "message": f"no such field, {KEY}"}
    with serving(lambda _call: Reply({"data": None, "errors": [error]})) as (url, calls):
        result, _ = read(url, Graph(), GRAPH_QUERY)
    assert result.fault is not None
    assert result.fault.message == "things: /things: HTTP 200 FIELD: no such field, [key]"
    assert len(calls) == 1


def test_an_exhausted_limit_inside_200_is_waited_for() -> None:
    refusals = iter([{"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{_epoch(40)}"}])

    def graph(call: Call) -> Reply:
        if headers := next(refusals, None):
            return Reply({"errors": [{"type": "RATE_LIMITED"}]}, headers=headers)
        return _nodes(call)

    with serving(graph) as (url, _):
        result, clock = read(url, Graph(), GRAPH_QUERY)
    assert ids(result) == ["one", "two"]
    assert clock.slept == [40]


@pytest.mark.parametrize(
    ("headers", "slept"),
    [
        ({"retry-after": "17"}, [17]),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "RESET"}, [90]),
    ],
    ids=["retry-after", "reset"],
)
def test_403_can_mean_wait(headers: Mapping[str, str], slept: list[float]) -> None:
    named = {name: value.replace("RESET", _epoch(90)) for name, value in headers.items()}
    refusals = iter([Reply({"message": "secondary limit"}, 403, named)])
    with serving(lambda _call: next(refusals, Reply([{"id": "a"}]))) as (url, _):
        result, clock = read(url, Dialect(), query())
    assert ids(result) == ["a"]
    assert clock.slept == slept


@pytest.mark.parametrize("headers", [{}, {"x-ratelimit-remaining": "7", "x-ratelimit-reset": "9"}])
def test_403_without_a_word_about_waiting_refuses_the_key(headers: Mapping[str, str]) -> None:
    refusal = Reply({"message": "must have admin rights"}, 403, headers)
    with serving(lambda _call: refusal) as (url, calls):
        result, clock = read(url, Dialect(), query())
    assert result.fault is not None
    assert result.fault.status == "forbidden"
    assert "K was refused; it must hold a token." in result.fault.message
    assert "must have admin rights" in result.fault.message
    assert (len(calls), clock.slept) == (1, [])


def test_what_is_neither_list_nor_object_is_no_answer() -> None:
    with serving(lambda _call: Reply("text")) as (url, calls):
        result, _ = read(url, Dialect(), query())
    assert result.fault is not None
    assert len(calls) == 5


def _epoch(seconds_from_noon: int) -> str:
    return str(int(NOON.timestamp()) + seconds_from_noon)
