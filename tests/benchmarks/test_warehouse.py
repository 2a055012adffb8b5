"""The measures of the warehouse are the ratios that the promise names."""

import duckdb
import pytest

from benchmarks import warehouse
from benchmarks.warehouse import Build, Organisation

EMPTY = (Build(50, 40, 400, 719), Build(30, 24, 400, 719))
SMALL = Organisation(1_000, 90, 500_000, Build(60, 56, 1_000, 719), Build(33, 26, 0, 719), 4)
MIDDLE = Organisation(1_000, 365, 2_000_000, Build(80, 112, 2_800, 719), Build(36, 27, 0, 719), 14)
LARGE = Organisation(
    10_000, 365, 20_000_000, Build(900, 1_000, 6_800, 719), Build(45, 60, 0, 719), 200
)


def test_each_ratio_compares_what_its_name_says(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {(one.people, one.days): one for one in (SMALL, MIDDLE, LARGE)}
    monkeypatch.setattr(warehouse, "_nothing", lambda: EMPTY)
    monkeypatch.setattr(warehouse, "_organisation", lambda *size: sizes[size])
    found = {one.name: one for one in warehouse.measure(1.0)}
    expected = {
        "empty build": (30, False),
        "empty build, processor time": (24, False),
        "empty build, nodes": (719, False),
        "one more day / empty build": (36 / 30, True),
        "one more day after 365 days / after 90": (36 / 33, True),
        "one more day / full build": (45 / 900, False),
        "full build / write floor: 1,000 people, 365 days": (112 / 14, False),
        "full build / write floor: 10,000 people, 365 days": (1_000 / 200, True),
        "above the empty build, a million requests: 1,000 people, 365 days": ((112 - 40) / 2, None),
        "above the empty build, a million requests: most / fewer people": (48 / 36, False),
        "full build: 10,000 people, 365 days": (900, False),
        "peak memory of a full build: 10,000 people, 365 days": (6_800, True),
    }
    values = {name: found[name].value for name in expected}
    assert values == pytest.approx({name: value for name, (value, _) in expected.items()})
    assert {name: found[name].is_met for name in expected} == {
        name: is_met for name, (_, is_met) in expected.items()
    }


def test_the_floor_writes_the_marts_and_leaves_nothing() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create schema staging")
        connection.execute("create table marts.dim_days as from range(1_000_000) as days (day)")
        connection.execute("create table staging.broken as select 1 as one")
        assert warehouse._floor_seconds(connection) > 0
        left = connection.execute("select schema_name from duckdb_tables() order by all").fetchall()
    assert left == [("marts",), ("staging",)]


def test_a_tenth_of_the_people_is_enough_for_what_needs_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def small(people: int, days: int) -> Organisation:
        asked.append((people, days))
        return SMALL

    monkeypatch.setattr(warehouse, "_nothing", lambda: EMPTY)
    monkeypatch.setattr(warehouse, "_organisation", small)
    warehouse.measure(0.0001)
    warehouse.measure(1.0)
    assert asked == [(20, 90), (20, 365), (100, 365), (1_000, 90), (1_000, 365), (10_000, 365)]
