"""A limit holds in every minute, whoever calls and however the calls fall."""

import random
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from ingestion.http.limits import Limiter
from tests.ingestion.http.fake_api import SimulatedClock

START = datetime.fromisoformat("2026-08-20T12:00:00")


def most_in_a_minute(calls: list[float]) -> int:
    calls = sorted(calls)
    return max(
        number + 1 - bisect_left(calls, moment - 59.999) for number, moment in enumerate(calls)
    )


def pass_through(limiter: Limiter, clock: SimulatedClock, *, is_counted: bool = True) -> float:
    """Make a call and tell when it arrived."""
    with limiter.call(is_counted=is_counted):
        return clock.monotonic()


@pytest.mark.parametrize("per_minute", [1, 7, 60])
def test_no_minute_has_more_calls_than_the_limit(per_minute: int) -> None:
    clock = SimulatedClock(START)
    limiter = Limiter(per_minute, clock)
    gaps = random.Random(per_minute)
    calls = []
    for _ in range(per_minute * 5):
        with limiter.call():
            clock.sleep(gaps.choice([0, 0.1]))
            calls.append(clock.monotonic())
            clock.sleep(gaps.choice([0, 0.1]))
        clock.sleep(gaps.choice([0, 0, 0, 0.2, 3]))
    assert most_in_a_minute(calls) == per_minute


def test_calls_up_to_the_limit_do_not_wait() -> None:
    clock = SimulatedClock(START)
    limiter = Limiter(60, clock)
    for _ in range(60):
        pass_through(limiter, clock)
    assert clock.slept == []
    pass_through(limiter, clock)
    assert 60 <= clock.monotonic() < 62


def test_a_call_that_travels_slowly_does_not_arrive_among_later_ones() -> None:
    clock = SimulatedClock(START)
    limiter = Limiter(2, clock)
    with ThreadPoolExecutor(1) as pool, limiter.call():
        pass_through(limiter, clock)
        # Full, and the first call has yet to arrive.
        third = pool.submit(pass_through, limiter, clock)
        clock.sleep(100)
    assert third.result() >= 160


def test_threads_share_the_limit() -> None:
    clock = SimulatedClock(START)
    limiter = Limiter(10, clock)
    calls: list[float] = []

    def call(_number: int) -> None:
        with limiter.call():
            calls.append(clock.monotonic())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, range(45)))
    # Four waits of about a minute let 45 calls pass; none of the threads waited for nothing.
    assert 4 * 60 <= clock.monotonic() < 4 * 62
    assert most_in_a_minute(calls) <= 10


def test_silence_that_was_asked_for_holds_uncounted_calls_too() -> None:
    clock = SimulatedClock(START)
    limiter = Limiter(1, clock)
    limiter.hold(30)
    pass_through(limiter, clock, is_counted=False)
    assert clock.monotonic() == 30
    pass_through(limiter, clock)
    pass_through(limiter, clock, is_counted=False)
    assert clock.monotonic() == 30


def test_a_limit_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one request"):
        Limiter(0, SimulatedClock(START))
