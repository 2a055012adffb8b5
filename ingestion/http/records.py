"""Turns JSON records into rows: flat, typed, nothing that is not listed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Final

import msgspec
import pyarrow as pa

from .dialect import ApiError

TEXT: Final[pa.DataType] = pa.string()
COUNT: Final[pa.DataType] = pa.int64()
RATE: Final[pa.DataType] = pa.float64()
MOMENT: Final[pa.DataType] = pa.timestamp("us")
DAY: Final[pa.DataType] = pa.date32()
FLAG: Final[pa.DataType] = pa.bool_()

_JSON_SUFFIX: Final = "_json"
# An exponent beyond this is no amount of money, and its plain text would fill the memory.
_MAX_EXPONENT: Final = 30
_MAX_COUNT: Final = 2**63 - 1
_NAME_CHARACTERS: Final = 100

# The loader alone fills these, whatever an answer holds.
_LOADER_COLUMNS: Final = frozenset(
    {
        "row_key",
        "date_day",
        "group_by_json",
        "data_refreshed_at",
        "pulled_at",
        "is_withdrawn",
    }
)

_encode_json: Final = msgspec.json.Encoder(order="sorted", decimal_format="number").encode


def raw_schema(
    columns: Mapping[str, pa.DataType], *, refreshed: bool = False, grouped: bool = False
) -> pa.Schema:
    """Columns of a raw table: those of the loader around those of the API.

    Args:
        columns: Names and types; a name is the JSON path, joined by two underscores.
        refreshed: Whether the API says as of when the data is.
        grouped: Whether the row holds the list of dimensions that were asked for.
    """
    all_columns: dict[str, pa.DataType] = {"row_key": TEXT, "date_day": DAY, **columns}
    if grouped:
        all_columns["group_by_json"] = TEXT
    if refreshed:
        all_columns["data_refreshed_at"] = MOMENT
    return pa.schema({**all_columns, "pulled_at": MOMENT, "is_withdrawn": FLAG})


def typed(kind: pa.DataType, *names: str, prefix: str = "") -> dict[str, pa.DataType]:
    """Columns of one type."""
    return {f"{prefix}{name}": kind for name in names}


@dataclass(frozen=True)
class TableSpec:
    """How records become rows of one table.

    Attributes:
        schema: Columns of the raw table, see `raw_schema`.
        keys: Columns that tell rows of one day apart.
        money: Text columns that hold exact decimals.
        aliases: JSON paths of other editions of the API, with the column they fill.
        ignored: JSON paths that are known and do not land.
    """

    schema: pa.Schema
    keys: tuple[str, ...]
    money: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()

    @cached_property
    def readers(self) -> dict[str, "tuple[str, Callable[[Any], Any]]"]:
        """Column and reader of each JSON path."""
        readers: dict[str, tuple[str, Callable[[Any], Any]]] = {}
        for column in self.schema:
            if column.name in _LOADER_COLUMNS:
                continue
            path = column.name.removesuffix(_JSON_SUFFIX)
            if path != column.name:
                readers[path] = (column.name, to_json_text)
            elif column.name in self.money:
                readers[path] = (column.name, to_decimal_text)
            else:
                readers[path] = (column.name, _READERS[column.type])
        for path, name in self.aliases.items():
            readers[path] = readers[name.removesuffix(_JSON_SUFFIX)]
        return readers

    @cached_property
    def objects(self) -> frozenset[str]:
        """JSON paths of objects that hold something known."""
        parts = [path.split("__") for path in (*self.readers, *self.ignored)]
        return frozenset(
            "__".join(names[:depth]) for names in parts for depth in range(1, len(names))
        )


def flatten(record: Mapping[str, Any], spec: TableSpec, unknown: set[str]) -> dict[str, Any]:
    """Values of one row by column; what is absent is absent.

    Args:
        record: The JSON object.
        spec: The table.
        unknown: Collects the paths that the table does not know.

    Raises:
        ApiError: A value cannot be what its column needs; the text names the field only.
    """
    row: dict[str, Any] = {}
    _fill(row, "", record, spec, unknown)
    return row


def _fill(
    row: dict[str, Any], prefix: str, record: Mapping[str, Any], spec: TableSpec, unknown: set[str]
) -> None:
    for name, value in record.items():
        path = prefix + name
        reader = spec.readers.get(path)
        if reader is not None:
            column, read = reader
            # The name of the documented edition wins over its aliases.
            if value is not None and (path not in spec.aliases or row.get(column) is None):
                try:
                    row[column] = read(value)
                except ValueError as error:
                    raise ApiError(f"the field {path} {error}") from None
        elif path in spec.ignored:
            continue
        elif path in spec.objects and (value is None or isinstance(value, dict)):
            if value:
                _fill(row, f"{path}__", value, spec, unknown)
        else:
            unknown.add(path[:_NAME_CHARACTERS])


def to_decimal_text(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """Exact plain text of an amount, as it was sent.

    Raises:
        ValueError: It is no amount.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ValueError("is not an amount")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError("is not an amount") from None
    if not number.is_finite() or abs(number.adjusted()) > _MAX_EXPONENT:
        raise ValueError("is not an amount")
    return f"{number:f}"


def to_count(value: Any) -> int:  # noqa: ANN401  # any JSON value
    """A whole number; drift of the API may have made it text.

    Raises:
        ValueError: It is no whole number.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        try:
            exact = Decimal(to_decimal_text(value))
        except ValueError:
            raise ValueError("is not a whole number") from None
        number = int(exact)
        if exact != number:
            raise ValueError("is not a whole number")
    if abs(number) > _MAX_COUNT:
        raise ValueError("is too large a number")
    return number


def to_moment(value: Any) -> datetime:  # noqa: ANN401  # any JSON value
    """A timestamp in UTC, without its zone.

    Raises:
        ValueError: It is no timestamp.
    """
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("is not a timestamp") from None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def to_day(value: Any) -> date:  # noqa: ANN401  # any JSON value
    """A day; of a timestamp its UTC day.

    Raises:
        ValueError: It is no day.
    """
    return to_moment(value).date()


def to_json_text(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """Compact JSON with sorted keys."""
    return _encode_json(value).decode()


def _to_text(value: Any) -> str:  # noqa: ANN401  # any JSON value
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, Decimal)):
        return to_json_text(value)
    raise ValueError("is not a text")


def _to_rate(value: Any) -> float:  # noqa: ANN401  # any JSON value
    try:
        return float(to_decimal_text(value))
    except ValueError:
        raise ValueError("is not a number") from None


def _to_flag(value: Any) -> bool:  # noqa: ANN401  # any JSON value
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")
    return value


_READERS: Final[dict[pa.DataType, Callable[[Any], Any]]] = {
    TEXT: _to_text,
    COUNT: to_count,
    RATE: _to_rate,
    MOMENT: to_moment,
    DAY: to_day,
    FLAG: _to_flag,
}


def to_table(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """An Arrow table of rows; what a row lacks is null."""
    rows = list(rows)
    return pa.table(
        [pa.array([row.get(column.name) for row in rows], column.type) for column in schema],
        schema=schema,
    )
