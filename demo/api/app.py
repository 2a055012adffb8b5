"""The stand-in as a web application, with the endpoints that steer it."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .calls import Edition, Endpoint
from .clock import MovableClock, rfc3339
from .endpoints_console import ENDPOINTS as CONSOLE_ENDPOINTS
from .endpoints_enterprise import ENDPOINTS as ENTERPRISE_ENDPOINTS
from .faults import Fault, Faults, Kind, UnknownFaultError
from .keys import DEMO_KEYS, Key
from .limits import Limits
from .stand_in import Asked, Reply, StandIn
from .views import Views

CONTROL_PATH: Final = "/_stand_in"
WRONG_FAMILY_STATUSES: Final = (401, 403, 404)
_LOG_SHOWN: Final = 1000

_Handler = Callable[[Request], Awaitable[Response]]


def create_app(
    data_dir: Path,
    *,
    keys: Mapping[str, Key] = DEMO_KEYS,
    clock: MovableClock | None = None,
    faults: Faults | None = None,
    limits: Limits | None = None,
    edition: Edition = Edition.C,
    wrong_family_status: int = 401,
    views: Views | None = None,
) -> Starlette:
    """Make the application; `app.state.stand_in` gives its state to tests.

    Args:
        data_dir: Holds `views/<source>/<table>.parquet`.
        keys: The keys that open it.
        clock: Its time; None takes the real one.
        faults: What goes wrong at the start.
        limits: What is too much; None takes the documented limits.
        edition: The edition that it answers in.
        wrong_family_status: What a key of another organisation gets: 401, 403 or 404.
        views: Those of the directory, if they are loaded already; not for use by two threads.
    """
    if wrong_family_status not in WRONG_FAMILY_STATUSES:
        raise ValueError(f"wrong_family_status must be one of {WRONG_FAMILY_STATUSES}")
    clock = clock or MovableClock(runs=True)
    stand_in = StandIn(
        views or Views(data_dir),
        keys=keys,
        clock=clock,
        faults=faults or Faults(),
        limits=limits or Limits(clock),
        edition=edition,
        wrong_family_status=wrong_family_status,
    )
    # Everything is answered one after the other: threads of a test share one state.
    lock = threading.Lock()
    routes = [
        Route(endpoint.path, _endpoint(stand_in, lock, endpoint), methods=["GET"])
        for endpoint in (*CONSOLE_ENDPOINTS, *ENTERPRISE_ENDPOINTS)
    ]
    app = Starlette(
        routes=[
            *routes,
            *_control_routes(stand_in),
            Route("/{path:path}", _endpoint(stand_in, lock, None)),
        ]
    )
    app.state.stand_in = stand_in
    return app


def _endpoint(stand_in: StandIn, lock: threading.Lock, endpoint: Endpoint | None) -> _Handler:
    async def answer(request: Request) -> Response:
        asked = Asked(
            path=request.url.path,
            items=tuple(request.query_params.multi_items()),
            headers=dict(request.headers),
            path_parameters=request.path_params,
        )
        with lock:
            hitting = stand_in.faults.hitting(asked.path, has_cursor=asked.has_cursor)
        if fault := hitting.get(Kind.SLOW):
            await _pass_time(stand_in.clock, fault.seconds)
        with lock:
            reply = stand_in.answer(endpoint, asked, hitting)
        return _response(reply)

    return answer


async def _pass_time(clock: MovableClock, seconds: float) -> None:
    if clock.runs:
        await asyncio.sleep(seconds)
    else:
        clock.advance(seconds)


def _response(reply: Reply) -> Response:
    return Response(reply.body, reply.status, headers=dict(reply.headers))


def _control_routes(stand_in: StandIn) -> list[Route]:
    def reply(document: Any, status: int = 200) -> Response:  # noqa: ANN401  # any JSON
        return _response(Reply(status, stand_in.headers(), orjson.dumps(document)))

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            wanted = await request.json()
            if "now" in wanted:
                stand_in.clock.move_to(datetime.fromisoformat(wanted["now"]))
            stand_in.clock.advance(float(wanted.get("advance_seconds", 0)))
        return reply({"now": rfc3339(stand_in.clock.now())})

    async def faults(request: Request) -> Response:
        if request.method == "DELETE":
            stand_in.faults.clear()
        elif request.method == "POST":
            try:
                stand_in.faults.add(*map(Fault.parse, await request.json()))
            except UnknownFaultError as error:
                return reply({"error": str(error)}, 400)
        return reply(stand_in.faults.described())

    async def counts(_: Request) -> Response:
        return reply(stand_in.counted())

    async def served(request: Request) -> Response:
        shown = int(request.query_params.get("last", _LOG_SHOWN))
        return reply([asdict(entry) for entry in list(stand_in.served)[-shown:]])

    return [
        Route(f"{CONTROL_PATH}/clock", clock, methods=["GET", "POST"]),
        Route(f"{CONTROL_PATH}/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route(f"{CONTROL_PATH}/counts", counts),
        Route(f"{CONTROL_PATH}/served", served),
    ]
