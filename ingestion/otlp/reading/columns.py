"""Attributes of OTLP JSON as plain values, and plain values as Arrow columns.

The value's field tells its type, and a whole number is an integer wherever it stands. So a JSON
body, a protobuf body and the Collector's copy of either give equal values and equal keys. The
column's name decides the type in the table.

Clients send the same number as an integer, a double or text, by event and by version. A value that
does not fit its column becomes NULL there and stays in `attributes_json`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from math import isfinite
from typing import Any, Final, cast

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.otlp.privacy import MAX_TEXT_LENGTH, TOOL_PARAMETERS, is_content
from ingestion.otlp.reading.tables import column_type

_BIGINT_RANGE: Final = range(-(2**63), 2**63)
_BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}
_EMPTY: Final = pa.scalar("")
_NO_TEXT: Final = pa.scalar(None, pa.string())
_PLAIN_TYPES: Final = frozenset({pa.string(), pa.int64(), pa.bool_(), pa.null()})
# Casts of Arrow that fail where a value does not fit and otherwise give what Python gives.
_LOSSLESS: Final["dict[pa.DataType, frozenset[pa.DataType]]"] = {
    pa.string(): frozenset({pa.null()}),
    pa.int64(): frozenset({pa.null(), pa.string()}),
    pa.float64(): frozenset({pa.null(), pa.int64()}),
    pa.bool_(): frozenset({pa.null(), pa.string()}),
}


def attribute_values(attributes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Plain values by key."""
    return {
        attribute["key"]: plain_value(field, value)
        for attribute in attributes
        for field, value in (attribute.get("value") or {}).items()
    }


def plain_value(field: str, value: Any) -> Any:  # noqa: ANN401  # any OTLP value
    """Plain form of a value that stands in a field such as `intValue`."""
    if value is None:
        return None
    if field == "intValue":
        return _integer(value)
    if field == "doubleValue":
        return whole_number(float(value)) if isinstance(value, int | float) else value
    if field == "arrayValue":
        return [_item(item) for item in value.get("values") or ()]
    if field == "kvlistValue":
        return attribute_values(value.get("values") or ())
    return value


def _integer(value: Any) -> int | float | str:  # noqa: ANN401  # any JSON value
    if isinstance(value, float):
        return whole_number(value)
    try:
        number = int(value)
    except ValueError:
        return str(value)
    return number if number in _BIGINT_RANGE else str(number)


def whole_number(number: float) -> float | int:
    """The integer that a double stands for, if it stands for one."""
    if number.is_integer() and (whole := int(number)) in _BIGINT_RANGE:
        return whole
    return number


def _item(value: Mapping[str, Any]) -> Any:  # noqa: ANN401  # any OTLP value
    for field, inner in value.items():
        return plain_value(field, inner)
    return None


