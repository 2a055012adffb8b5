"""The published tables: which there are, with their columns, and that their types travel well."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from .errors import PublishError

SCHEMA: Final = "marts"

# Types that Parquet, DuckDB and the usual BI drivers read alike. HUGEINT, for one, becomes DOUBLE
# in Parquet and loses digits without a word.
_PLAIN_TYPES: Final = frozenset(
    {"BIGINT", "INTEGER", "DOUBLE", "DATE", "TIMESTAMP", "BOOLEAN", "VARCHAR"}
)
_DECIMAL: Final = re.compile(r"DECIMAL\((\d+),\d+\)")
_DECIMAL_DIGITS_MAX: Final = 18


@dataclass(frozen=True)
class Column:
    """A column of a published table; the description is empty if the model has none."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Table:
    """A published table; the description is empty if the model has none."""

    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def ordered_columns(self) -> list[str]:
        """Columns in the order rows are sorted by: the day first, so that readers skip by date."""
        names = [column.name for column in self.columns]
        return sorted(names, key=lambda name: name != "date_day")


def published_tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[Table]:
    """List the marts of an attached warehouse; other schemas are never looked at.

    Raises:
        PublishError: There is no mart, or a column has a type that does not travel.
    """
    rows = connection.execute(
        """
        with

        relations as (

            select database_name, schema_name, table_name, comment from duckdb_tables()
            union all
            select database_name, schema_name, view_name, comment from duckdb_views()

        )

        select
            relations.table_name,
            coalesce(relations.comment, '') as table_description,
            columns.column_name,
            columns.data_type,
            coalesce(columns.comment, '') as column_description
        from relations
        inner join duckdb_columns() as columns
            using (database_name, schema_name, table_name)
        where
            database_name = $catalog
            and schema_name = $schema
            -- What a killed build left behind.
            and not contains(table_name, '__dbt_')
        order by relations.table_name, columns.column_index
        """,
        {"catalog": catalog, "schema": SCHEMA},
    ).fetchall()
    columns: dict[tuple[str, str], list[Column]] = {}
    for table, table_description, name, data_type, description in rows:
        columns.setdefault((table, table_description), []).append(
            Column(name, data_type, description)
        )
    tables = [Table(name, text, tuple(parts)) for (name, text), parts in columns.items()]
    if not tables:
        raise PublishError(f"the warehouse has no {SCHEMA}; run `claude-analytics build` first")
    _refuse_types(tables)
    return tables


def _refuse_types(tables: Sequence[Table]) -> None:
    refused = [
        f"{table.name}.{column.name} is {column.type}"
        for table in tables
        for column in table.columns
        if not _travels(column.type)
    ]
    if refused:
        raise PublishError(
            f"columns of a type that may not be published: {', '.join(refused)};"
            " cast them in the model"
        )


def _travels(data_type: str) -> bool:
    decimal = _DECIMAL.fullmatch(data_type)
    if decimal:
        return int(decimal.group(1)) <= _DECIMAL_DIGITS_MAX
    return data_type in _PLAIN_TYPES


def identifier(*parts: str) -> str:
    """Quote a dotted name for SQL."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def text(value: object) -> str:
    """Quote a text for SQL, where parameters are not allowed."""
    return "'" + str(value).replace("'", "''") + "'"
