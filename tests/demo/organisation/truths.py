"""Two generated truths to be asked in SQL: a small one, and one in which causes show."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from demo.organisation.parameters import Parameters

SMALL = Parameters(people=60, start=date(2026, 7, 20), until=date(2026, 8, 18), seed=1)
# Large and long enough for every department to show its cause.
LARGE = Parameters(people=400, start=date(2026, 4, 1), until=date(2026, 8, 28), seed=2)

Ask = Callable[[str], list[tuple[Any, ...]]]


def open_tables(truth: Path) -> duckdb.DuckDBPyConnection:
    """Connect to a truth, one view per table."""
    connection = duckdb.connect()
    for file in truth.glob("*.parquet"):
        connection.execute(f"create view {file.stem} as from '{file}'")
    return connection
