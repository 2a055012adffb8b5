"""Attributes of OTLP JSON as plain values.

The value's field tells its type, and a whole number is an integer wherever it stands. So a JSON
body, a protobuf body and the Collector's copy of either give equal values and equal keys.
"""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final

import orjson

from ingestion.otlp.privacy import MAX_TEXT_LENGTH, TOOL_PARAMETERS, is_content

_BIGINT_RANGE: Final = range(-(2**63), 2**63)


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
