"""An API in memory, and a clock that moves only when somebody waits."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from typing import Any

import httpx

URL = "https://api.example.com"
KEY = "sk-ant-admin01-planted-0123456789"

Handler = Callable[[httpx.Request], httpx.Response]


class SimulatedClock:
    """Waiting takes no time but moves the clock."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._lock = Lock()
        self._elapsed = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self._elapsed

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._elapsed += seconds
            self._now += timedelta(seconds=seconds)

    def move_to(self, moment: datetime) -> None:
        self._now = moment


class FakeApi:
    """Answers with what a test put under a path; what is not there is 404."""

    def __init__(self, now: datetime) -> None:
        self.clock = SimulatedClock(now)
        self.handlers: dict[str, Handler] = {}
        self.requests: list[httpx.Request] = []
        self.transport = httpx.MockTransport(self._handle)

    def serve(self, path: str, payload: Mapping[str, Any]) -> None:
        """Answer all questions at a path with the same object."""
        self.handlers[path] = lambda _request: answer(payload)

    def asked(self, path: str) -> list[dict[str, list[str]]]:
        """Parameters of the questions at a path."""
        return [
            {name: request.url.params.get_list(name) for name in request.url.params}
            for request in self.requests
            if request.url.path == path
        ]

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        handler = self.handlers.get(request.url.path)
        response = handler(request) if handler else failure(404, "not_found_error", "no such path")
        now = self.clock.now().replace(tzinfo=UTC)
        response.headers.setdefault("date", format_datetime(now, usegmt=True))
        response.headers.setdefault("request-id", f"req_{len(self.requests)}")
        return response


def answer(payload: Mapping[str, Any] | str, **headers: str) -> httpx.Response:
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return httpx.Response(200, text=text, headers=headers)


def failure(status: int, kind: str, message: str, **headers: str) -> httpx.Response:
    payload = {"type": "error", "error": {"type": kind, "message": message}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=payload, headers=named)
