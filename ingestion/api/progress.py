"""How far a run is, and how long the rest takes at least."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from .results import Result, Unit
from .source import ApiSource, Endpoint


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        done_requests: Answers that were read.
        expected_requests: Answers there will be, judged by the pages of queries so far.
        seconds_left: Time that the rest takes, never less than the limits make it take; None as
            long as there is nothing to judge by.
        first_day: First day that the run asks for; None while only snapshots are planned.
        last_day: Last day that the run asks for.
    """

    done_requests: int
    expected_requests: int
    seconds_left: float | None
    first_day: date | None
    last_day: date | None


class ProgressMeter:
    """Counts what was read against what is planned.

    Args:
        source: The source that is read.
        on_progress: Is told after each window.
    """

    def __init__(self, source: ApiSource, on_progress: Callable[[Progress], None] | None) -> None:
        self._source = source
        self._on_progress = on_progress
        self._began = source.clock.monotonic()
        self._planned: Counter[str] = Counter()
        self._endpoints: dict[str, Endpoint] = {}
        self._queries: Counter[str] = Counter()
        self._pages: Counter[str] = Counter()
        self._days: list[date] = []

    def plan(self, units: Iterable[Unit]) -> None:
        """Add windows to what is going to be read."""
        for unit in units:
            self._endpoints[unit.endpoint.name] = unit.endpoint
            self._planned[unit.endpoint.name] += _query_count(unit)
            if unit.window is not None:
                self._days = [
                    min(unit.window[0], *self._days[:1]) if self._days else unit.window[0],
                    max(unit.window[1], *self._days[1:]) if self._days else unit.window[1],
                ]

    def advance(self, result: Result) -> None:
        """Note that a window was read, or given up."""
        name = result.unit.endpoint.name
        self._queries[name] += _query_count(result.unit)
        self._pages[name] += result.page_count
        if self._on_progress is not None:
            self._on_progress(self.now())

    def now(self) -> Progress:
        """How far the run is."""
        done = self._pages.total()
        left = sum(self._pages_left(name) for name in self._planned)
        seconds: float | None = None
        if done:
            elapsed = self._source.clock.monotonic() - self._began
            seconds = max(elapsed / done * left, self._limited_seconds())
        first, last = self._days or (None, None)
        return Progress(done, done + round(left), seconds, first, last)

    def _pages_left(self, name: str) -> float:
        left = max(self._planned[name] - self._queries[name], 0)
        done = self._queries[name]
        return left * max(self._pages[name] / done if done else 1.0, 1.0)

    def _limited_seconds(self) -> float:
        """What the slowest limit makes the rest take."""
        calls: Counter[int] = Counter()
        per_minute: dict[int, int] = {}
        for name, endpoint in self._endpoints.items():
            client = self._source.clients[endpoint.client]
            limiter = id(client.limiter)
            per_minute[limiter] = client.limiter.per_minute
            left = self._planned[name] - self._queries[name]
            calls[limiter] += round(self._pages_left(name)) if client.counts_pages else left
        return max((calls[limiter] / per_minute[limiter] * 60 for limiter in calls), default=0.0)


def _query_count(unit: Unit) -> int:
    each = 1 if unit.parents is None else len(unit.parents)
    return len(unit.endpoint.queries) * each
