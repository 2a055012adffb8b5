"""All that reads the declarations of the sources says the same: files, status, dbt and the gate."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.declared import Api
from ingestion.generate import generated, write
from ingestion.sources import declarations, raw_tables
from pipeline.configured_sources import SOURCES
from pipeline.settings import PREFIX, SECRET_VARIABLES
from tests.project.conftest import ROOT
from tests.project.manifest_rules import MAX_NAME_LENGTH

CURRENT = generated()


@pytest.mark.parametrize("path", CURRENT, ids=str)
def test_what_is_generated_is_current(path: Path) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == CURRENT[path], "run `make generate`"


def test_what_is_stale_is_written_and_nothing_else(tmp_path: Path) -> None:
    for path, text in CURRENT.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    seed = Path("seeds/mappings/sources.csv")
    (tmp_path / seed).write_text("source_id\n", encoding="utf-8")
    (tmp_path / "models/staging/people/_sources.yml").unlink()
    assert write(tmp_path) == [Path("models/staging/people/_sources.yml"), seed]
    assert write(tmp_path) == []


def test_raw_names_stay_apart_where_a_warehouse_cuts_them() -> None:
    """Columns are called as the vendor calls them; PostgreSQL knows their first 63 characters."""
    for dataset, table, schema in raw_tables():
        assert len(table) <= MAX_NAME_LENGTH
        cut = {name[:MAX_NAME_LENGTH] for name in schema.names}
        assert len(cut) == len(schema.names), f"{dataset}.{table}"


def ages_by_status() -> dict[tuple[str, str], timedelta]:
    """How old each observed table, or its source as one, may be before `status` tells."""
    return {
        (source_id, table): source.declared.max_ages.get(table, source.declared.freshness.max_age)
        for source_id, source in SOURCES.items()
        for table in source.declared.measures
    }


def ages_by_dbt(manifest: dict[str, Any]) -> dict[tuple[str, str], timedelta]:
    """The same as `dbt source freshness` reads it."""
    limits = {
        (source["source_name"], source["name"]): (source["freshness"] or {}).get("error_after")
        for source in manifest["sources"].values()
    }
    return {
        table: timedelta(**{f"{limit['period']}s": limit["count"]})
        for table, limit in limits.items()
        if limit and limit["count"]
    }


def ages_by_gate() -> dict[tuple[str, str], timedelta]:
    """The same as the raw gate reads it."""
    text = (ROOT / "macros" / "landings" / "landed_tables.sql").read_text(encoding="utf-8")
    tables = [json.loads(row) for row in re.findall(r"\{\".*\}", text)]
    return {
        (table["source_id"], table["table_name"]): timedelta(hours=table["max_age_hours"])
        for table in tables
    }


def test_status_dbt_and_the_gate_allow_the_same_age(manifest: dict[str, Any]) -> None:
    ages, of_dbt, of_gate = ages_by_status(), ages_by_dbt(manifest), ages_by_gate()
    assert ages
    assert {table: of_dbt.get(table) for table in ages} == ages
    assert {table: of_gate.get(table) for table in ages} == ages


def test_every_key_of_an_api_is_a_secret() -> None:
    keys = {
        PREFIX + name
        for declared in declarations()
        if isinstance(declared.access, Api)
        for name in declared.variables
    }
    assert keys == set(SECRET_VARIABLES) - {f"{PREFIX}PSEUDONYM_KEY"}


def test_no_two_sources_share_a_variable_or_a_name_in_marts() -> None:
    variables = [name for declared in declarations() for name in declared.variables]
    names = [
        table.mart_id or f"{declared.prefix}_{table.name}"
        for declared in declarations()
        for table in declared.observed
    ]
    assert len(variables) == len(set(variables))
    assert len(names) == len(set(names))
