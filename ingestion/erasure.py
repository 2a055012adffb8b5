"""Takes a person out of the raw tables, and keeps them out when a source brings them again.

An identifier is replaced by a random one, the same wherever it stands, so that rows still count and
join. What is remembered of it for later landings is a keyed hash.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from ingestion.declared import Table
from ingestion.pseudonyms import DATASET
from ingestion.replacements import (
    Erasure,
    Identity,
    Replacement,
    Replacer,
    as_re2,
    hash_of,
    pattern_of,
)
from ingestion.sources import declared_tables

_ERASURES: Final[dict[str, pa.DataType]] = {
    "identity_hash": pa.string(),
    "replacement": pa.string(),
    "is_sought_in_texts": pa.bool_(),
    "valid_from_date": pa.date32(),
    "until_date": pa.date32(),
    "erased_at": pa.timestamp("us"),
}
_LOADS: Final[dict[str, pa.DataType]] = {"table_name": pa.string(), "load_id": pa.string()}
RAW_TABLES: Final[dict[str, pa.Schema]] = {
    "erasures": pa.schema(_ERASURES),
    # Loads in which the erased were looked for.
    "erased_loads": pa.schema(_LOADS),
}
_CHANGES: Final[dict[str, pa.DataType]] = {
    "old": pa.string(),
    "day": pa.date32(),
    "new": pa.string(),
}
# Marks the list with the key it was made with; no identifier is the empty text.
_KEY_MARK: Final = ""


class ErasureError(Exception):
    """Erasure cannot go on; the message says why and what to do."""


def identities_of(database: Path, person: str) -> tuple[list[Identity], list[str], list[str]]:
    """Find everything that sources call a person.

    Args:
        database: The warehouse, with the aliases built.
        person: Any identifier of theirs, or their pseudonym.

    Returns:
        Identifiers, pseudonyms, and the domains of other people's e-mail addresses.

    Raises:
        ErasureError: It is the identifier of several people.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        keys = connection.execute(
            """
            select distinct person_key from identity.int_identity__aliases
            where person_key != '-1' and (lower(identity_value) = $person or person_key = $person)
            """,
            {"person": person.strip().lower()},
        ).fetchall()
        if not keys:
            return [], [], []
        if len(keys) > 1:
            raise ErasureError(
                f"{len(keys)} people have had this identifier; give one that only one of them has"
            )
        key = str(keys[0][0])
        rows = connection.execute(
            """
            select
                aliases.identity_kind,
                aliases.identity_value,
                aliases.valid_from_date,
                aliases.until_date,
                exists (
                    select 1 from identity.int_identity__aliases as others
                    where
                        lower(others.identity_value) = lower(aliases.identity_value)
                        and others.person_key != aliases.person_key
                )
            from identity.int_identity__aliases as aliases
            where aliases.person_key = $key
            """,
            {"key": key},
        ).fetchall()
        identities = [
            Identity(kind, value, start, end) if is_shared else Identity(kind, value)
            for kind, value, start, end, is_shared in rows
        ]
        own = {identity.value.lower() for identity in identities if identity.is_theirs_alone}
        others = connection.execute(
            "select identity_value, person_pseudonym from raw_identity.pseudonyms"
        ).fetchall()
    pseudonyms = [key, *(pseudonym for value, pseudonym in others if value.lower() in own)]
    domains = [
        value.rpartition("@")[2] for value, _ in others if "@" in value and value.lower() not in own
    ]
    return identities, pseudonyms, domains


