"""Flat rows become the JSON that they were flattened from."""

from datetime import date, datetime

import pyarrow as pa

from demo.api.shapes import Shape


def test_row_nests() -> None:
    rows = pa.table(
        {
            "id": ["a"],
            "core__lines__added": [3],
            "core__lines__removed": [None],
            "tags_json": ['{"cost_centre":"CC-100"}'],
            "at": [datetime(2026, 8, 18, 9, 14, 3)],  # noqa: DTZ001
            "day": [date(2026, 8, 18)],
        }
    )
    assert Shape(rows.column_names).records(rows) == [
        {
            "id": "a",
            "core": {"lines": {"added": 3, "removed": None}},
            "tags": {"cost_centre": "CC-100"},
            "at": "2026-08-18T09:14:03Z",
            "day": "2026-08-18",
        }
    ]


def test_null_is_left_out_where_the_api_leaves_it_out() -> None:
    rows = pa.table({"actor__email": [None, "a"], "actor__name": [None, None], "n": [1, 2]})
    shape = Shape(rows.column_names, omit_null=("actor__email", "actor__name"))
    assert shape.records(rows) == [{"n": 1}, {"n": 2, "actor": {"email": "a"}}]


def test_object_is_null_where_the_api_says_null() -> None:
    rows = pa.table({"by__id": [None, "u"], "by__type": [None, None]})
    shape = Shape(rows.column_names, nullable_objects=("by",))
    assert shape.records(rows) == [{"by": None}, {"by": {"id": "u", "type": None}}]
    assert Shape(rows.column_names).records(rows)[0] == {"by": {"id": None, "type": None}}
