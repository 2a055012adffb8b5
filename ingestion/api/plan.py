"""What a run asks an endpoint for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from .results import Unit
from .source import Endpoint
from .windows import History, days_to_ask, windows

# Enough for a first look at a quarter; more is a matter of `--since`.
_DEFAULT_DAYS: Final = 90


@dataclass(frozen=True)
class Plan:
    """What a run asks an endpoint for.

    Attributes:
        endpoint: What is asked.
        units: Its windows.
        unpublished: Days that ended and are not to be had yet.
    """

    endpoint: Endpoint
    units: tuple[Unit, ...]
    unpublished: tuple[date, ...]


def plan_days(
    endpoint: Endpoint,
    past: History,
    newest: date,
    today: date,
    since: date | None,
    until: date | None,
) -> Plan:
    """Windows of the days that are missing or may have changed.

    Args:
        endpoint: An endpoint that is asked by days.
        past: What earlier runs asked.
        newest: The newest day that is complete and available.
        today: The day of the API's clock.
        since: First day that is wanted; else the first one ever asked for, or 90 days.
        until: Last day that is wanted.
    """
    days = endpoint.days
    if days is None:
        raise ValueError(f"{endpoint.name} is a snapshot")
    asked = [past.first_asked[table] for table in endpoint.tables if table in past.first_asked]
    first = since or min(asked, default=newest - timedelta(days=_DEFAULT_DAYS - 1))
    floors = [first]
    if days.earliest_day:
        floors.append(days.earliest_day)
    if days.history_days:
        floors.append(today - timedelta(days=days.history_days))
    first = max(floors)
    last = min(newest, until) if until else newest
    wanted = days_to_ask(
        _answered(endpoint, past),
        first,
        last,
        days.reread_days,
        month_reread_day=days.month_reread_day,
        today=today,
    )
    units = tuple(Unit(endpoint, window) for window in windows(wanted, days.per_query))
    yesterday = today - timedelta(days=1)
    ended = min(yesterday, until) if until else yesterday
    start = max(first, newest + timedelta(days=1))
    unpublished = tuple(
        start + timedelta(days=number) for number in range((ended - start).days + 1)
    )
    return Plan(endpoint, units, unpublished)


def _answered(endpoint: Endpoint, past: History) -> dict[date, datetime]:
    """When all tables of the endpoint were last answered."""
    by_table = [past.answered.get(table, {}) for table in endpoint.tables]
    common = set(by_table[0]).intersection(*by_table[1:])
    return {day: min(table[day] for table in by_table) for day in common}
