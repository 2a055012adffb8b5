"""Keeps calls inside a documented limit, by a clock that tests may simulate."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Lock
from typing import Final, Protocol

# Half a second more than a minute, for clocks that do not run alike.
_WINDOW_SECONDS: Final = 60.5


class Clock(Protocol):
    """Time as the loader sees it."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""

    def now(self) -> datetime:
        """UTC time, without a zone."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The clock of the machine."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()

    def now(self) -> datetime:
        """UTC time, without a zone."""
        return datetime.now(UTC).replace(tzinfo=None)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class _Call:
    """A call under way, or when it ended."""

    def __init__(self) -> None:
        self.ended_at = 0.0
        self.has_ended = Event()


class Limiter:
    """Lets no more than so many calls pass in any minute, whichever thread makes them.

    The API counts a call when it arrives, which is some time between its start and its end. So a
    call holds its place until a minute after its end: one that travelled slowly cannot arrive
    among those that were let pass because it seemed long gone.

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
        self._calls: deque[_Call] = deque(maxlen=per_minute)
        self._held_until = 0.0

    @contextmanager
    def call(self, *, is_counted: bool = True) -> Iterator[None]:
        """Wait until a call may be made; it is made inside the context.

        Args:
            is_counted: False for calls that the limit does not count; they wait only while the
                API asked for silence.
        """
        call = self._enter(is_counted=is_counted)
        try:
            yield
        finally:
            call.ended_at = self._clock.monotonic()
            call.has_ended.set()

    def hold(self, seconds: float) -> None:
        """Let nothing pass for some time, because the API asked for it."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock.monotonic() + seconds)

    def _enter(self, *, is_counted: bool) -> _Call:
        call = _Call()
        # Waiting inside the lock keeps the order of callers, and nobody could pass earlier anyway.
        with self._lock:
            self._wait_until(self._held_until)
            if is_counted:
                if len(self._calls) == self.per_minute:
                    oldest = self._calls[0]
                    oldest.has_ended.wait()
                    self._wait_until(oldest.ended_at + _WINDOW_SECONDS)
                self._calls.append(call)
        return call

    def _wait_until(self, moment: float) -> None:
        seconds = moment - self._clock.monotonic()
        if seconds > 0:
            self._clock.sleep(seconds)
