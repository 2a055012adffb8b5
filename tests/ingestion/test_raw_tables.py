"""Raw tables are made once for each version of the code, and again when one is missing."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from ingestion import raw_tables
from ingestion.raw_tables import ensure_raw_tables

Table = tuple[str, str, pa.Schema]


class Declared:
    """Tables that the sources declare, and how often somebody asked for them."""

    def __init__(self) -> None:
        self.tables: list[Table] = [
            ("raw_ingestion", "days", pa.schema([("date_day", pa.date32())])),
            ("raw_some", "rows", pa.schema([("n", pa.int64())])),
        ]
        self.looks = 0

    def __call__(self) -> Iterator[Table]:
        self.looks += 1
        yield from self.tables


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Declared:
    found = Declared()
    monkeypatch.setattr(raw_tables, "raw_tables", found)
    return found


def columns(database: Path, table: str) -> list[tuple[str, str]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        described = connection.execute(f"describe {table}").fetchall()
    return [(name, kind) for name, kind, *_ in described]


def test_tables_are_looked_at_once(tmp_path: Path, declared: Declared) -> None:
    database = tmp_path / "home" / "warehouse.duckdb"
    for _ in range(3):
        ensure_raw_tables(database)
    assert declared.looks == 1
    assert columns(database, "raw_some.rows") == [("n", "BIGINT")]


def test_a_table_dropped_by_hand_comes_back(tmp_path: Path, declared: Declared) -> None:
    database = tmp_path / "warehouse.duckdb"
    ensure_raw_tables(database)
    for broken in ("drop table raw_some.rows", "drop schema raw_ingestion cascade"):
        with duckdb.connect(str(database)) as connection:
            connection.execute(broken)
        ensure_raw_tables(database)
        assert columns(database, "raw_some.rows") == [("n", "BIGINT")]
        assert columns(database, "raw_ingestion.days") == [("date_day", "DATE")]


def test_new_code_brings_new_columns_and_keeps_rows(
    tmp_path: Path, declared: Declared, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "warehouse.duckdb"
    ensure_raw_tables(database)
    with duckdb.connect(str(database)) as connection:
        connection.execute("insert into raw_some.rows values (1)")
    kinds: dict[str, pa.DataType] = {
        "n": pa.int64(),
        "a": pa.decimal128(12, 6),
        "b": pa.bool_(),
    }
    schema = pa.schema(kinds)
    declared.tables[1] = ("raw_some", "rows", schema)
    monkeypatch.setattr(raw_tables, "_code_version", lambda: "newer")
    ensure_raw_tables(database)
    assert columns(database, "raw_some.rows") == [
        ("n", "BIGINT"),
        ("a", "DECIMAL(12,6)"),
        ("b", "BOOLEAN"),
    ]
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("from raw_some.rows").fetchall() == [(1, None, None)]


def test_columns_that_dlt_made_are_left_to_it(tmp_path: Path, declared: Declared) -> None:
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create schema raw_some; create table raw_some._dlt_loads (load_id varchar); "
            "create table raw_some.rows (m bigint)"
        )
    ensure_raw_tables(database)
    assert columns(database, "raw_some.rows") == [("m", "BIGINT")]


def test_the_version_is_that_of_the_code() -> None:
    assert raw_tables._code_version() == raw_tables._code_version() != ""
