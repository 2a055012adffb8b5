"""Views of a tiny organisation, written by hand: every oddity that the APIs know, once."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.demo.api.small_console import console
from tests.demo.api.small_enterprise import cost_and_usage, engagement, enterprise_objects
from tests.demo.api.small_people import Row


def write(data_dir: Path, table: str, rows: Sequence[Row]) -> None:
    """Write a view; a row is visible always unless it says otherwise."""
    source, _, name = table.partition(".")
    path = data_dir / "views" / source / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    visible: Row = {"visible_from": datetime(2026, 1, 1), "visible_to": None}  # noqa: DTZ001
    columns = {column: None for row in rows for column in row}
    full = [{**columns, **visible, **row} for row in rows]
    moment = pa.timestamp("us")
    inferred = pa.Table.from_pylist(full)
    schema = inferred.schema
    for index, field in enumerate(schema):
        if field.name in {"visible_from", "visible_to", "archived_at", "accepted_at", "expires_at"}:
            schema = schema.set(index, pa.field(field.name, moment))
        elif pa.types.is_null(field.type):
            schema = schema.set(index, pa.field(field.name, pa.string()))
    pq.write_table(inferred.cast(schema), path)


def small_organisation(data_dir: Path) -> None:
    """Write all views."""
    for table, rows in tables().items():
        write(data_dir, table, rows)


def tables() -> dict[str, list[Row]]:
    """The rows of each view."""
    return {**console(), **engagement(), **cost_and_usage(), **enterprise_objects()}
