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

_TELEMETRY: Final = {
    "account_id": "user_account_id",
    "account_uuid": "user_account_uuid",
    "email": "user_email",
    "enduser_id": "enduser_id",
    "user_id": "user_id",
}
_REPORT: Final = {"account_id": "actor__user_id", "email": "actor__email"}
# Per raw table: kinds of identity that a person can be known by, and the columns that carry them.
IDENTITY_COLUMNS: Final[dict[str, dict[str, str]]] = {
    "raw_claude_code_otel.events": _TELEMETRY,
    "raw_claude_code_otel.metric_points": _TELEMETRY,
    "raw_people.roster": {"employee_id": "employee_id", "email": "email"},
    "raw_anthropic_console.users": {"account_id": "id", "email": "email"},
    "raw_anthropic_console.invites": {"email": "email"},
    "raw_anthropic_console.workspace_members": {"account_id": "user_id"},
    "raw_anthropic_console.claude_code_rows": {"email": "actor__email_address"},
    "raw_anthropic_console.messages_usage": {"account_id": "account_id"},
    "raw_anthropic_enterprise.members": {"account_id": "id", "email": "email"},
    "raw_anthropic_enterprise.invites": {"email": "email"},
    "raw_anthropic_enterprise.user_activity": {
        "account_id": "user__id",
        "email": "user__email_address",
    },
    "raw_anthropic_enterprise.user_usage_report": _REPORT,
    "raw_anthropic_enterprise.user_cost_report": _REPORT,
    "raw_anthropic_exports.spend_report": {
        "account_id": "user_id",
        "account_uuid": "account_uuid",
        "email": "user_email",
    },
    "raw_anthropic_exports.contributions": {"email": "user_email"},
    "raw_anthropic_exports.members": {"email": "user_email"},
}

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
        loads = {table: _open_loads(connection, table) for table in IDENTITY_COLUMNS}
        found = {
            identity
            for table, load_ids in loads.items()
            if load_ids
            for identity in _identities(connection, table, load_ids)
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
    if not _is_loaded(connection, table):
        return []
    rows = connection.execute(
        f"select distinct _dlt_load_id from {table} "  # noqa: S608 - a constant of this module
        "where _dlt_load_id not in "
        "(select load_id from raw_identity.resolved_loads where table_name = ?)",
        [table],
    ).fetchall()
    return [str(load_id) for (load_id,) in rows]


def _is_loaded(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a loader has been there: the empty table of an unused source has no load ids."""
    schema, name = table.split(".")
    found = connection.execute(
        "select 1 from information_schema.columns where table_schema = ? and table_name = ? "
        "and column_name = '_dlt_load_id'",
        [schema, name],
    ).fetchone()
    return found is not None


def _identities(
    connection: duckdb.DuckDBPyConnection, table: str, load_ids: list[str]
) -> Iterator[tuple[str, str]]:
    columns = IDENTITY_COLUMNS[table]
    rows = connection.execute(
        f"select distinct {', '.join(columns.values())} from {table} "  # noqa: S608 - as above
        "where _dlt_load_id in (select unnest(?))",
        [load_ids],
    ).fetchall()
    for row in rows:
        for kind, value in zip(columns, row, strict=True):
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
