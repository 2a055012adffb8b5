"""Every rule of every `checked` test fails where a row breaks it, and names rule and column."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from tests.project.conftest import AS_OF

Row = dict[str, Any]
Fault = tuple[str, str]

# What no sound row holds, by type of the column.
ODD: dict[str, Any] = {
    "varchar": "odd",
    "date": AS_OF - timedelta(days=5),
    "timestamp": "2020-01-01 00:00:00",
    "bigint": 99,
}
# Columns that tell rebuilt and recent rows, as a row of an older build holds them.
DAILY = {"__rebuilt__": "observed_through_at", "__recent__": "date_day"}
LONG_AGO: Row = {"date_day": date(2020, 1, 1), "observed_through_at": "2020-01-01 00:00:00"}


@dataclass(frozen=True)
class Checked:
    """A compiled `checked` test: its rules, and the relations that it reads.

    Args:
        name: Name of the test.
        sql: The query that dbt counts the rows of.
        rules: Arguments of the test.
        where: Condition that the rows it looks at meet.
        relation: The relation it is attached to.
        types: Type of each column that the test reads.
        parents: Relation and column referred to, by column that refers.
    """

    name: str
    sql: str
    rules: dict[str, Any]
    where: str
    relation: str
    types: dict[str, str]
    parents: dict[str, tuple[str, str]]

    def faults(self) -> Iterator[tuple[Fault, Row]]:
        """Yield each rule with the values that make a sound row break it."""
        first = self.row(0)
        for column in self.rules.get("never_null", []):
            yield ("never_null", column), {column: None}
        for column in self.rules.get("unique", []):
            yield ("unique", column), {column: first[column]}
        for column in [*self.rules.get("listed", {}), *self.parents]:
            rule = "references" if column in self.parents else "listed"
            yield (rule, column), {column: ODD[self.types[column]]}
        for column, bounds in self.rules.get("ranges", {}).items():
            for value in [bounds[0] - 1, *(bound + 1 for bound in bounds[1:])]:
                yield ("ranges", column), {column: value}
        for columns in self.rules.get("grains", []):
            yield ("grains", ", ".join(columns)), {column: first[column] for column in columns}

    def row(self, number: int) -> Row:
        """Return a sound row, unlike that of any other number."""
        row: Row = {}
        for column, kind in self.types.items():
            values = self.rules.get("listed", {}).get(column)
            if values:
                row[column] = values[number % len(values)]
            elif column in self.rules.get("ranges", {}):
                row[column] = self.rules["ranges"][column][0] + number / 8
            elif column == "observed_through_at":
                row[column] = "2026-11-30 12:00:00"
            else:
                row[column] = {
                    "varchar": f"{column} {number}",
                    "date": AS_OF - timedelta(days=number),
                    "timestamp": f"2026-11-30 00:00:0{number}",
                    "bigint": number,
                }[kind]
        return row


@pytest.fixture(scope="module")
def checks(manifest: dict[str, Any]) -> list[Checked]:
    """Return the `checked` tests of the project as dbt compiles them for a daily build."""
    return [
        _checked(node, manifest)
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "checked"
    ]


@pytest.fixture
def warehouse(manifest: dict[str, Any]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a warehouse in memory, under the name that the compiled queries say."""
    nodes = [*manifest["nodes"].values(), *manifest["sources"].values()]
    with duckdb.connect() as connection:
        for name in {node["database"] for node in nodes}:
            connection.execute(f"attach ':memory:' as {name}")
            for schema in {node["schema"] for node in nodes}:
                connection.execute(f"create schema {name}.{schema}")
        yield connection


def test_each_rule_fails_where_a_row_breaks_it(
    checks: list[Checked], warehouse: duckdb.DuckDBPyConnection
) -> None:
    seen: set[str] = set()
    wrong: list[str] = []
    for check in checks:
        with _sound_rows(warehouse, check):
            sound = _answer(warehouse, check)
            for fault, values in check.faults():
                seen.add(fault[0])
                told = _answer_with(warehouse, check, check.row(2) | values)
                if sound or told != _implied(check, fault):
                    wrong.append(f"{check.name}: {fault}: sound {sound}, broken {told}")
    assert not wrong, "\n".join(wrong)
    assert seen == {"unique", "never_null", "listed", "ranges", "references", "grains"}


