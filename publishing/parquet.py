"""The Parquet files of a release: one per mart, sorted, so equal marts give equal bytes."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from .tables import Table, identifier, text


def write_parquet(
    connection: duckdb.DuckDBPyConnection, catalog: str, tables: Sequence[Table], directory: Path
) -> dict[str, int]:
    """Write each table of an attached file as `<table>.parquet`, in the order of its rows.

    Returns:
        Number of rows by table.
    """
    directory.mkdir()
    rows: dict[str, int] = {}
    for table in tables:
        written = connection.execute(
            f"copy {identifier(catalog, table.schema, table.name)}"
            f" to {text(directory / f'{table.name}.parquet')} (format parquet, compression zstd)"
        ).fetchone()
        rows[table.name] = int(written[0]) if written else 0
    return rows
