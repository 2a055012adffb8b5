# ruff: noqa: S608  # queries are put together from constants of this room alone
"""Writes what the vendor's APIs know of the company, one Parquet file per table, all versions."""

import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb

from ..prices import PRICES
from . import (
    console,
    console_reports,
    costs,
    enterprise_activity,
    enterprise_cost,
    enterprise_features,
    snapshots,
    versions,
)
from .reading import open_truth
from .restatements import PUBLICATION, write_planted
from .view_files import ViewFiles

_MEMORY: Final = "2GB"
_THREADS: Final = 2
# Rows of tokens that are in memory at once; with wide tables made of them.
_CHUNK_ROWS: Final = 400_000

# Another company has other accounts, so it gets other draws.
_DRAW: Final = """
    create macro draw(tag, a, b) as
        (hash(getvariable('company'), tag, a, b) % 1000003)::double / 1000003
"""
_VARIABLES: Final = {
    "start": "select min(date_day) from calendar",
    "until": "select max(date_day) from calendar",
    "company": "select coalesce(min(user_id), '') from accounts",
}
_TABLES: Final = {
    "enterprise_accounts": "select * from accounts where system = 'enterprise'",
    "prices": PRICES,
    "price_days": costs.PRICE_DAYS,
    **versions.TABLES,
    **console.TABLES,
    **enterprise_activity.TABLES,
    **enterprise_cost.TABLES,
}
# Tables about a stretch of days.
_CHUNK: Final = {
    "usage_days": "select * from usage_daily where {days}",
    "token_days": """
        select *, coalesce(person_id, -actor_id) as who from tokens_daily where {days}
    """,
    "feature_days": """
        select feature_use_daily.*, user_id, office_app
        from feature_use_daily
        join enterprise_accounts using (person_id)
        left join (
            select date_day, person_id, min(office_app) as office_app
            from usage_days where surface = 'office' group by all
        ) using (date_day, person_id)
        where {days}
    """,
    **console.CHUNK,
    **console_reports.CHUNK,
    **enterprise_activity.CHUNK,
    **enterprise_features.CHUNK,
    **enterprise_cost.CHUNK,
}
_DAILY: Final[Mapping[str, Mapping[str, str]]] = {
    "anthropic_console": {**console.DAILY, **console_reports.DAILY},
    "anthropic_enterprise": {
        **enterprise_activity.DAILY,
        **enterprise_features.DAILY,
        **enterprise_cost.DAILY,
    },
}
_ONCE: Final[Mapping[str, Mapping[str, str]]] = {
    "anthropic_console": snapshots.CONSOLE,
    "anthropic_enterprise": {**enterprise_activity.ONCE, **snapshots.ENTERPRISE},
}
# Enough to tell the rows of wide tables apart; others are sorted by all they have.
_ORDERS: Final = {
    "user_activity": "date_day, user__id, visible_from",
    "user_usage_report": "date_day, actor__user_id, product, model, visible_from",
    "user_cost_report": "date_day, actor__user_id, product, model, visible_from",
}


def write_api_views(out: Path) -> None:
    """Write `views/<source>/<table>.parquet` and note in the truth what was planted in them.

    Args:
        out: Directory of the organisation, which holds `truth`.
    """
    truth, views = out / "truth", out / "views"
    with (
        tempfile.TemporaryDirectory(dir=out) as scratch,
        open_truth(truth) as connection,
    ):
        connection.execute(
            f"set memory_limit = '{_MEMORY}'; set threads = {_THREADS}; "
            f"set temp_directory = '{scratch}'"
        )
        _prepare(connection)
        with ViewFiles(connection, views) as files:
            for first, last in _chunks(connection):
                _make_chunk(connection, first, last)
                _add_all(files, _DAILY)
            _add_all(files, _ONCE)
            files.add("publication", PUBLICATION)
        write_planted(connection, views, truth)


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    for name, query in _VARIABLES.items():
        connection.execute(f"set variable {name} = ({query})")
    for macro in (_DRAW, *versions.MACROS, *costs.MACROS, *console.MACROS):
        connection.execute(macro)
    for name, query in _TABLES.items():
        connection.execute(f"create temp table {name} as {query}")


def _make_chunk(connection: duckdb.DuckDBPyConnection, first: date, last: date) -> None:
    connection.execute(f"set variable chunk_start = date '{first}'")
    connection.execute(f"set variable chunk_end = date '{last}'")
    days = f"date_day between date '{first}' and date '{last}'"
    for name, query in _CHUNK.items():
        chosen = query.replace("{days}", days)
        connection.execute(f"create or replace temp table {name} as {chosen}")


def _add_all(files: ViewFiles, sources: Mapping[str, Mapping[str, str]]) -> None:
    for source, tables in sources.items():
        for table, query in tables.items():
            order = _ORDERS.get(table, "all")
            files.add(f"{source}.{table}", f"select * from ({query}) order by {order}")


def _chunks(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[date, date]]:
    """Stretches of days with about as many rows each."""
    row_count, start, until = _one(
        connection,
        "select count(*), getvariable('start'), getvariable('until') from tokens_daily",
    )
    day_count = (until - start).days + 1
    step = max(1, day_count * _CHUNK_ROWS // max(1, row_count))
    for offset in range(0, day_count, step):
        first = start + timedelta(days=offset)
        yield first, min(first + timedelta(days=step - 1), until)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    if row is None:
        raise ValueError(f"no row: {query}")
    return row
