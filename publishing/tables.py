"""The published tables: which there are, with their columns, and that their types travel well."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import duckdb

from .errors import PublishError

SCHEMA: Final = "marts"
# Where the build keeps the way back from a pseudonym to a person, and where a release does.
IDENTITY_SCHEMA: Final = "identity"
LOOKUP_MODEL: Final = "int_identity__person_lookup"
LOOKUP_TABLE: Final = "person_lookup"

PrivacyMode = Literal["named", "pseudonymous", "aggregate"]

# A table with one of these has rows of single people, whatever else it counts.
_PERSON_GRAIN: Final = re.compile(r"(.*_)?(person_key|session_id|request_key)")

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
    """A published table.

    Attributes:
        name: Its name in the release.
        description: Empty if the model has none.
        columns: Its columns.
        schema: Its schema in the release, and in the warehouse.
        relation: Its name in the warehouse.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    schema: str = SCHEMA
    relation: str = ""

    @property
    def origin(self) -> tuple[str, str]:
        """Schema and name of the table in the warehouse."""
        return self.schema, self.relation or self.name

    @property
    def personal_columns(self) -> list[str]:
        """Columns that make a row that of one person."""
        return [
            column.name for column in self.columns if _PERSON_GRAIN.fullmatch(column.name.lower())
        ]

    @property
    def ordered_columns(self) -> list[str]:
        """Columns in the order rows are sorted by: the day first, so that readers skip by date."""
        names = [column.name for column in self.columns]
        return sorted(names, key=lambda name: name != "date_day")


@dataclass(frozen=True)
class LeftOut:
    """A mart that a release does not hold, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Selection:
    """What a release holds, and what it does not."""

    tables: tuple[Table, ...]
    left_out: tuple[LeftOut, ...] = ()


def published_tables(
    connection: duckdb.DuckDBPyConnection, catalog: str, privacy_mode: PrivacyMode
) -> Selection:
    """List the tables of an attached warehouse that may leave it.

    Args:
        connection: Connection that has the warehouse attached.
        catalog: Name of the warehouse.
        privacy_mode: What a release may tell about people.

    Raises:
        PublishError: There is no mart, or a column has a type that does not travel; or people are
            to be named and the warehouse has no lookup.
    """
    tables = _tables(connection, catalog, SCHEMA)
    if not tables:
        raise PublishError(f"the warehouse has no {SCHEMA}; run `claude-analytics build` first")
    left_out: tuple[LeftOut, ...] = ()
    if privacy_mode == "named":
        tables.append(_lookup(connection, catalog))
    if privacy_mode == "aggregate":
        left_out = tuple(
            LeftOut(table.name, f"rows of single people: {', '.join(table.personal_columns)}")
            for table in tables
            if table.personal_columns
        )
        tables = [table for table in tables if not table.personal_columns]
    _refuse_types(tables)
    return Selection(tuple(tables), left_out)


def _lookup(connection: duckdb.DuckDBPyConnection, catalog: str) -> Table:
    for table in _tables(connection, catalog, IDENTITY_SCHEMA):
        if table.name == LOOKUP_MODEL:
            return replace(table, name=LOOKUP_TABLE, relation=LOOKUP_MODEL)
    raise PublishError(
        f"people are to be named, and the warehouse has no {IDENTITY_SCHEMA}.{LOOKUP_MODEL};"
        " run `claude-analytics build` first, or publish in another privacy mode"
    )


def _tables(connection: duckdb.DuckDBPyConnection, catalog: str, schema: str) -> list[Table]:
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
        {"catalog": catalog, "schema": schema},
    ).fetchall()
    columns: dict[tuple[str, str], list[Column]] = {}
    for table, table_description, name, data_type, description in rows:
        columns.setdefault((table, table_description), []).append(
            Column(name, data_type, description)
        )
    return [
        Table(name, description, tuple(parts), schema)
        for (name, description), parts in columns.items()
    ]


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
