"""The vendor's request limits on the stand-in's clock, and a record of each time one was passed."""

import math
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from .calls import Budget
from .clock import MovableClock, seconds_of
from .errors import Refusal

_WINDOW_SECONDS: Final = 60.0
# Documented, requests per minute and organisation.
_DOCUMENTED: Final = {
    Budget.ENTERPRISE_ANALYTICS: 60,
    Budget.ENTERPRISE_OBJECTS: 100,
    Budget.SPEND_LIMITS: 60,
}
# The vendor names no number; clients here promise to keep to this one.
_PROMISED: Final = {Budget.CONSOLE_CLAUDE_CODE: 60, Budget.CONSOLE_OBJECTS: 60}
# One new query per minute and endpoint; the further pages of a query are free.
_NEW_QUERIES: Final = {Budget.CONSOLE_REPORTS: 1}


@dataclass(frozen=True)
class Violation:
    """One request above a limit.

    Args:
        at: When, on the stand-in's clock.
        budget: Which limit.
        allowed: Its number per minute.
        path: What was asked.
    """

    at: datetime
    budget: str
    allowed: int
    path: str


class Limits:
    """Counts requests, refuses those above a limit, and remembers them.

    Args:
        clock: The clock that the minutes are counted on.
        requests_per_minute: A number granted by the vendor; it replaces every other one.
        strict: Whether passing a promise, that the vendor does not enforce, is a violation too.
    """

    def __init__(
        self, clock: MovableClock, *, requests_per_minute: int | None = None, strict: bool = False
    ) -> None:
        self._clock = clock
        self._granted = requests_per_minute
        self._strict = strict
        self._admitted: dict[str, deque[float]] = {}
        self.counts: Counter[str] = Counter()
        self.violations: list[Violation] = []

    def admit(self, budget: Budget, path: str, *, is_new_query: bool) -> None:
        """Count a request.

        Args:
            budget: Its limit.
            path: What is asked.
            is_new_query: Whether it is a first page.

        Raises:
            Refusal: A limit is passed; the answer says when to come back.
        """
        self.counts[budget] += 1
        if self._granted is not None:
            self._take(budget, budget, self._granted, path)
        elif budget in _NEW_QUERIES:
            if is_new_query:
                self._take(f"{budget} {path}", budget, _NEW_QUERIES[budget], path)
        elif budget in _PROMISED:
            self._take(budget, budget, _PROMISED[budget], path, is_enforced=False)
        else:
            self._take(budget, budget, _DOCUMENTED[budget], path)

    def _take(
        self, window: str, budget: str, allowed: int, path: str, *, is_enforced: bool = True
    ) -> None:
        now = self._clock.now()
        seconds = seconds_of(now)
        admitted = self._admitted.setdefault(window, deque())
        while admitted and admitted[0] <= seconds - _WINDOW_SECONDS:
            admitted.popleft()
        if len(admitted) >= allowed:
            if is_enforced or self._strict:
                self.violations.append(Violation(now, str(budget), allowed, path))
            if is_enforced:
                wait = admitted[0] + _WINDOW_SECONDS - seconds
                raise Refusal(
                    429,
                    f"more than {allowed} requests per minute ({budget})",
                    retry_after=max(1, math.ceil(wait)),
                )
        admitted.append(seconds)
