"""Turns a flat row back into the nested JSON that it was flattened from."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

import orjson
import pyarrow as pa

from .clock import rfc3339
from .views import tuples

_JSON_SUFFIX: Final = "_json"

Record = dict[str, Any]
_Convert = Callable[[Any], Any]


class Shape:
    """How the columns of a table nest: `a__b` is `b` inside `a`, and `a_json` holds JSON for `a`.

    Args:
        columns: The columns, in the order of the rows.
        omit_null: Columns that are left out where they are null, as the API does; an object with
            nothing left in it goes too.
        nullable_objects: Objects that are null as a whole where all of their columns are.
    """

    def __init__(
        self,
        columns: Sequence[str],
        *,
        omit_null: Iterable[str] = (),
        nullable_objects: Iterable[str] = (),
    ) -> None:
        self._columns = tuple(columns)
        paths = [(name.split("__"), index) for index, name in enumerate(columns)]
        omitted = frozenset(omit_null)
        self._root = _Object(paths, self._columns, omitted, frozenset(nullable_objects))

    def records(self, rows: pa.Table) -> list[Record]:
        """Nest all rows."""
        if not self._columns or not rows.num_rows:
            return []
        build = self._root.build
        return [build(row) for row in tuples(rows, self._columns)]


class _Object:
    """One object of a shape: its own values, and the objects in it."""

    def __init__(
        self,
        paths: Sequence[tuple[list[str], int]],
        columns: Sequence[str],
        omit_null: frozenset[str],
        nullable: frozenset[str],
        depth: int = 0,
    ) -> None:
        self._leaves: list[tuple[str, int, bool, bool]] = []
        inner: dict[str, list[tuple[list[str], int]]] = {}
        for path, index in paths:
            name = path[depth]
            if len(path) > depth + 1:
                inner.setdefault(name, []).append((path, index))
                continue
            is_json = name.endswith(_JSON_SUFFIX)
            key = name.removesuffix(_JSON_SUFFIX)
            self._leaves.append((key, index, is_json, columns[index] in omit_null))
        self._objects = [
            (
                name,
                "__".join(below[0][0][: depth + 1]) in nullable,
                _Object(below, columns, omit_null, nullable, depth + 1),
            )
            for name, below in inner.items()
        ]

    def build(self, row: tuple[Any, ...]) -> Record:
        record: Record = {}
        for name, index, is_json, is_omitted in self._leaves:
            value = row[index]
            if value is None:
                if not is_omitted:
                    record[name] = None
            elif is_json:
                record[name] = orjson.loads(value)
            elif isinstance(value, date):
                record[name] = as_text(value)
            else:
                record[name] = value
        for name, is_nullable, inner in self._objects:
            built = inner.build(row)
            if is_nullable and all(value is None for value in built.values()):
                record[name] = None
            elif built:
                record[name] = built
        return record


def as_text(moment: date) -> str:
    """A day as `YYYY-MM-DD`, a moment in UTC with `Z`."""
    return rfc3339(moment) if isinstance(moment, datetime) else moment.isoformat()
