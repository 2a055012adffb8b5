"""Days that a source asked for are observed as it noted them, with the totals they now have."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from ingestion.declared import PULLS_TABLE, Columns, Table, Timing
from ingestion.landing import land
from ingestion.observed_days import observe_loads
from ingestion.raw_tables import ensure_raw_tables
from ingestion.sources import SOURCE_IDS, declaration
from ingestion.sources.claude_code_otel.reader import claude_code_otel
from tests.ingestion.otlp.reading.exports import TIME, line, logs, record

NOW = datetime.fromisoformat("2026-11-20T06:00")
COSTS: list["pa.Field[Any]"] = [
    pa.field("date_day", pa.date32()),
    pa.field("tokens", pa.int64()),
    pa.field("amount", pa.string()),
]
KEYS = pa.schema([pa.field("date_day", pa.date32())])
ALL_DAY = Timing(0, 0, "")
ASKED = replace(
    declaration("people"),
    source_id="asked",
    tables=(
        Table(
            "costs", Columns(pa.schema(COSTS)), "", timing=ALL_DAY, measures=("tokens", "amount")
        ),
        Table("keys", Columns(KEYS), "", timing=ALL_DAY),
        PULLS_TABLE,
    ),
)
Rows = list[tuple[Any, ...]]


class Warehouse:
    """Raw tables of a source that asks, filled by hand."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def pull(self, load: str, *asked: str) -> None:
        """Finish a load; an asking is `table day status HH:MM`."""
        self.connection.execute("insert into raw_asked._dlt_loads values (?, 0)", [load])
        for position, words in enumerate(asked):
            table, day, status, at = words.split()
            self.connection.execute(
                "insert into raw_asked.pulls values (?, ?, ?, ?, ?, ?)",
                [f"{load}.{position}", table, day, status, f"2026-11-20 {at}", load],
            )

    def observe(self, now: datetime = NOW) -> None:
        observe_loads(self.connection, ASKED, now)

    def days(self) -> Rows:
        return self.query(
            "select table_name, day(date_day), status, row_count, load_id "
            "from raw_ingestion.observed_days order by all"
        )

    def measures(self) -> Rows:
        return self.query(
            "select table_name, day(date_day), load_id, measure_name, measure_value "
            "from raw_ingestion.observed_measures order by all"
        )

    def query(self, sql: str) -> Rows:
        return self.connection.execute(sql).fetchall()


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    database = tmp_path / "warehouse.duckdb"
    ensure_raw_tables(database)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            """
            create schema raw_asked;
            create table raw_asked._dlt_loads (load_id varchar, status bigint);
            create table raw_asked.pulls (
                pull_key varchar, table_name varchar, date_day date, status varchar,
                pulled_at timestamp, _dlt_load_id varchar
            );
            create table raw_asked.costs (date_day date, tokens bigint, amount varchar);
            create table raw_asked.keys (date_day date);
            """
        )
        yield Warehouse(connection)


def test_answered_days_carry_exact_totals_and_others_none(warehouse: Warehouse) -> None:
    warehouse.connection.execute(
        "insert into raw_asked.costs values "
        "('2026-11-17', 9007199254740993, '0.1'), ('2026-11-17', 2, '0.2000000001'), "
        "('2026-11-17', null, null), ('2026-11-19', 5, '1')"
    )
    warehouse.pull(
        "1",
        "costs 2026-11-16 empty 05:00",
        "costs 2026-11-17 landed 05:00",
        "costs 2026-11-18 forbidden 05:00",
        # Asked, but not answered: what the table still holds of the day was not seen again.
        "costs 2026-11-19 not_published 05:00",
        "keys 2026-11-20 empty 05:00",
    )
    warehouse.observe()
    assert warehouse.days() == [
        ("costs", 16, "empty", 0, "1"),
        ("costs", 17, "landed", 3, "1"),
        ("costs", 18, "forbidden", None, "1"),
        ("costs", 19, "not_published", None, "1"),
        ("keys", 20, "empty", 0, "1"),
    ]
    assert warehouse.measures() == [
        ("costs", 16, "1", "amount", 0),
        ("costs", 16, "1", "row_count", 0),
        ("costs", 16, "1", "tokens", 0),
        ("costs", 17, "1", "amount", Decimal("0.3000000001")),
        ("costs", 17, "1", "row_count", 3),
        ("costs", 17, "1", "tokens", 9007199254740995),
        ("keys", 20, "1", "row_count", 0),
    ]
    assert warehouse.query("select distinct observed_at from raw_ingestion.observed_measures") == [
        (NOW,)
    ]