def take_uncolumned(values: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """The attributes that have no column; content among them is removed from `values` as well.

    What a tool was called with belongs to an event, which has taken its part before; anywhere else
    it is content.
    """
    rest = {}
    for key in values.keys() - known:
        is_unwanted = key == TOOL_PARAMETERS or len(key) > MAX_TEXT_LENGTH
        if is_unwanted or is_content(key, values[key]):
            del values[key]
        else:
            rest[key] = values[key]
    return rest


def digest(*parts: Any) -> str:  # noqa: ANN401  # anything JSON can say
    """Key over canonical JSON: sorted, so the order of attributes does not count."""
    canonical = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    return blake2b(canonical, digest_size=16).hexdigest()


def plain_array(values: Sequence[Any]) -> "pa.Array[Any] | None":
    """Array of values that are all text, all integers or all booleans; else None.

    Arrow sees faster than Python whether they are.
    """
    try:
        array = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return None
    return array if array.type in _PLAIN_TYPES else None


def typed_column(
    column: str, values: Sequence[Any], plain: "pa.Array[Any] | None" = None
) -> "tuple[pa.Array[Any], dict[int, Any]]":
    """Array of a column, and by position the values that do not fit it.

    Empty text stays; `without_empty_text` takes it out of a whole table at once.

    Args:
        column: Its name, which decides its type.
        values: Its values.
        plain: What `plain_array` makes of the values.
    """
    target = column_type(column)
    if plain is None:
        plain = plain_array(values)
    if plain is None:
        return _converted(target, values)
    if plain.type == target:
        return plain, {}
    if plain.type in _LOSSLESS[target]:
        try:
            return plain.cast(target), {}
        except pa.ArrowInvalid:
            pass  # One of them does not fit; Python tells which.
    return _converted(target, values)


def without_empty_text(table: pa.Table) -> pa.Table:
    """The table with NULL in place of empty text."""
    for position, field in enumerate(table.schema):
        if field.type == pa.string():
            column = table.column(position)
            if pc.min(pc.binary_length(column)).as_py() == 0:
                filled = pc.if_else(pc.equal(column, _EMPTY), _NO_TEXT, column)
                table = table.set_column(position, field, filled)
    return table


def is_short(plain: "pa.Array[Any] | None") -> bool:
    """Whether no value can be too long a text; None stands for values that are not plain."""
    if plain is None:
        return False
    if plain.type != pa.string():
        return True
    longest = pc.max(pc.binary_length(cast(pa.StringArray, plain))).as_py()
    return longest is None or longest <= MAX_TEXT_LENGTH


def _converted(
    target: pa.DataType, values: Sequence[Any]
) -> "tuple[pa.Array[Any], dict[int, Any]]":
    convert = _CONVERTERS[target]
    converted: list[Any] = []
    misfits: dict[int, Any] = {}
    for position, value in enumerate(values):
        fitting = None if value is None or value == "" else convert(value)
        if fitting is None and value is not None and value != "":
            misfits[position] = value
        converted.append(fitting)
    return pa.array(converted, target), misfits


def attribute_columns(
    rows: Sequence[Mapping[str, Any]],
    rest: Sequence[dict[str, Any]],
    attributes: Mapping[str, str],
) -> "dict[str, pa.Array[Any]]":
    """One array per column; what does not fit its column is added to the row's `rest`.

    Args:
        rows: Attribute values by attribute name.
        rest: Per row what has no column.
        attributes: Column to attribute name.
    """
    columns = {}
    for column, attribute in attributes.items():
        columns[column], misfits = typed_column(column, [row.get(attribute) for row in rows])
        for position, value in misfits.items():
            rest[position][attribute] = value
    return columns


def json_column(rest: Sequence[Mapping[str, Any] | None]) -> "pa.Array[Any]":
    """JSON objects with sorted keys; NULL where there is nothing."""
    return pa.array(
        [
            orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode() if values else None
            for values in rest
        ],
        pa.string(),
    )


def time_column(nanoseconds: "pa.Array[Any]") -> "pa.Array[Any]":
    """UTC timestamps in microseconds; an absent or zero time is NULL."""
    is_known = pc.greater(nanoseconds, pa.scalar(0, pa.int64()))
    known = pc.if_else(is_known, nanoseconds, pa.scalar(None, pa.int64()))
    microseconds = pc.divide(known, pa.scalar(1000, pa.int64()))
    return cast("pa.Array[Any]", microseconds.cast(pa.timestamp("us")))


def repeated(text: str, count: int) -> "pa.Array[Any]":
    """The same text in every row."""
    return pa.repeat(pa.scalar(text, pa.string()), count)


def to_text(value: Any) -> str:  # noqa: ANN401  # any attribute value
    """Text of any value; 429 and "429" are the same status code."""
    if isinstance(value, str):
        return value
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def to_bigint(value: Any) -> int | None:  # noqa: ANN401  # any attribute value
    """Whole number nearest to the value; None if it is none or does not fit 64 bits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value in _BIGINT_RANGE else None
    if isinstance(value, str) and value.isdecimal():
        return to_bigint(int(value[:20]))
    number = to_double(value)
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
