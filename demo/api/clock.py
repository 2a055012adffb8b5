"""The time that the stand-in lives in: it stands still, is moved, or runs on.

All moments of the stand-in are UTC without a zone, as in the views.
"""

import threading
import time
from datetime import UTC, date, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime.fromtimestamp(0, UTC).replace(tzinfo=None)


class MovableClock:
    """The server's clock; a client under test may wait by the same one.

    Args:
        now: Its first moment; None takes the real one.
        runs: Whether it goes on by itself; otherwise only `sleep`, `advance` and `move_to` move it.
    """

    def __init__(self, now: datetime | None = None, *, runs: bool = False) -> None:
        self.runs = runs
        self._moment = as_utc(now or datetime.now(UTC))
        self._set_at = time.monotonic()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The moment."""
        with self._lock:
            if not self.runs:
                return self._moment
            return self._moment + timedelta(seconds=time.monotonic() - self._set_at)

    def monotonic(self) -> float:
        """Seconds that pass as this clock does."""
        return seconds_of(self.now())

    def sleep(self, seconds: float) -> None:
        """Let time pass: moves a standing clock, waits for a running one."""
        if self.runs:
            time.sleep(max(seconds, 0))
        else:
            self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move forward at once."""
        with self._lock:
            self._moment += timedelta(seconds=max(seconds, 0))

    def move_to(self, moment: datetime) -> None:
        """Set it, forwards or backwards."""
        with self._lock:
            self._moment = as_utc(moment)
            self._set_at = time.monotonic()


def as_utc(moment: datetime) -> datetime:
    """UTC without a zone; a moment that has none is UTC already."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def seconds_of(moment: datetime) -> float:
    """Seconds since 1970."""
    return (moment - _EPOCH).total_seconds()


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.fromisoformat(day.isoformat())


def rfc3339(moment: datetime) -> str:
    """A moment as the APIs write it."""
    return moment.isoformat() + "Z"
