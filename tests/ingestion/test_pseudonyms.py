"""Pseudonyms are keyed, stable, and made once for each identity."""

import hashlib
import hmac
import os
import stat
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest

from ingestion.pseudonyms import (
    RAW_TABLES,
    PseudonymKeyError,
    pseudonym,
    read_key,
    resolve_pseudonyms,
)
from ingestion.sources.claude_code_otel.declaration import SENDER

KEY = b"a key of the tests"
IDENTITY_TABLES = ("raw_claude_code_otel.events", "raw_claude_code_otel.metric_points")
COLUMNS = tuple(SENDER.columns.values())


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A warehouse with the raw tables that identities are read from and written to."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw_claude_code_otel")
        connection.execute("create schema raw_identity")
        for table in IDENTITY_TABLES:
            columns = ", ".join(f"{name} varchar" for name in (*COLUMNS, "_dlt_load_id"))
            connection.execute(f"create table {table} ({columns})")
        for table, schema in RAW_TABLES.items():
            connection.register("empty_rows", schema.empty_table())
            connection.execute(f"create table raw_identity.{table} as select * from empty_rows")
            connection.unregister("empty_rows")
    return path


def add(database: Path, table: str, rows: Iterable[tuple[str | None, ...]]) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.executemany(f"insert into {table} values (?, ?, ?, ?, ?, ?)", list(rows))


def pseudonyms(database: Path) -> dict[tuple[str, str], str]:
    with duckdb.connect(str(database)) as connection:
        rows = connection.execute("from raw_identity.pseudonyms").fetchall()
    found = {(kind, value): name for kind, value, name in rows}
    assert len(found) == len(rows)
    return found


def test_every_identity_gets_the_hmac_of_its_kind_and_value(database: Path) -> None:
    events, points = IDENTITY_TABLES
    add(
        database,
        events,
        [
            ("account-1", "uuid-1", " Ana@Example.com ", None, "install-1", "1.0"),
            ("account-1", "uuid-1", "ana@example.com", None, "install-1", "1.0"),
            (None, None, "", " ", "same-text", "1.0"),
        ],
    )
    add(database, points, [(None, None, None, "same-text", None, "1.0")])
    assert resolve_pseudonyms(database, KEY) == 6
    found = pseudonyms(database)
    assert set(found) == {
        ("account_id", "account-1"),
        ("account_uuid", "uuid-1"),
        ("email", "ana@example.com"),
        ("user_id", "install-1"),
        ("user_id", "same-text"),
        ("enduser_id", "same-text"),
    }
    by_hand = hmac.new(KEY, b"email|ana@example.com", hashlib.sha256).hexdigest()[:32]
    assert found["email", "ana@example.com"] == by_hand
    assert found["user_id", "same-text"] != found["enduser_id", "same-text"]


def test_known_identities_stay_and_new_loads_add(database: Path) -> None:
    events, _ = IDENTITY_TABLES
    add(database, events, [(None, None, "ana@example.com", None, None, "1.0")])
    assert resolve_pseudonyms(database, KEY) == 1
    before = pseudonyms(database)
    assert resolve_pseudonyms(database, KEY) == 0
    add(
        database,
        events,
        [
            (None, None, "ANA@example.com", None, None, "2.0"),
            (None, None, "bo@example.com", None, None, "2.0"),
        ],
    )
    assert resolve_pseudonyms(database, b"another key of the tests") == 1
    after = pseudonyms(database)
    assert before.items() <= after.items()
    assert after["email", "bo@example.com"] == pseudonym(
        b"another key of the tests", "email", "bo@example.com"
    )


def test_loads_that_were_resolved_are_not_read_again(database: Path) -> None:
    events, _ = IDENTITY_TABLES
    add(database, events, [(None, None, "ana@example.com", None, None, "1.0")])
    resolve_pseudonyms(database, KEY)
    add(database, events, [(None, None, "late@example.com", None, None, "1.0")])
    assert resolve_pseudonyms(database, KEY) == 0  # A load never grows once it is done.


def test_another_key_gives_other_pseudonyms() -> None:
    assert pseudonym(KEY, "email", "a@example.com") != pseudonym(b"k", "email", "a@example.com")


def test_key_never_enters_the_warehouse(database: Path) -> None:
    add(database, IDENTITY_TABLES[0], [(None, None, "ana@example.com", None, None, "1.0")])
    resolve_pseudonyms(database, KEY)
    for file in database.parent.iterdir():
        assert KEY not in file.read_bytes()


def test_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "home" / "pseudonym.key"
    umask = os.umask(0)
    try:
        key = read_key(path)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(key) == 64
    assert read_key(path) == key
    assert [file.name for file in path.parent.iterdir()] == ["pseudonym.key"]
    assert read_key(tmp_path / "other.key") != key


def test_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pseudonym.key"
    path.write_text("readable by all")
    path.chmod(0o644)
    with pytest.raises(PseudonymKeyError, match="chmod 600"):
        read_key(path)


def test_empty_key_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pseudonym.key"
    path.touch(mode=0o600)
    with pytest.raises(PseudonymKeyError, match="is empty"):
        read_key(path)
