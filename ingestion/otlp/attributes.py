"""Attributes of OTLP JSON: from key-value lists to plain dictionaries, without content."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final

import orjson

from ingestion.otlp.privacy import MAX_TEXT_LENGTH, is_content

_BIGINT_RANGE: Final = range(-(2**63), 2**63)


def attribute_values(attributes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Plain values by key; the same whether an encoder wrote `5`, `"5"` or `5.0` in a field.

    The value's field tells its type, so a JSON body, a protobuf body and the Collector's copy of
    either give equal dictionaries, and with them equal keys.
    """
    try:
        return {
            attribute["key"]: value if field == "stringValue" else _typed(field, value)
            for attribute in attributes
            for field, value in attribute["value"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        return _well_formed_values(attributes)


def _typed(field: str, value: Any) -> Any:  # noqa: ANN401  # any OTLP value
    if field == "intValue":
        return _integer(value)
    if field == "doubleValue":
        return float(value)
    if field == "arrayValue":
        return [_any_value(item) for item in value.get("values", ())]
    if field == "kvlistValue":
        return attribute_values(value.get("values", ()))
    return value


def _integer(value: Any) -> int | float | str:  # noqa: ANN401  # any JSON value
    """The Collector writes integers as text; what is no 64-bit integer stays as it is."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    number = int(value)
    return number if number in _BIGINT_RANGE else str(value)


def _any_value(value: Mapping[str, Any]) -> Any:  # noqa: ANN401  # any OTLP value
    for field, inner in value.items():
        return _typed(field, inner)
    return None


def _well_formed_values(attributes: Any) -> dict[str, Any]:  # noqa: ANN401  # not OTLP at all
    """The attributes that can be read, when one of them cannot."""
    values: dict[str, Any] = {}
    for attribute in attributes if isinstance(attributes, list) else ():
        try:
            values |= {
                str(attribute["key"]): _typed(field, value)
                for field, value in attribute["value"].items()
            }
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    return values


def take_uncolumned(values: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """The attributes that have no column; content among them is removed from `values` as well."""
    rest = {}
    for key in values.keys() - known:
        if is_content(key, values[key]) or len(key) > MAX_TEXT_LENGTH:
            del values[key]
        else:
            rest[key] = values[key]
    return rest


def digest(*parts: Any) -> str:  # noqa: ANN401  # anything JSON can say
    """Key over canonical JSON: sorted, so the order of attributes does not count."""
    canonical = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    return blake2b(canonical, digest_size=16).hexdigest()
