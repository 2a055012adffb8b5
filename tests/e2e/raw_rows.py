"""Raw rows by hand: what sources would have landed, and that they were observed."""

from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from ingestion.raw_tables import ensure_raw_tables
from ingestion.sources import declaration

# Columns that tell a row apart, by what the table calls them.
_KEYS = ("row_key", "event_key", "point_key", "line_key")


class RawRows:
    """A warehouse with raw tables and no sources.

    Args:
        database: Its file, which is made.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._numbers = count()
        self._open: duckdb.DuckDBPyConnection | None = None
        ensure_raw_tables(database)

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        if self._open is None:
            self._open = duckdb.connect(str(self._database))
        return self._open

    def close(self) -> None:
        """Let others open the warehouse; the next row opens it again."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def put(self, table: str, *rows: dict[str, Any], **common: object) -> None:
        """Add rows.

        Args:
            table: Source and table, `people.roster`.
            rows: Values by column; a column that is left out is null.
            common: Values that all of them have.
        """
        described = self._connection.execute(f"describe raw_{table}").fetchall()
        known = {name for name, *_ in described}
        for row in rows:
            number = next(self._numbers)
            keys = {name: f"{table}-{number}" for name in _KEYS if name in known}
            values = {**keys, "_dlt_load_id": "1", **common, **row}
            self._connection.execute(
                f"insert into raw_{table} ({', '.join(values)}) "
                f"values ({', '.join('?' for _ in values)})",
                list(values.values()),
            )

    def drop(self, table: str, day: date) -> None:
        """Delete the rows of a day, as a landing does that replaces it."""
        self._connection.execute(f"delete from raw_{table} where date_day = ?", [day])

    def observe(self, table: str, day: date, at: datetime, status: str = "landed") -> None:
        """Record that a day was asked for, with the totals that it has now."""
        source_id, name = table.split(".")
        declared = declaration(source_id)
        load_id = str(next(self._numbers))
        sums = {
            measure: f"sum(try_cast({measure} as decimal(28, 10)))"
            for measure in declared.measures[name]
        }
        totals = {"row_count": "count(*)", **sums}
        content = self._connection.execute(
            f"select cast(sum(hash(raw)) as varchar), {', '.join(totals.values())} "
            f"from raw_{table} as raw where date_day = ?",
            [day],
        ).fetchone()
        assert content
        is_answered = status in {"landed", "empty"}
        self._connection.execute(
            "insert into raw_ingestion.observed_days values (?, ?, ?, ?, ?, ?, '{}', ?, ?)",
            [
                *(source_id, name, day, at, status),
                content[1] if is_answered else None,
                load_id,
                content[0] or "0" if is_answered else None,
            ],
        )
        if is_answered:
            self._connection.executemany(
                "insert into raw_ingestion.observed_measures values (?, ?, ?, ?, ?, ?, ?)",
                [
                    (source_id, name, day, at, load_id, measure, total or 0)
                    for measure, total in zip(totals, content[1:], strict=True)
                ],
            )
