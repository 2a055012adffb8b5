"""Which days to ask an endpoint for: those never answered, and those that may still change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb

from ingestion.sources import declaration

from .endpoints import Endpoint, Unit

_DAY: Final = timedelta(days=1)
# Enough for a first look at a quarter; more is a matter of `--since`.
_DEFAULT_DAYS: Final = 90

# Table, day, when the API last answered for it, by its own clock.
Answered = Mapping[str, Mapping[date, datetime]]


@dataclass(frozen=True)
class History:
    """What earlier runs asked.

    Attributes:
        answered: When each table and day was last answered.
        first_asked: The first day that each table was ever asked for, answered or not.
    """

    answered: Answered
    first_asked: Mapping[str, date]


def history(database: Path, source_id: str) -> History:
    """What the warehouse says about earlier runs, finished loads only."""
    dataset = declaration(source_id).dataset
    if not database.exists():
        return History({}, {})
    answered: dict[str, dict[date, datetime]] = {}
    first_asked: dict[str, date] = {}
    with duckdb.connect(str(database)) as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = ?", [dataset]
        ).fetchall()
        if not {("pulls",), ("_dlt_loads",)} <= set(tables):
            return History({}, {})
        rows = connection.execute(
            f"""
            select
                table_name, date_day,
                max(pulled_at) filter (where pulls.status in ('landed', 'empty'))
            from {dataset}.pulls
            inner join {dataset}._dlt_loads as loads on pulls._dlt_load_id = loads.load_id
            where loads.status = 0
            group by table_name, date_day
            """  # noqa: S608  # the dataset is a constant of the source
        ).fetchall()
    for table, day, answered_at in rows:
        first_asked[table] = min(day, first_asked.get(table, day))
        if answered_at is not None:
            answered.setdefault(table, {})[day] = answered_at
    return History(answered, first_asked)


def answered_days(database: Path, source_id: str) -> Answered:
    """When the API last answered for each table and day, by its own clock."""
    return history(database, source_id).answered


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


def days_to_ask(
    answered: Mapping[date, datetime],
    first_day: date,
    newest_day: date,
    reread_days: int,
    *,
    month_reread_day: int | None = None,
    today: date | None = None,
) -> list[date]:
    """The days from first to newest whose answer is missing or may have changed since.

    A day is asked for until it was answered once at the end of its re-read window, so a pause of
    the loader leaves no day with an early answer.

    Args:
        answered: When each day was last answered.
        first_day: The first day that is wanted.
        newest_day: The newest day that is wanted and available.
        reread_days: Newest days that are always asked for again.
        month_reread_day: Day of the following month from which on the days of a month are asked
            for once more.
        today: The day of the API's clock; the day after the newest one if it is not given.
    """
    today = today or newest_day + _DAY
    wanted = []
    day = first_day
    while day <= newest_day:
        final = day + reread_days * _DAY
        if month_reread_day is not None:
            again = _next_month(day).replace(day=month_reread_day)
            final = max(final, again) if today >= again else final
        last = answered.get(day)
        if last is None or last.date() < final or day > newest_day - reread_days * _DAY:
            wanted.append(day)
        day += _DAY
    return wanted


def windows(days: Iterable[date], max_days: int) -> list[tuple[date, date]]:
    """Cover days by as few windows of first and last day as their gaps and the maximum allow."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and found[-1][1] + _DAY == day and (day - found[-1][0]).days < max_days:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def days_of(first: date, last: date) -> list[date]:
    """The days of a window."""
    return [first + _DAY * number for number in range((last - first).days + 1)]


def _answered(endpoint: Endpoint, past: History) -> dict[date, datetime]:
    """When all tables of the endpoint were last answered."""
    by_table = [past.answered.get(table, {}) for table in endpoint.tables]
    common = set(by_table[0]).intersection(*by_table[1:])
    return {day: min(table[day] for table in by_table) for day in common}


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