def erase(database: Path, key: bytes, erasure: Erasure) -> int:
    """Replace a person in all raw tables and remember it, in one step.

    Every column is looked through, the declared ones and all others: what no source should have
    brought goes, too. What was built from raw tables is dropped, to be built again.

    Args:
        database: The warehouse.
        key: Key of the erasure list.
        erasure: Who is to go.

    Returns:
        The number of values that were replaced.
    """
    replacements = erasure.replacements
    replacer = Replacer(replacements)
    wholes = sorted({entry.value for entry in replacements})
    sought: dict[str, Any] = {
        "values": wholes,
        "lists": _anywhere(wholes),
        "texts": _anywhere(entry.value for entry in replacements if entry.is_sought_in_texts),
        # What no source should have brought: only what cannot be anything else.
        "others": _anywhere(entry.value for entry in replacements if entry.is_unmistakable),
    }
    searches = {
        "values": "list_contains($values, lower(trim({column})))",
        **{
            role: f"regexp_matches({{column}}, ${role}, 'i')"
            for role in ("lists", "texts", "others")
        },
    }
    unmistakable = Replacer(entry for entry in replacements if entry.is_unmistakable)
    count = 0
    with duckdb.connect(str(database)) as connection:
        connection.begin()
        _require_key(connection, key)
        tables = declared_tables()
        for table, columns in _text_columns(connection, "raw_%").items():
            if table.startswith(f"{DATASET}."):
                continue
            declared = tables.get(table.replace("_staging.", "."))
            work = [
                (column, role, change)
                for column in columns
                for role, change in _changes(declared, column, replacer)
                or [("others", unmistakable.within)]
            ]
            conditions = [searches[role].format(column=_quoted(column)) for column, role, _ in work]
            hits = _hits(connection, table, conditions, sought)
            for (column, _, change), where, is_hit in zip(work, conditions, hits, strict=True):
                if is_hit:
                    count += _replace(connection, table, column, where, sought, change)
            _empty(connection, declared, table, {entry.token for entry in replacements})
        connection.execute(
            "delete from raw_identity.pseudonyms "
            "where list_contains($wholes, lower(identity_value))",
            {"wholes": wholes},
        )
        connection.execute("delete from raw_identity.resolved_loads")
        _remember(connection, key, replacements)
        _mark_loads(connection)
        for (schema,) in connection.execute(
            """
            select schema_name from duckdb_schemas()
            where database_name = current_database() and not internal
                and schema_name != 'main' and not starts_with(schema_name, 'raw_')
            """
        ).fetchall():
            connection.execute(f"drop schema {_quoted(schema)} cascade")
        connection.commit()
    return count


@dataclass(frozen=True)
class Repeated:
    """What a landing brought of people who were erased, and what was done.

    Attributes:
        values: Values that were replaced.
        telemetry_files: Names of telemetry files that hold them.
    """

    values: int
    telemetry_files: tuple[str, ...]


def erase_again(database: Path, read_key: Callable[[], bytes]) -> Repeated:
    """Replace what new loads brought of people who were erased.

    Args:
        database: The warehouse, with its raw tables.
        read_key: Gives the key of the erasure list; not called while nobody was erased.

    Raises:
        ErasureError: The list was made with another key.
    """
    count = 0
    files: set[str] = set()
    with duckdb.connect(str(database)) as connection:
        rows = connection.execute(
            "select identity_hash, replacement, is_sought_in_texts, valid_from_date, until_date "
            "from raw_identity.erasures"
        ).fetchall()
        if not rows:
            return Repeated(0, ())
        key = read_key()
        connection.begin()
        _require_key(connection, key)
        replacer = Replacer((Replacement(*row) for row in rows), key)
        tokens = {str(row[1]) for row in rows}
        landed = _text_columns(connection, "raw_%")
        for table, declared in _personal_tables().items():
            if table not in landed:
                continue
            loads = _unchecked_loads(connection, table)
            if not loads:
                continue
            where = "list_contains($loads, _dlt_load_id)"
            touched = 0
            for column in declared.personal:
                if column not in landed[table]:
                    continue
                for _, change in _changes(declared, column, replacer):
                    touched += _replace(connection, table, column, where, {"loads": loads}, change)
            _empty(connection, declared, table, tokens)
            if touched and table.startswith("raw_claude_code_otel."):
                files |= _source_files(connection, declared, table, loads, tokens)
            count += touched
        _mark_loads(connection)
        connection.commit()
    return Repeated(count, tuple(sorted(files)))


def is_erased(database: Path, read_key: Callable[[], bytes], person: str) -> bool:
    """Whether an identifier is one that was erased."""
    with duckdb.connect(str(database), read_only=True) as connection:
        hashes = connection.execute("select identity_hash from raw_identity.erasures").fetchall()
    return bool(hashes) and (hash_of(read_key(), person.strip().lower()),) in hashes


