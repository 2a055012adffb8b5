"""Two releases are equal row by row, or the comparison says where they are not."""

from pathlib import Path

import duckdb
import pytest

from benchmarks.compare_releases import compare, main

MARTS = """
create schema marts;
create table marts.fct_usage_daily as
select
    date '2026-11-20' - cast(number as integer) as date_day,
    'p' || number as person_key,
    number as message_count,
    timestamp '2026-11-20 10:00:00' as observed_through_at
from range(20) as numbers (number)
union all
select date '2026-11-20', 'p0', 0, timestamp '2026-11-20 10:00:00';
create view marts.dim_people as select distinct person_key from {catalog}.marts.fct_usage_daily;
create table marts.dim_people__dbt_tmp as select 1 as leftover;
"""
CHANGES = {
    "a value": ("update marts.fct_usage_daily set message_count = 99 where person_key = 'p7'"),
    "a row that went": "delete from marts.fct_usage_daily where person_key = 'p7'",
    "a row that comes twice": (
        "insert into marts.fct_usage_daily from marts.fct_usage_daily where person_key = 'p7'"
    ),
    "a null": "update marts.fct_usage_daily set message_count = null where person_key = 'p0'",
    "a column": "alter table marts.fct_usage_daily add column surface varchar",
    "a type": "alter table marts.fct_usage_daily alter message_count type varchar",
    "a mart": "create table marts.fct_invites as select 1 as invite_count",
    "a mart without rows": "create table marts.fct_invites (invite_count integer)",
    "a view": "create or replace view marts.dim_people as select 'p1' as person_key",
}


def _release(path: Path, *changes: str, file: str = "claude_analytics.duckdb") -> Path:
    path.mkdir()
    with duckdb.connect(str(path / file)) as connection:
        connection.execute(MARTS.format(catalog=Path(file).stem))
        for change in changes:
            connection.execute(change)
    return path


def test_equal_releases_are_equal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left = _release(tmp_path / "left")
    right = _release(
        tmp_path / "right",
        "update marts.fct_usage_daily set observed_through_at = timestamp '2026-11-21 10:00:00'",
        file="warehouse.duckdb",
    )
    assert main([str(left), str(right / "warehouse.duckdb")]) == 0
    shown = capsys.readouterr().out
    assert "2 marts, 0 of them different" in shown
    assert "not compared: observed_through_at" in shown


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("turned", [False, True])
def test_a_change_of_either_side_is_seen(tmp_path: Path, change: str, turned: bool) -> None:
    sides = [str(_release(tmp_path / "left")), str(_release(tmp_path / "right", change))]
    assert main(sides[::-1] if turned else sides) == 1


def test_a_difference_is_told_by_its_key(tmp_path: Path) -> None:
    left = _release(tmp_path / "left", CHANGES["a row that comes twice"])
    right = _release(
        tmp_path / "right",
        "update marts.fct_usage_daily set message_count = 99 where person_key = 'p3'",
        "alter table marts.fct_usage_daily add column surface varchar",
    )
    people, usage = compare(left, right)
    assert people.is_equal
    assert usage.rows == (22, 21)
    assert usage.only == (2, 1)
    assert usage.columns == ["surface only right"]
    assert usage.examples == [
        "date_day=2026-11-13: only left",
        "date_day=2026-11-17: message_count: 3 left, 99 right",
    ]


def test_columns_can_be_left_out(tmp_path: Path) -> None:
    left = _release(tmp_path / "left")
    right = _release(tmp_path / "right", CHANGES["a value"], CHANGES["a column"])
    options = ("--except-column", "message_count", "--except-column", "surface")
    assert main([str(left), str(right), *options]) == 0
    # What is named replaces what is left out by itself.
    moved = "update marts.fct_usage_daily set observed_through_at = null"
    assert main([str(left), str(_release(tmp_path / "moved", moved)), *options]) == 1


@pytest.mark.parametrize("wrong", ["missing", "empty", "not a database"])
def test_what_cannot_be_compared_is_told_in_one_line(
    tmp_path: Path, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    left = _release(tmp_path / "left")
    right = tmp_path / "right.duckdb"
    if wrong == "empty":
        duckdb.connect(str(right)).close()
    elif wrong == "not a database":
        right.write_text("no database")
    with pytest.raises(SystemExit) as stopped:
        main([str(left), str(right)])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("error: ")
    assert str(right) in said
