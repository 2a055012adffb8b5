"""The rows that an API would know at a moment, read from the views of the simulated organisation.

A view is one Parquet file per table. Each row says from when to when it is visible, so a corrected
row is two rows and a withdrawn one has an end; the moving clock does the rest.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
from duckdb import ColumnExpression as Column
from duckdb import ConstantExpression as Value
from duckdb import Expression

VISIBLE_FROM: Final = "visible_from"
VISIBLE_TO: Final = "visible_to"
# The row's place in the file: the last sort key, so that pages never reshuffle equal rows.
_ORDINAL: Final = "view_ordinal"
_HIDDEN: Final = (VISIBLE_FROM, VISIBLE_TO, _ORDINAL)
_SNAPSHOTS_KEPT: Final = 16


@dataclass(frozen=True)
class Sort:
    """One sort key.

    Args:
        column: Its column.
        descending: Largest first.
        is_amount: Money stands in text and sorts by its value.
    """

    column: str
    descending: bool = False
    is_amount: bool = False

    def expression(self) -> Expression:
        """As DuckDB takes it; nulls come last either way."""
        key: Expression = Column(self.column)
        if self.is_amount:
            key = key.cast("decimal(38, 10)")
        return (key.desc() if self.descending else key.asc()).nulls_last()


@dataclass(frozen=True)
class Selection:
    """Which rows of a table, in which order.

    Args:
        table: `<source>.<table>`.
        at: The moment at which they are visible.
        first_day: First `date_day`; None takes rows of all days.
        last_day: Last `date_day`, inclusive.
        equals: Column and allowed values, compared without case.
        sorts: The order; the place in the view decides between equals.
    """

    table: str
    at: datetime
    first_day: date | None = None
    last_day: date | None = None
    equals: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sorts: tuple[Sort, ...] = ()


class Views:
    """All views of a directory, loaded when first asked for.

    Args:
        data_dir: Holds `views/<source>/<table>.parquet`.
    """

    def __init__(self, data_dir: Path) -> None:
        self._views_dir = data_dir / "views"
        self._connection = duckdb.connect(
            ":memory:", config={"autoinstall_known_extensions": "false"}
        )
        self._columns: dict[str, tuple[str, ...]] = {}
        self._snapshots: OrderedDict[Selection, pa.Table] = OrderedDict()
        self.missing: set[str] = set()

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of a table; none if the organisation has no such view."""
        if table not in self._columns:
            self._load(table)
        return self._columns[table]

    def rows(self, selection: Selection) -> pa.Table:
        """Select rows; a selection that was made lately is remembered, as pages share it."""
        if selection in self._snapshots:
            self._snapshots.move_to_end(selection)
            return self._snapshots[selection]
        found = self._select(selection)
        self._snapshots[selection] = found
        if len(self._snapshots) > _SNAPSHOTS_KEPT:
            self._snapshots.popitem(last=False)
        return found

    def publication(self) -> dict[tuple[str, date], datetime]:
        """The days that are published at a moment of their own, by bare table name."""
        path = self._views_dir / "publication.parquet"
        if not path.exists():
            return {}
        rows = self._connection.read_parquet(str(path)).select(
            "table_name", "date_day", "published_at"
        )
        return {
            (name.rpartition(".")[2], day): published_at
            for name, day, published_at in rows.fetchall()
        }

    def _load(self, table: str) -> None:
        source, _, name = table.partition(".")
        path = self._views_dir / source / f"{name}.parquet"
        if not path.exists():
            self.missing.add(table)
            self._columns[table] = ()
            return
        view = self._connection.read_parquet(str(path))
        view.project(f"*, row_number() over () as {_ORDINAL}").create(f'"{table}"')
        self._columns[table] = tuple(name for name in view.columns if name not in _HIDDEN)

    def _select(self, selection: Selection) -> pa.Table:
        columns = self.columns(selection.table)
        if not columns:
            return pa.table({})
        condition = _visible(selection.at)
        if selection.first_day is not None:
            condition = condition & (Column("date_day") >= Value(selection.first_day))
        if selection.last_day is not None:
            condition = condition & (Column("date_day") <= Value(selection.last_day))
        for column, values in selection.equals:
            text = duckdb.FunctionExpression("lower", Column(column).cast("varchar"))
            condition = condition & text.isin(*(Value(value.lower()) for value in values))
        sorts = [sort.expression() for sort in selection.sorts if sort.column in columns]
        chosen = self._connection.table(f'"{selection.table}"').filter(condition)
        ordered = chosen.sort(*sorts, Column(_ORDINAL).asc())
        return ordered.select(*(Column(name) for name in columns)).to_arrow_table()


def _visible(at: datetime) -> Expression:
    moment = Value(at)
    begun = Column(VISIBLE_FROM).isnull() | (Column(VISIBLE_FROM) <= moment)
    not_ended = Column(VISIBLE_TO).isnull() | (Column(VISIBLE_TO) > moment)
    return begun & not_ended


def tuples(rows: pa.Table, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Iterate over the values of some columns."""
    return zip(*(rows.column(name).to_pylist() for name in names), strict=True)