def test_status_is_what_the_table_holds_after_the_load(warehouse: Warehouse) -> None:
    """The whole day may have been withdrawn, or have come from another cut of the same table."""
    warehouse.connection.execute("insert into raw_asked.keys values ('2026-11-19')")
    warehouse.pull("1", "keys 2026-11-18 landed 05:00", "keys 2026-11-19 empty 05:00")
    warehouse.observe()
    assert warehouse.days() == [("keys", 18, "empty", 0, "1"), ("keys", 19, "landed", 1, "1")]


def test_last_answer_of_a_load_counts(warehouse: Warehouse) -> None:
    warehouse.pull(
        "1",
        "keys 2026-11-18 empty 05:02",
        "keys 2026-11-18 failed 05:01",
        "keys 2026-11-19 empty 05:01",
        "keys 2026-11-19 failed 05:02",
    )
    warehouse.observe()
    assert warehouse.days() == [("keys", 18, "empty", 0, "1"), ("keys", 19, "failed", None, "1")]


def test_loads_of_a_killed_run_are_observed_once_and_later(warehouse: Warehouse) -> None:
    warehouse.pull("1", "keys 2026-11-18 failed 05:00")
    warehouse.pull("2", "keys 2026-11-18 empty 05:01")
    warehouse.observe()
    warehouse.observe()
    assert warehouse.days() == [("keys", 18, "empty", 0, "2"), ("keys", 18, "failed", None, "1")]
    # The same moment again: a fixed clock must not hide a landing from the models.
    warehouse.pull("3", "keys 2026-11-18 empty 05:01")
    warehouse.observe()
    (moments,) = warehouse.query(
        "select list(distinct observed_at order by observed_at) from raw_ingestion.observed_days"
    )
    assert moments[0] == [NOW, NOW.replace(microsecond=1)]


def test_failure_midway_leaves_the_load_unobserved(warehouse: Warehouse) -> None:
    warehouse.pull("1", "costs 2026-11-18 empty 05:00", "keys 2026-11-18 empty 05:00")
    warehouse.connection.execute("alter table raw_asked.keys rename to away")
    with pytest.raises(duckdb.CatalogException):
        warehouse.observe()
    assert (warehouse.days(), warehouse.measures()) == ([], [])
    warehouse.connection.execute("alter table raw_asked.away rename to keys")
    warehouse.observe()
    assert len(warehouse.days()) == 2


def test_landed_files_are_observed_at_the_given_moment(tmp_path: Path) -> None:
    body = logs(
        record("api_request", TIME, request_id="r1", input_tokens=7, cost_usd=0.1),
        record("api_request", TIME + 1, request_id="r2", input_tokens=4, cost_usd=0.2),
    )
    (tmp_path / "a.json").write_bytes(line(body))
    database = tmp_path / "warehouse.duckdb"
    land(
        claude_code_otel([tmp_path]),
        source_id="claude_code_otel",
        database=database,
        working_dir=tmp_path / "dlt",
        now=NOW,
    )
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "select measure_name, measure_value from raw_ingestion.observed_measures "
            "where observed_at = ? and measure_value > 0 order by all",
            [NOW],
        ).fetchall()
    assert found == [("cost_usd", Decimal("0.3")), ("input_tokens", 11), ("row_count", 2)]


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_every_landed_table_is_observed(source_id: str) -> None:
    declared = declaration(source_id)
    beside = {"rejected_lines", "rejected_rows", "pulls"}
    assert set(declared.measures) == set(declared.schemas) - beside
    for table, measures in declared.measures.items():
        assert {*measures, "date_day"} <= set(declared.schemas[table].names)


def test_content_is_another_when_any_value_is_another(warehouse: Warehouse) -> None:
    """Sums may stay as they are while two rows swap their parts; order does not count."""
    rows = ["('2026-11-17', 1, '0.1')", "('2026-11-17', 2, '0.2')"]
    swapped = ["('2026-11-17', 1, '0.2')", "('2026-11-17', 2, '0.1')"]
    hashes = []
    for number, values in enumerate((rows, rows[::-1], swapped, [*swapped, swapped[0]], [])):
        warehouse.connection.execute("delete from raw_asked.costs")
        if values:
            warehouse.connection.execute(f"insert into raw_asked.costs values {', '.join(values)}")
        warehouse.pull(str(number), "costs 2026-11-17 landed 05:00", "keys 2026-11-17 failed 05:00")
        warehouse.observe()
        hashes += warehouse.query(
            "select content_hash from raw_ingestion.observed_days "
            f"where load_id = '{number}' and table_name = 'costs'"
        )
    first, again, other, longer, empty = hashes
    assert first == again
    assert len({first, other, longer, empty}) == 4
    assert warehouse.query(
        "select distinct content_hash from raw_ingestion.observed_days where table_name = 'keys'"
    ) == [(None,)]
