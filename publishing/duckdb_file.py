"""The DuckDB file of a release: the marts with their descriptions, for any BI driver."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from .tables import Table, identifier, text

# The oldest format that holds the marts: drivers from 1.2 on open it, whatever wrote it.
STORAGE_VERSION: Final = "v1.2.0"


@contextmanager
def attached_copy(
    connection: duckdb.DuckDBPyConnection, source: str, tables: Sequence[Table], path: Path
) -> Iterator[str]:
    """Copy tables of an attached warehouse into a new file, and keep it attached meanwhile.

    Args:
        connection: Connection that has the warehouse attached.
        source: Catalog name of the warehouse.
        tables: What to copy.
        path: The new file.

    Yields:
        Catalog name of the new file.
    """
    catalog = "release"
    connection.execute(
        f"attach {text(path)} as {catalog} (storage_version {text(STORAGE_VERSION)})"
    )
    for schema in dict.fromkeys(table.schema for table in tables):
        connection.execute(f"create schema {identifier(catalog, schema)}")
    for table in tables:
        target = identifier(catalog, table.schema, table.name)
        order = ", ".join(identifier(name) for name in table.ordered_columns)
        connection.execute(
            f"create table {target} as from {identifier(source, *table.origin)} order by {order}"
        )
        _comment(connection, f"table {target}", table.description)
        for column in table.columns:
            _comment(connection, f"column {target}.{identifier(column.name)}", column.description)
    connection.execute(f"checkpoint {catalog}")
    yield catalog
    connection.execute(f"detach {catalog}")


def _comment(connection: duckdb.DuckDBPyConnection, on: str, description: str) -> None:
    if description:
        connection.execute(f"comment on {on} is {text(description)}")
