"""The raw tables in the warehouse file, which models build from with any subset of sources."""

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

import duckdb

from ingestion.sources import raw_tables

# No part of a load may reach for the network or depend on files outside the home.
DUCKDB_CONFIG: Final = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "preserve_insertion_order": False,
}
_SQL_TYPES: Final = {
    "string": "varchar",
    "int64": "bigint",
    "int32": "integer",
    "double": "double",
    "bool": "boolean",
    "date32[day]": "date",
    "timestamp[us]": "timestamp",
}
# Which tables are there, and for which code that is enough.
_MADE: Final = "raw_ingestion.made_tables"


@dataclass(frozen=True)
class LandingResult:
    """What one landing brought.

    Attributes:
        source_id: The source that was landed.
        rows: Rows that were loaded per table; a row that was sent again counts.
        load_ids: Loads that were finished, packages left by an earlier run included.
    """

    source_id: str
    rows: dict[str, int]
    load_ids: tuple[str, ...]


def connect(database: Path) -> duckdb.DuckDBPyConnection:
    """Open the warehouse; nobody else may have it open."""
    return duckdb.connect(str(database), config=dict(DUCKDB_CONFIG))


def exists(connection: duckdb.DuckDBPyConnection, dataset: str, table: str) -> bool:
    """Whether a table is there."""
    return f"{dataset}.{table}" in _tables(connection)


def ensure_raw_tables(database: Path) -> None:
    """Create the raw tables that do not exist, so that models build with any subset of sources."""
    open_with_raw_tables(database).close()


def open_with_raw_tables(database: Path) -> duckdb.DuckDBPyConnection:
    """Open the warehouse, with all raw tables in it.

    They are looked at once for each version of the code, and again when one is missing.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    connection = connect(database)
    there = _tables(connection)
    code = _code_version()
    if _MADE in there:
        # No parameter: for the first of a process DuckDB imports pandas, which takes half a second.
        made = connection.execute(f"select name from {_MADE} where code = '{code}'")  # noqa: S608  # a hash
        needed = {name for (name,) in made.fetchall()}
        if needed and needed <= there:
            return connection
    connection.begin()
    names = []
    for dataset, table, schema in raw_tables():
        name = f"{dataset}.{table}"
        columns = {field.name: _sql_type(str(field.type)) for field in schema}
        listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        connection.execute(f"create schema if not exists {dataset}")
        connection.execute(f"create table if not exists {name} ({listed})")
        # A table of an older release gets the columns that came since; dlt does so for its own.
        if name in there and f"{dataset}._dlt_loads" not in there:
            for column, kind in columns.items():
                connection.execute(f"alter table {name} add column if not exists {column} {kind}")
        names.append(f"('{code}', '{name}')")
    connection.execute(
        f"create or replace table {_MADE} as from (values {', '.join(names)}) as made (code, name)"
    )
    connection.commit()
    return connection


def _sql_type(arrow_type: str) -> str:
    """What DuckDB calls a type; decimals have the same name."""
    return _SQL_TYPES.get(arrow_type, arrow_type.replace("decimal128", "decimal"))


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() "
        "where database_name = current_database()"
    ).fetchall()
    return {name for (name,) in rows}


def _code_version() -> str:
    """Hash of the code that declares the tables; to import it would take longer than to read it."""
    code = blake2b(digest_size=16)
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        code.update(path.read_bytes())
    return code.hexdigest()
