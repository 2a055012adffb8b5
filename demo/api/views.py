"""The rows that an API would know at a moment, read from the views of the simulated organisation.

A view is one Parquet file per table. Each row says from when to when it is visible, so a corrected
row is two rows and a withdrawn one has an end; the moving clock does the rest.
"""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

VISIBLE_FROM: Final = "visible_from"
VISIBLE_TO: Final = "visible_to"
_DAY: Final = "date_day"
_AMOUNT_TYPE: Final = pa.decimal128(38, 10)
# A larger view stays in its file, where a day is found by the statistics of the row groups.
_LOADED_BYTES: Final = 16 * 1024 * 1024
_REMEMBERED_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True)
class Sort:
    """One sort key; nulls come last.

    Args:
        column: Its column.
        descending: Largest first.
        is_amount: Money stands in text and sorts by its value.
    """

    column: str
    descending: bool = False
    is_amount: bool = False


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
    """All views of a directory, opened when first asked for.

    Args:
        data_dir: Holds `views/<source>/<table>.parquet`.
    """

    def __init__(self, data_dir: Path) -> None:
        self._views_dir = data_dir / "views"
        self._views: dict[str, _LoadedView | _FileView | None] = {}
        self._selected: OrderedDict[Selection, pa.Table] = OrderedDict()
        self._selected_bytes = 0
        self.missing: set[str] = set()

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of a table; none if the organisation has no such view."""
        view = self._view(table)
        hidden = {VISIBLE_FROM, VISIBLE_TO}
        return tuple(name for name in view.columns if name not in hidden) if view else ()

    def rows(self, selection: Selection) -> pa.Table:
        """Select rows; what was selected lately is remembered, as the pages of a query share it."""
        if selection in self._selected:
            self._selected.move_to_end(selection)
            return self._selected[selection]
        rows = self._select(selection)
        self._selected[selection] = rows
        self._selected_bytes += rows.nbytes
        while len(self._selected) > 1 and self._selected_bytes > _REMEMBERED_BYTES:
            _, oldest = self._selected.popitem(last=False)
            self._selected_bytes -= oldest.nbytes
        return rows

    def publication(self) -> dict[tuple[str, date], datetime]:
        """The days that are published at a moment of their own, by bare table name."""
        path = self._views_dir / "publication.parquet"
        if not path.exists():
            return {}
        rows = pq.read_table(path)
        return {
            (name.rpartition(".")[2], day): published_at
            for name, day, published_at in tuples(rows, ("table_name", _DAY, "published_at"))
        }

    def _view(self, table: str) -> "_LoadedView | _FileView | None":
        if table not in self._views:
            source, _, name = table.partition(".")
            path = self._views_dir / source / f"{name}.parquet"
            if path.exists():
                is_large = path.stat().st_size > _LOADED_BYTES
                self._views[table] = (_FileView if is_large else _LoadedView)(path)
            else:
                self.missing.add(table)
                self._views[table] = None
        return self._views[table]

    def _select(self, selection: Selection) -> pa.Table:
        view = self._view(selection.table)
        if view is None:
            return pa.table({})
        rows = view.rows(selection.first_day, selection.last_day)
        mask = _visible(rows, selection.at)
        for column, values in selection.equals:
            text = pc.utf8_lower(pc.cast(rows.column(column), pa.string()))
            allowed = pa.array([value.lower() for value in values], pa.string())
            mask = pc.and_kleene(mask, pc.is_in(text, value_set=allowed))
        found = rows.filter(mask)
        return _sorted(found, selection.sorts).select(self.columns(selection.table))


class _LoadedView:
    """A view in memory, sorted by day."""

    def __init__(self, path: Path) -> None:
        rows = pq.read_table(path)
        self.columns: list[str] = rows.column_names
        self._days: list[date] = []
        if _DAY in self.columns and rows.column(_DAY).null_count == 0:
            rows = _sorted(rows, (Sort(_DAY),))
            self._days = [day for (day,) in tuples(rows, (_DAY,))]
        self._rows = rows.combine_chunks()

    def rows(self, first_day: date | None, last_day: date | None) -> pa.Table:
        if first_day is None or last_day is None:
            return self._rows
        start = bisect_left(self._days, first_day)
        return self._rows.slice(start, max(0, bisect_right(self._days, last_day) - start))


class _FileView:
    """A view in its file, which is sorted by day or slow to read."""

    def __init__(self, path: Path) -> None:
        self._dataset = ds.dataset(path)
        self.columns: list[str] = self._dataset.schema.names

    def rows(self, first_day: date | None, last_day: date | None) -> pa.Table:
        if first_day is None or last_day is None:
            return self._dataset.to_table()
        day = ds.field(_DAY)
        return self._dataset.to_table(filter=(day >= first_day) & (day <= last_day))


def _visible(rows: pa.Table, at: datetime) -> Any:  # noqa: ANN401  # arrow's types are open
    moment = pa.scalar(at, pa.timestamp("us"))
    begun: Any = pc.less_equal(rows.column(VISIBLE_FROM), moment)
    not_ended: Any = pc.greater(rows.column(VISIBLE_TO), moment)
    return pc.and_(pc.fill_null(begun, True), pc.fill_null(not_ended, True))


def _sorted(rows: pa.Table, sorts: Sequence[Sort]) -> pa.Table:
    """Sort; equal rows keep their order."""
    keys: list[tuple[str, Literal["ascending", "descending"]]] = []
    columns: dict[str, Any] = {}
    for number, sort in enumerate(sorts):
        if sort.column in rows.column_names:
            values = rows.column(sort.column)
            columns[str(number)] = values.cast(_AMOUNT_TYPE) if sort.is_amount else values
            keys.append((str(number), "descending" if sort.descending else "ascending"))
    if not keys or not rows.num_rows:
        return rows
    order = pc.sort_indices(pa.table(columns), sort_keys=keys)
    return rows.take(order)


def tuples(rows: pa.Table, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Iterate over the values of some columns."""
    return zip(*(rows.column(name).to_pylist() for name in names), strict=True)
