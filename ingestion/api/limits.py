"""Keeps calls inside a documented limit."""

from collections import deque
from threading import Lock
from typing import Final

from .clock import Clock

# One second more than a minute: a call that travels fast must not overtake one that travelled
# slowly and so arrive inside the minute of the API's own count.
_WINDOW_SECONDS: Final = 61.0


class Limiter:
    """Lets no more than so many calls pass in any minute, whichever thread makes them.

    Args:
        per_minute: Calls that are allowed in 60 seconds.
        clock: What to wait by.
    """

    def __init__(self, per_minute: int, clock: Clock) -> None:
        if per_minute < 1:
            raise ValueError(f"at least one request per minute is needed, not {per_minute}")
        self.per_minute = per_minute
        self._clock = clock
        self._lock = Lock()
        self._calls: deque[float] = deque(maxlen=per_minute)
        self._held_until = 0.0

    def acquire(self, *, is_counted: bool = True) -> None:
        """Wait until a call may be made.

        Args:
            is_counted: False for calls that the limit does not count; they wait only while the
                API asked for silence.
        """
        # Waiting inside the lock keeps the order of callers, and nobody could pass earlier anyway.
        with self._lock:
            self._wait_until(self._held_until)
            if not is_counted:
                return
            if len(self._calls) == self.per_minute:
                self._wait_until(self._calls[0] + _WINDOW_SECONDS)
            self._calls.append(self._clock.monotonic())

    def hold(self, seconds: float) -> None:
        """Let nothing pass for some time, because the API asked for it."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock.monotonic() + seconds)

    def _wait_until(self, moment: float) -> None:
        seconds = moment - self._clock.monotonic()
        if seconds > 0:
            self._clock.sleep(seconds)
