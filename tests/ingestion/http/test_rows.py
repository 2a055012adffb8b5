"""Records become rows: flat, exact, typed; nothing unlisted gets in."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from ingestion.http.dialect import ApiError
from ingestion.http.records import (
    COUNT,
    DAY,
    FLAG,
    MOMENT,
    RATE,
    TEXT,
    TableSpec,
    flatten,
    raw_schema,
    to_decimal_text,
    to_table,
)

SPEC = TableSpec(
    raw_schema(
        {
            "id": TEXT,
            "actor__email_address": TEXT,
            "core__lines__added": COUNT,
            "rate": RATE,
            "added_at": MOMENT,
            "on_date": DAY,
            "is_remote": FLAG,
            "tags_json": TEXT,
            "amount": TEXT,
        }
    ),
    keys=("id",),
    money=frozenset({"amount"}),
    aliases={"actor__email": "actor__email_address"},
    ignored=frozenset({"name", "secret__hint"}),
)


def row(record: dict[str, Any]) -> dict[str, Any]:
    unknown: set[str] = set()
    found = flatten(record, SPEC, unknown)
    assert unknown == set()
    return found


def test_a_record_is_flattened_and_typed() -> None:
    assert row(
        {
            "id": "user_SYNTH01",
            "name": "Sample User One",
            "secret": {"hint": "abc"},
            "actor": {"email_address": "dev1@example.com"},
            "core": {"lines": {"added": 310}},
            "rate": Decimal("48.0"),
            "added_at": "2026-03-02T09:14:03+02:00",
            "on_date": "2026-08-18",
            "is_remote": False,
            "tags": {"b": [1, "x"], "a": None},
            "amount": "41280.000000",
        }
    ) == {
        "id": "user_SYNTH01",
        "actor__email_address": "dev1@example.com",
        "core__lines__added": 310,
        "rate": 48.0,
        "added_at": datetime.fromisoformat("2026-03-02T07:14:03"),
        "on_date": date(2026, 8, 18),
        "is_remote": False,
        "tags_json": '{"a":null,"b":[1,"x"]}',
        "amount": "41280.000000",
    }


def test_null_and_absent_are_absent() -> None:
    assert row({"id": None, "actor": None, "core": {"lines": None}, "tags": None}) == {}
    assert row({"tags": []}) == {"tags_json": "[]"}


def test_drift_into_text_is_read_as_the_number_it_is() -> None:
    assert row({"core": {"lines": {"added": "51000"}}}) == {"core__lines__added": 51000}
    assert row({"core": {"lines": {"added": Decimal("12.0")}}}) == {"core__lines__added": 12}
    assert row({"rate": "48.5"}) == {"rate": 48.5}


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"core": {"lines": {"added": "many"}}}, "core__lines__added is not a whole number"),
        ({"core": {"lines": {"added": Decimal("1.5")}}}, "core__lines__added is not a whole"),
        ({"core": {"lines": {"added": True}}}, "core__lines__added is not a whole number"),
        ({"core": {"lines": {"added": 2**63}}}, "core__lines__added is too large"),
        ({"id": {"now": "an object"}}, "id is not a text"),
        ({"added_at": "yesterday"}, "added_at is not a timestamp"),
        ({"added_at": 5}, "added_at is not a timestamp"),
        ({"is_remote": "yes"}, "is_remote is neither"),
        ({"amount": "1,50"}, "amount is not an amount"),
        ({"amount": "NaN"}, "amount is not an amount"),
        ({"amount": "1e400"}, "amount is not an amount"),
    ],
)
def test_a_value_of_another_kind_is_a_fault_that_names_the_field(
    record: dict[str, Any], message: str
) -> None:
    with pytest.raises(ApiError, match=message) as caught:
        row(record)
    assert "yesterday" not in str(caught.value)


def test_either_name_of_a_field_fills_its_column() -> None:
    email = {"actor__email_address": "a@example.com"}
    assert row({"actor": {"email": "a@example.com"}}) == email
    assert row({"actor": {"email": "old@example.com", "email_address": "a@example.com"}}) == email
    assert row({"actor": {"email_address": "a@example.com", "email": "old@example.com"}}) == email
    assert row({"actor": {"email_address": None, "email": "a@example.com"}}) == email


def test_unknown_fields_are_named_and_left_out() -> None:
    unknown: set[str] = set()
    record = {
        "id": "x",
        "new": 1,
        "core": {"lines": {"moved": 2}, "more": {"dev1@example.com": 3}},
        "actor": "flat now",
        # The loader's own columns are not for an API to fill.
        "is_withdrawn": True,
        "row_key": "theirs",
    }
    assert flatten(record, SPEC, unknown) == {"id": "x"}
    # Of an object that is new only its name is told: its keys may be people.
    assert unknown == {
        "new",
        "core__lines__moved",
        "core__more",
        "actor",
        "is_withdrawn",
        "row_key",
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("602.50000", "602.50000"),
        (143, "143"),
        (Decimal("0.10"), "0.10"),
        (Decimal("1E+3"), "1000"),
        ("12345678901234567890.123456", "12345678901234567890.123456"),
        ("-3.50", "-3.50"),
    ],
)
def test_money_keeps_its_digits(value: object, text: str) -> None:
    assert to_decimal_text(value) == text


def test_rows_become_a_table_with_nulls_for_what_they_lack() -> None:
    table = to_table([{"id": "a"}, {"core__lines__added": 1}], SPEC.schema)
    assert table.schema == SPEC.schema
    assert table.select(["id", "core__lines__added"]).to_pylist() == [
        {"id": "a", "core__lines__added": None},
        {"id": None, "core__lines__added": 1},
    ]
    assert to_table([], SPEC.schema).num_rows == 0
    assert table.schema.field("added_at").type == pa.timestamp("us")
