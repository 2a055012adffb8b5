"""What the stand-in would serve at a moment, read from the views without going through it.

Tests compare it with what landed; so it shares no code with the endpoints.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

_COST_AND_USAGE: Final = ("usage_report", "cost_report", "user_usage_report", "user_cost_report")
_ENGAGEMENT: Final = (
    "user_activity",
    "summaries",
    "chat_projects",
    "skills",
    "connectors",
    "plugins",
    "artifacts",
)
_SINCE_EDITION_D: Final = (
    "chat_cowork_unified_",
    "claude_tag_",
    "claude_code_metrics__core_metrics__artifacts_created_count",
    "cowork_metrics__artifacts_created_count",
)


def served_rows(data_dir: Path, table: str, now: datetime, *, edition: str = "C") -> pa.Table:
    """The flat rows of a table that are to be had at a moment, over all days.

    Args:
        data_dir: Holds `views/`.
        table: `<source>.<table>`, such as `anthropic_console.users`.
        now: The server's time, UTC without a zone.
        edition: The edition that the server answers in, C or D.
    """
    source, _, name = table.partition(".")
    path = data_dir / "views" / source / f"{name}.parquet"
    with duckdb.connect() as connection:
        rows = connection.read_parquet(str(path)).filter(
            f"coalesce(visible_from, timestamp '{now}') <= timestamp '{now}' "
            f"and coalesce(visible_to, timestamp 'infinity') > timestamp '{now}'"
        )
        if source == "anthropic_enterprise" and name in _ENGAGEMENT:
            newest = _newest_published(connection, data_dir, name, now)
            rows = rows.filter(f"date_day <= date '{newest}'")
        if source == "anthropic_enterprise" and name in _COST_AND_USAGE:
            # Refreshed every full hour, four hours behind; only whole days are told.
            refreshed = now - timedelta(hours=4)
            rows = rows.filter(f"date_day < date '{refreshed.date()}'")
        kept = [
            column
            for column in rows.columns
            if column not in {"visible_from", "visible_to"}
            and not (edition < "D" and _is_since_d(name, column))
        ]
        return rows.select(*kept).to_arrow_table()


def _is_since_d(table: str, column: str) -> bool:
    is_scope = table == "api_keys" and column.startswith("scope__")
    return is_scope or column.startswith(_SINCE_EDITION_D)


def _newest_published(
    connection: duckdb.DuckDBPyConnection, data_dir: Path, name: str, now: datetime
) -> str:
    """The last day before the first one that is not published yet."""
    path = data_dir / "views" / "publication.parquet"
    planted: list[tuple[str, datetime]] = []
    if path.exists():
        rows = connection.read_parquet(str(path)).filter(
            f"table_name in ('{name}', 'anthropic_enterprise.{name}')"
        )
        planted = rows.select("date_day", "published_at").fetchall()
    late = {str(day): published_at for day, published_at in planted}
    day = datetime(2026, 1, 1)  # noqa: DTZ001  # the first day of the API; UTC without a zone
    while True:
        usual = day + timedelta(days=1, hours=10)
        if max(usual, late.get(str(day.date()), usual)) > now:
            return str((day - timedelta(days=1)).date())
        day += timedelta(days=1)
