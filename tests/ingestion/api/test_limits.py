"""A limit holds in every minute, whoever calls and however the calls fall."""

import random
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from ingestion.api.limits import Limiter
from tests.ingestion.api.fake_api import SimulatedClock

START = datetime.fromisoformat("2026-08-20T12:00:00")


def most_in_a_minute(calls: list[float]) -> int:
    calls = sorted(calls)
    return max(
        number + 1 - bisect_left(calls, moment - 59.999) for number, moment in enumerate(calls)
    )


@pytest.mark.parametrize("per_minute", [1, 7, 60])
def test_no_minute_has_more_calls_than_the_limit(per_minute: int) -> None:
    clock = SimulatedClock(START)
    limiter = Limiter(per_minute, clock)
    gaps = random.Random(per_minute)
    calls = []
    for _ in range(per_minute * 5):
        limiter.acquire()
        calls.append(clock.monotonic())
        clock.sleep(gaps.choice([0, 0, 0, 0.2, 3]))
    assert most_in_a_minute(calls) == per_minute


def test_calls_up_to_the_limit_do_not_wait() -> None:
    clock = SimulatedClock(START)
    limiter = Limiter(60, clock)
    for _ in range(60):
        limiter.acquire()
    assert clock.slept == []
    limiter.acquire()
    assert 60 <= clock.monotonic() < 62


def test_threads_share_the_limit() -> None:
    clock = SimulatedClock(START)
    limiter = Limiter(10, clock)
    calls: list[float] = []

    def call(_number: int) -> None:
        limiter.acquire()
        calls.append(clock.monotonic())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, range(45)))
    # Four waits of about a minute let 45 calls pass; none of the threads waited for nothing.
    assert 4 * 60 <= clock.monotonic() < 4 * 62


def test_silence_that_was_asked_for_holds_uncounted_calls_too() -> None:
    clock = SimulatedClock(START)
    limiter = Limiter(1, clock)
    limiter.hold(30)
    limiter.acquire(is_counted=False)
    assert clock.monotonic() == 30
    limiter.acquire()
    limiter.acquire(is_counted=False)
    assert clock.monotonic() == 30


def test_a_limit_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one request"):
        Limiter(0, SimulatedClock(START))
