"""What a release tells about people depends on the privacy mode, and the manifest says it."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from publishing.release import DATABASE_NAME, PublishError, Release, publish
from publishing.tables import PrivacyMode

from .conftest import AS_OF

EMAIL = b"ana@example.com"


def publish_as(database: Path, releases: Path, mode: PrivacyMode) -> Release:
    return publish(database, releases, AS_OF, None, keep=5, privacy_mode=mode)


def manifest_of(release: Release) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((release.path / "manifest.json").read_text("utf-8"))
    return manifest


def columns_of(release: Release) -> list[tuple[str, str, str]]:
    with duckdb.connect(str(release.path / DATABASE_NAME), read_only=True) as connection:
        return connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns"
        ).fetchall()


def columns_of_files(release: Release) -> set[str]:
    found: set[str] = set()
    for path in release.path.rglob("*.parquet"):
        rows = duckdb.execute(f"describe select * from '{path}'").fetchall()
        found |= {str(row[0]) for row in rows}
    return found


def test_named_release_has_the_lookup_apart_from_the_marts(database: Path, releases: Path) -> None:
    release = publish_as(database, releases, "named")

    tables = {table["name"]: table for table in manifest_of(release)["tables"]}
    assert tables["person_lookup"]["schema"] == "identity"
    assert tables["person_lookup"]["rows"] == 1
    assert {table["schema"] for name, table in tables.items() if name != "person_lookup"} == {
        "marts"
    }
    assert {
        (schema, table) for schema, table, column in columns_of(release) if column == "email"
    } == {("identity", "person_lookup")}
    lookup = release.path / tables["person_lookup"]["file"]["path"]
    assert duckdb.execute(f"select * from '{lookup}'").fetchall() == [
        ("p1", "E1", "ana@example.com")
    ]


def test_pseudonymous_release_names_nobody(database: Path, releases: Path) -> None:
    release = publish_as(database, releases, "pseudonymous")

    manifest = manifest_of(release)
    assert manifest["privacy_mode"] == "pseudonymous"
    assert manifest["left_out"] == []
    assert {schema for schema, _, _ in columns_of(release)} == {"marts"}
    for path in release.path.rglob("*"):
        assert path.is_dir() or EMAIL not in path.read_bytes()


def test_aggregate_release_has_no_row_of_one_person(database: Path, releases: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create table marts.fct_days as select date '2026-11-20' as date_day, 5 as people_count"
        )
        connection.execute("create table marts.dim_managers as select 'p1' as manager_person_key")

    release = publish_as(database, releases, "aggregate")

    manifest = manifest_of(release)
    assert [table["name"] for table in manifest["tables"]] == ["fct_days", "fct_empty"]
    assert {entry["name"]: entry["reason"] for entry in manifest["left_out"]} == {
        "dim_managers": "rows of single people: manager_person_key",
        "dim_people": "rows of single people: person_key",
        "dim_views": "rows of single people: person_key",
        "fct_claude_requests": "rows of single people: request_key",
    }
    names = {column for _, _, column in columns_of(release)} | columns_of_files(release)
    assert not {name for name in names if "person" in name or "email" in name}


def test_naming_people_without_a_lookup_is_refused(database: Path, releases: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute("drop table identity.int_identity__person_lookup")

    with pytest.raises(PublishError, match="the warehouse has no identity"):
        publish_as(database, releases, "named")
    assert not (releases / "current").exists()