def test_a_daily_build_looks_at_rebuilt_rows_only(
    checks: list[Checked], warehouse: duckdb.DuckDBPyConnection
) -> None:
    daily = [check for check in checks if check.where in DAILY]
    assert {check.where for check in daily} == set(DAILY)
    wrong: list[str] = []
    for check in daily:
        old = {column: LONG_AGO[column] for column in LONG_AGO if column in check.types}
        with _sound_rows(warehouse, check):
            for fault, values in check.faults():
                told = _answer_with(warehouse, check, check.row(2) | values | old)
                if told:
                    wrong.append(f"{check.name}: {fault}: {told}")
    assert not wrong, "\n".join(wrong)


def test_a_fault_is_counted_and_shown(
    checks: list[Checked], warehouse: duckdb.DuckDBPyConnection
) -> None:
    check = next(check for check in checks if check.name == "surfaces__checked")
    with _sound_rows(warehouse, check):
        for _ in range(3):
            _insert(warehouse, check.relation, check.row(2) | {"surface_name": None})
        assert warehouse.execute(check.sql).fetchall() == [
            ("never_null", "surface_name", 3, None),
            ("unique", "surface", 1, "surface 2"),
        ]


def _checked(node: dict[str, Any], manifest: dict[str, Any]) -> Checked:
    rules = dict(node["test_metadata"]["kwargs"])
    described = {**manifest["nodes"], **manifest["sources"]}
    relations = {
        f"ref('{described[parent]['name']}')": described[parent]["relation_name"]
        for parent in node["depends_on"]["nodes"]
    }
    parents = {
        column: (relations[parent], column)
        if isinstance(parent, str)
        else (relations[parent[0]], parent[1])
        for column, parent in rules.get("references", {}).items()
    }
    attached = described[node["attached_node"] or node["depends_on"]["nodes"][0]]
    columns = {
        *rules.get("unique", []),
        *rules.get("never_null", []),
        *rules.get("listed", {}),
        *rules.get("ranges", {}),
        *rules.get("references", {}),
        *(column for grain in rules.get("grains", []) for column in grain),
    }
    where = str(node["config"]["where"] or "")
    if where:
        columns.add(DAILY.get(where, where.split()[0]))
    return Checked(
        name=node["name"],
        sql=node["compiled_code"],
        rules=rules,
        where=where,
        relation=attached["relation_name"],
        types={
            column: "double" if column in rules.get("ranges", {}) else _type(column)
            for column in sorted(columns)
        },
        parents=parents,
    )


def _type(column: str) -> str:
    if column.endswith("_at"):
        return "timestamp"
    if column.endswith("_date") or column.startswith("date_"):
        return "date"
    return "bigint" if column.endswith(("_count", "_tokens", "_number")) else "varchar"


@contextmanager
def _sound_rows(warehouse: duckdb.DuckDBPyConnection, check: Checked) -> Iterator[None]:
    """Have the tables that a test reads, with rows that break no rule."""
    columns = ", ".join(f"{column} {kind}" for column, kind in check.types.items())
    warehouse.execute(f"create table {check.relation} ({columns})")
    referred: dict[str, dict[str, str]] = {}
    for column, (relation, field) in check.parents.items():
        referred.setdefault(relation, {})[field] = check.types[column]
    for relation, fields in referred.items():
        if relation != check.relation:
            columns = ", ".join(f"{field} {kind}" for field, kind in fields.items())
            warehouse.execute(f"create table {relation} ({columns})")
    for number in range(3):
        row = check.row(number)
        if number < 2:
            _insert(warehouse, check.relation, row)
        for column, (relation, field) in check.parents.items():
            if relation != check.relation:
                _insert(warehouse, relation, {field: row[column]})
    yield
    for relation in {check.relation, *referred}:
        warehouse.execute(f"drop table {relation}")


def _insert(warehouse: duckdb.DuckDBPyConnection, relation: str, row: Row) -> None:
    names = ", ".join(row)
    marks = ", ".join("?" for _ in row)
    warehouse.execute(f"insert into {relation} ({names}) values ({marks})", list(row.values()))


def _answer(warehouse: duckdb.DuckDBPyConnection, check: Checked) -> set[Fault]:
    return {(rule, column) for rule, column, _, _ in warehouse.execute(check.sql).fetchall()}


def _answer_with(warehouse: duckdb.DuckDBPyConnection, check: Checked, row: Row) -> set[Fault]:
    """Return what a test says of one more row, which does not stay."""
    warehouse.begin()
    _insert(warehouse, check.relation, row)
    told = _answer(warehouse, check)
    warehouse.rollback()
    return told


def _implied(check: Checked, fault: Fault) -> set[Fault]:
    """Return the fault, with the unique columns of a grain that stands twice."""
    implied = {fault}
    if fault[0] == "grains":
        implied |= {
            ("unique", column)
            for column in check.rules.get("unique", [])
            if column in fault[1].split(", ")
        }
    return implied