def compact(database: Path) -> None:
    """Write the file anew, so that what was deleted does not stay in blocks that are free.

    The new file takes the place of the old one at one stroke.
    """
    fresh = database.with_name(f"{database.name}.compact")
    for leftover in (fresh, fresh.with_name(f"{fresh.name}.wal")):
        leftover.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        # Nothing of the old file may wait in its log when the new one takes its name.
        connection.execute("force checkpoint")
        name = _quoted(str(_one(connection, "select current_database()")))
        connection.execute(f"attach '{_escaped(fresh)}' as compacted")
        connection.execute(f"copy from database {name} to compacted")
        connection.execute("checkpoint compacted")
        connection.execute("detach compacted")
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    fresh.replace(database)
    directory = os.open(database.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def remains(database: Path, sought: re.Pattern[str]) -> list[str]:
    """Name the columns of a DuckDB file that hold what is sought."""
    found = []
    with duckdb.connect(str(database), read_only=True) as connection:
        for table, columns in _text_columns(connection, "%").items():
            for column in columns:
                hit = connection.execute(
                    f"select 1 from {_table(table)} "  # noqa: S608 - names from the catalog
                    f"where regexp_matches({_quoted(column)}, $pattern, 'i') limit 1",
                    {"pattern": as_re2(sought.pattern)},
                ).fetchone()
                if hit:
                    found.append(f"{table}.{column}")
    return found


def _personal_tables() -> dict[str, Table]:
    """Tables that may carry an identifier."""
    return {name: table for name, table in declared_tables().items() if table.personal}


def _changes(
    declared: Table | None, column: str, replacer: Replacer
) -> list[tuple[str, Callable[[str, date | None], str]]]:
    """What changes the values of a declared column, by what it is declared as."""
    if declared is None:
        return []
    roles = (
        ("values", declared.all_values, replacer.whole),
        ("lists", declared.all_lists, replacer.listed),
        ("texts", declared.texts, replacer.within),
    )
    return [(role, change) for role, columns, change in roles if column in columns]


def _hits(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    conditions: Sequence[str],
    parameters: Mapping[str, Any],
) -> Sequence[bool | None]:
    """Which conditions hold for any row, in one pass over the table."""
    used = {name: value for name, value in parameters.items() if f"${name}" in "".join(conditions)}
    columns = ", ".join(f"bool_or({condition})" for condition in conditions)
    row = connection.execute(
        f"select {columns} from {_table(table)}",  # noqa: S608 - names from the catalog
        used,
    ).fetchone()
    return row or ()


def _replace(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    column: str,
    where: str,
    parameters: Mapping[str, Any],
    change: Callable[[str, date | None], str],
) -> int:
    """Change the values of a column; returns how many different ones were changed."""
    name = _quoted(column)
    day = "date_day" if "date_day" in _columns(connection, table) else "cast(null as date)"
    used = {key: value for key, value in parameters.items() if f"${key}" in where}
    rows = connection.execute(
        f"select distinct {name}, {day} from {_table(table)} "  # noqa: S608 - as above
        f"where {name} is not null and {where}",
        used,
    ).fetchall()
    changes = [
        {"old": old, "day": on, "new": new} for old, on in rows if (new := change(old, on)) != old
    ]
    if not changes:
        return 0
    connection.register("changed_values", pa.Table.from_pylist(changes, schema=pa.schema(_CHANGES)))
    connection.execute(
        f"update {_table(table)} set {name} = changed_values.new from changed_values "  # noqa: S608
        f"where {name} = changed_values.old and {day} is not distinct from changed_values.day"
    )
    connection.unregister("changed_values")
    return len(changes)


def _empty(
    connection: duckdb.DuckDBPyConnection,
    declared: Table | None,
    table: str,
    tokens: Iterable[str],
) -> None:
    """Drop what rows of the erased tell of them beyond what totals need."""
    if declared and declared.emptied:
        columns = ", ".join(f"{_quoted(column)} = null" for column in declared.emptied)
        connection.execute(
            f"update {_table(table)} set {columns} "  # noqa: S608 - constants and catalog names
            f"where list_contains($tokens, {_quoted(declared.owner)})",
            {"tokens": sorted(tokens)},
        )


def _source_files(
    connection: duckdb.DuckDBPyConnection,
    declared: Table,
    table: str,
    loads: Sequence[str],
    tokens: set[str],
) -> set[str]:
    if not declared.all_values:
        return set()
    is_theirs = " or ".join(
        f"list_contains($tokens, {_quoted(column)})" for column in declared.all_values
    )
    rows = connection.execute(
        f"select distinct source_file from {_table(table)} "  # noqa: S608 - as above
        f"where list_contains($loads, _dlt_load_id) and ({is_theirs})",
        {"loads": list(loads), "tokens": sorted(tokens)},
    ).fetchall()
    return {str(name) for (name,) in rows}


def _remember(
    connection: duckdb.DuckDBPyConnection, key: bytes, replacements: Iterable[Replacement]
) -> None:
    known = set(
        connection.execute(
            "select identity_hash, valid_from_date from raw_identity.erasures"
        ).fetchall()
    )
    now = datetime.now(UTC).replace(tzinfo=None)
    new = [
        (hash_of(key, entry.value), entry)
        for entry in (Replacement(_KEY_MARK, "", is_sought_in_texts=False), *replacements)
    ]
    rows = [
        [
            digest,
            entry.token,
            entry.is_sought_in_texts,
            entry.valid_from_date,
            entry.until_date,
            now,
        ]
        for digest, entry in new
        if (digest, entry.valid_from_date) not in known
    ]
    if rows:
        connection.executemany("insert into raw_identity.erasures values (?, ?, ?, ?, ?, ?)", rows)


def _require_key(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    rows = connection.execute(
        "select count(*), count(*) filter (where identity_hash = $mark) from raw_identity.erasures",
        {"mark": hash_of(key, _KEY_MARK)},
    ).fetchone()
    if rows and rows[0] and not rows[1]:
        raise ErasureError(
            "the list of erased people was made with another key, so they would come back; restore "
            "erasure.key in the home from where the warehouse was restored from"
        )


def _mark_loads(connection: duckdb.DuckDBPyConnection) -> None:
    landed = _text_columns(connection, "raw_%")
    for table in _personal_tables():
        if table in landed:
            loads = _unchecked_loads(connection, table)
            if loads:
                connection.executemany(
                    "insert into raw_identity.erased_loads values (?, ?)",
                    [[table, load_id] for load_id in loads],
                )


def _unchecked_loads(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    if "_dlt_load_id" not in _columns(connection, table):
        return []
    rows = connection.execute(
        f"select distinct _dlt_load_id from {_table(table)} "  # noqa: S608 - as above
        "where _dlt_load_id is not null and _dlt_load_id not in "
        f"(select load_id from {DATASET}.erased_loads where table_name = ?)",
        [table],
    ).fetchall()
    return [str(load_id) for (load_id,) in rows]


def _text_columns(connection: duckdb.DuckDBPyConnection, schemas: str) -> dict[str, list[str]]:
    """Text columns of the tables, not of views, in schemas of this name."""
    rows = connection.execute(
        """
        select tables.schema_name || '.' || tables.table_name, columns.column_name
        from duckdb_tables() as tables
        inner join duckdb_columns() as columns using (database_name, schema_name, table_name)
        where
            tables.database_name = current_database()
            and tables.schema_name like $schemas
            and columns.data_type in ('VARCHAR', 'JSON')
        order by 1, columns.column_index
        """,
        {"schemas": schemas},
    ).fetchall()
    found: dict[str, list[str]] = {}
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    schema, _, name = table.partition(".")
    rows = connection.execute(
        "select column_name from duckdb_columns() where database_name = current_database() "
        "and schema_name = ? and table_name = ?",
        [schema, name],
    ).fetchall()
    return {str(column) for (column,) in rows}


def _anywhere(values: Iterable[str]) -> str:
    return as_re2(pattern_of(values).pattern)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _table(name: str) -> str:
    schema, _, table = name.partition(".")
    return f"{_quoted(schema)}.{_quoted(table)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
