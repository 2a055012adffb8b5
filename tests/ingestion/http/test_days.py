"""Which days are asked for, from what was answered when."""

from datetime import date, datetime, timedelta

import pytest

from ingestion.http.days import days_to_ask, windows

D = date


def at(day: date) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00")


def test_a_first_run_asks_for_all_days() -> None:
    asked = days_to_ask({}, D(2026, 8, 1), D(2026, 8, 4), 3)
    assert asked == [D(2026, 8, 1), D(2026, 8, 2), D(2026, 8, 3), D(2026, 8, 4)]


def test_a_daily_run_asks_for_the_new_day_and_the_ones_that_may_change() -> None:
    answered = {D(2026, 8, day): at(D(2026, 8, day + 1)) for day in range(1, 18)}
    # Each day was asked for again until it was three days old.
    answered |= {D(2026, 8, day): at(D(2026, 8, day + 3)) for day in range(1, 16)}
    asked = days_to_ask(answered, D(2026, 8, 1), D(2026, 8, 18), 3)
    assert asked == [D(2026, 8, 16), D(2026, 8, 17), D(2026, 8, 18)]


def test_a_gap_is_asked_for() -> None:
    answered = {D(2026, 8, day): at(D(2026, 8, 20)) for day in range(1, 20) if day != 7}
    assert days_to_ask(answered, D(2026, 8, 1), D(2026, 8, 19), 1) == [
        D(2026, 8, 7),
        D(2026, 8, 19),
    ]


def test_days_answered_early_are_asked_for_after_a_pause() -> None:
    # The last run was on the 10th; the days 7 to 9 could still change then.
    answered = {D(2026, 8, day): at(D(2026, 8, 10)) for day in range(1, 10)}
    asked = days_to_ask(answered, D(2026, 8, 1), D(2026, 8, 30), 3)
    assert asked == [D(2026, 8, day) for day in range(8, 31)]


def test_nothing_before_the_first_day_is_asked_for() -> None:
    assert days_to_ask({}, D(2026, 8, 3), D(2026, 8, 3), 31) == [D(2026, 8, 3)]
    assert days_to_ask({}, D(2026, 8, 4), D(2026, 8, 3), 31) == []


@pytest.mark.parametrize(
    ("today", "asked_from"),
    [(D(2026, 8, 2), D(2026, 7, 28)), (D(2026, 8, 3), D(2026, 7, 1)), (D(2026, 9, 1), None)],
)
def test_a_month_is_read_once_more_from_the_third_on(today: date, asked_from: date | None) -> None:
    answered = {}
    day = D(2026, 7, 1)
    while day < D(2026, 8, 1):
        answered[day] = at(day + timedelta(days=5))
        day += timedelta(days=1)
    newest = today - timedelta(days=1)
    if asked_from is None:
        # It was read on the 5th.
        answered = dict.fromkeys(answered, at(D(2026, 8, 5)))
        answered |= {D(2026, 8, 1) + timedelta(days=n): at(today) for n in range(26)}
    asked = days_to_ask(answered, D(2026, 7, 1), newest, 5, month_reread_day=3, today=today)
    if asked_from is None:
        assert asked == [D(2026, 8, 27) + timedelta(days=n) for n in range(5)]
    else:
        assert asked[0] == asked_from
        assert asked[-1] == newest
        assert len(asked) == (newest - asked_from).days + 1


def test_the_month_after_december_is_january() -> None:
    answered = {D(2026, 12, 1): at(D(2026, 12, 30))}
    asked = days_to_ask(
        answered, D(2026, 12, 1), D(2026, 12, 1), 0, month_reread_day=3, today=D(2027, 1, 3)
    )
    assert asked == [D(2026, 12, 1)]


def test_windows_are_as_few_as_gaps_and_span_allow() -> None:
    days = [D(2026, 8, day) for day in (1, 2, 3, 4, 5, 8, 9)]
    assert windows(days, 3) == [
        (D(2026, 8, 1), D(2026, 8, 3)),
        (D(2026, 8, 4), D(2026, 8, 5)),
        (D(2026, 8, 8), D(2026, 8, 9)),
    ]
    assert windows([], 3) == []
