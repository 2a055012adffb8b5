"""Arrow columns out of loosely typed values: the column's name decides the type.

Clients send the same number as an integer, a double or text, by event and by version. A value that
does not fit its column becomes NULL there and stays in `attributes_json`.
"""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.otlp.tables import column_type

_BIGINT_RANGE: Final = range(-(2**63), 2**63)
_BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}
_EASY_TYPES: Final[dict[pa.DataType, frozenset[type]]] = {
    pa.string(): frozenset({str, type(None)}),
    pa.int64(): frozenset({int, type(None)}),
    pa.float64(): frozenset({type(None)}),  # each is looked at: NaN would poison every sum
    pa.bool_(): frozenset({bool, type(None)}),
}


def attribute_columns(
    rows: Sequence[Mapping[str, Any]],
    rest: Sequence[dict[str, Any]],
    attributes: Mapping[str, str],
) -> dict[str, pa.Array]:
    """One array per column; what does not fit its column is added to the row's `rest`.

    Args:
        rows: Attribute values by attribute name.
        rest: Per row what has no column.
        attributes: Column to attribute name.
    """
    columns = {}
    for column, attribute in attributes.items():
        values = [row.get(attribute) for row in rows]
        target = column_type(column)
        if not set(map(type, values)) <= _EASY_TYPES[target]:
            convert = _CONVERTERS[target]
            for position, value in enumerate(values):
                if value is not None and value != "":
                    values[position] = converted = convert(value)
                    if converted is None:
                        rest[position][attribute] = value
                else:
                    values[position] = None
        columns[column] = _without_empty(pa.array(values, target))
    return columns


def json_column(rest: Sequence[dict[str, Any]]) -> pa.Array:
    """JSON objects with sorted keys; NULL where there is nothing."""
    return pa.array(
        [
            orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode() if values else None
            for values in rest
        ],
        pa.string(),
    )


def time_column(nanoseconds: pa.Array) -> pa.Array:
    """UTC timestamps in microseconds; an absent or zero time is NULL."""
    known = pc.if_else(pc.greater(nanoseconds, 0), nanoseconds, pa.scalar(None, pa.int64()))
    return pc.divide(known, 1000).cast(pa.timestamp("us"))


def repeated(text: str, count: int) -> pa.Array:
    """The same text in every row."""
    return pa.repeat(pa.scalar(text, pa.string()), count)


def _without_empty(array: pa.Array) -> pa.Array:
    if array.type != pa.string():
        return array
    is_empty = pc.equal(array, "")
    if not pc.any(is_empty).as_py():
        return array
    return pc.if_else(is_empty, pa.scalar(None, pa.string()), array)


def to_text(value: Any) -> str:  # noqa: ANN401  # any attribute value
    """Text of any value; 429, 429.0 and "429" are the same status code."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def to_bigint(value: Any) -> int | None:  # noqa: ANN401  # any attribute value
    """Whole number nearest to the value; None if it is none or does not fit 64 bits."""
    if isinstance(value, str):
        try:
            number = int(value)
        except ValueError:
            return _rounded(to_double(value))
        return number if number in _BIGINT_RANGE else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value in _BIGINT_RANGE else None
    return _rounded(to_double(value))


def _rounded(number: float | None) -> int | None:
    if number is None:
        return None
    whole = round(number)
    return whole if whole in _BIGINT_RANGE else None


def to_double(value: Any) -> float | None:  # noqa: ANN401  # any attribute value
    """The finite number the value stands for, if it does."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def to_boolean(value: Any) -> bool | None:  # noqa: ANN401  # any attribute value
    """Truth of a boolean, of "true" and "false", of 1 and 0."""
    return _BOOLEANS.get(to_text(value).strip().lower())


_CONVERTERS: Final[dict[pa.DataType, Callable[[Any], Any]]] = {
    pa.string(): to_text,
    pa.int64(): to_bigint,
    pa.float64(): to_double,
    pa.bool_(): to_boolean,
}
