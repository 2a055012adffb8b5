"""Keyed pseudonyms of the people that any source names.

The key never enters SQL: identities are read, hashed here, and only the result is written.
"""

import hmac
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from ingestion.declared import Person
from ingestion.sources import declared_tables

DATASET: Final = "raw_identity"
RAW_TABLES: Final[dict[str, pa.Schema]] = {
    "pseudonyms": pa.schema(
        [
            ("identity_kind", pa.string()),
            ("identity_value", pa.string()),
            ("person_pseudonym", pa.string()),
        ]
    ),
    # Loads whose identities all have a pseudonym.
    "resolved_loads": pa.schema([("table_name", pa.string()), ("load_id", pa.string())]),
}

_DIGEST_CHARACTERS: Final = 32
_KEY_BYTES: Final = 32


class PseudonymKeyError(Exception):
    """The key file cannot be used; the message says why and what to do."""


def read_key(path: Path) -> bytes:
    """Return the key in a file, which is made with a random key if it is missing.

    Args:
        path: The key file, readable by its owner only.

    Raises:
        PseudonymKeyError: The file is empty or open to others.
    """
    if not path.exists():
        _make_key(path)
    if path.stat().st_mode & 0o077:
        raise PseudonymKeyError(
            f"pseudonym key {path} is open to other users; run: chmod 600 {path}"
        )
    key = path.read_bytes().strip()
    if not key:
        raise PseudonymKeyError(
            f"pseudonym key {path} is empty; restore it from a backup, or delete the file to get a "
            "new key (people who appear later then get pseudonyms of the new key)"
        )
    return key


def pseudonym(key: bytes, kind: str, value: str) -> str:
    """Return the pseudonym of one identity."""
    return hmac.digest(key, f"{kind}|{value}".encode(), "sha256").hex()[:_DIGEST_CHARACTERS]


def resolve_pseudonyms(database: Path, key: bytes) -> int:
    """Give every identity that has none yet a pseudonym.

    Only rows of loads that were not resolved before are read, so a day's work does not grow with
    history. An identity keeps its first pseudonym, also when the key changes.

    Args:
        database: The warehouse, with its raw tables.
        key: Secret key of the pseudonyms.

    Returns:
        The number of new pseudonyms.
    """
    with duckdb.connect(str(database)) as connection:
        connection.begin()
        landed = _landed_tables(connection)
        naming = {
            name: table.persons
            for name, table in declared_tables().items()
            if table.persons and name in landed
        }
        loads = {name: _open_loads(connection, name) for name in naming}
        found = {
            identity
            for name, persons in naming.items()
            if loads[name]
            for person in persons
            for identity in _identities(connection, name, person, loads[name])
        }
        new = sorted(found - _known(connection))
        if new:
            rows = pa.Table.from_pylist(
                [
                    {
                        "identity_kind": kind,
                        "identity_value": value,
                        "person_pseudonym": pseudonym(key, kind, value),
                    }
                    for kind, value in new
                ],
                schema=RAW_TABLES["pseudonyms"],
            )
            connection.register("new_pseudonyms", rows)
            connection.execute(
                "insert into raw_identity.pseudonyms by name select * from new_pseudonyms"
            )
            connection.unregister("new_pseudonyms")
        _mark_resolved(connection, loads)
        connection.commit()
    return len(new)


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Linked into place whole: a process killed in between leaves no empty key behind.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # Another process was first; its key counts.
    finally:
        draft.unlink()


def _open_loads(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    rows = connection.execute(
        f"select distinct _dlt_load_id from {table} "  # noqa: S608 - declared by the sources
        "where _dlt_load_id not in "
        "(select load_id from raw_identity.resolved_loads where table_name = ?)",
        [table],
    ).fetchall()
    return [str(load_id) for (load_id,) in rows]


def _landed_tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables"
    ).fetchall()
    return {str(name) for (name,) in rows}


def _identities(
    connection: duckdb.DuckDBPyConnection, table: str, person: Person, load_ids: list[str]
) -> Iterator[tuple[str, str]]:
    carriers = [
        *person.columns.items(),
        *(
            (kind, f"unnest(from_json({column}, '[\"varchar\"]'))")
            for kind, column in person.lists.items()
        ),
    ]
    for kind, expression in carriers:
        rows = connection.execute(
            f"select distinct {expression} from {table} "  # noqa: S608 - declared by the sources
            f"where ({person.condition}) and _dlt_load_id in (select unnest(?))",
            [load_ids],
        ).fetchall()
        for (value,) in rows:
            text = (value or "").strip()
            if text:
                yield kind, text.lower() if kind == "email" else text


def _known(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    rows = connection.execute(
        "select identity_kind, identity_value from raw_identity.pseudonyms"
    ).fetchall()
    return {(kind, value) for kind, value in rows}


def _mark_resolved(connection: duckdb.DuckDBPyConnection, loads: dict[str, list[str]]) -> None:
    pairs: Iterable[tuple[str, str]] = [
        (table, load_id) for table, load_ids in loads.items() for load_id in load_ids
    ]
    if pairs:
        connection.executemany("insert into raw_identity.resolved_loads values (?, ?)", list(pairs))
