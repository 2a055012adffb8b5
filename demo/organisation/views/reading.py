"""Opens the truth for the views of it."""

from datetime import date
from pathlib import Path

import duckdb


def open_truth(truth: Path) -> duckdb.DuckDBPyConnection:
    """Connect to the truth: one view per table, named as its file.

    Args:
        truth: Directory of the truth's Parquet files.
    """
    connection = duckdb.connect()
    for file in sorted(truth.glob("*.parquet")):
        connection.read_parquet(str(file)).create_view(file.stem)
    return connection


def email_on(day: date, email: str, former: str | None, changed: date | None) -> str:
    """The address that a person had on a day."""
    return former if former and changed and day < changed else email
