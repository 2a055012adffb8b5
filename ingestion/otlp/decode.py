"""Bodies of OTLP/HTTP to one shape: plain dictionaries as in OTLP JSON, whatever the encoding.

Keys are lowerCamelCase, ids hexadecimal, unsigned 64-bit numbers (times, counts) text, signed ones
(`intValue`, `asInt`) integers. Fields that the protocol does not have are left out, and so are
values that their field cannot hold: what comes out can be stored and read without further checks.
Protobuf's own JSON functions are not used: they take ids for base64 and refuse unknown fields.
"""

import json
import math
import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, cast

import orjson
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

Signal = Literal["logs", "metrics", "traces"]
SIGNALS: Final[tuple[Signal, ...]] = ("logs", "metrics", "traces")
ROOT_FIELDS: Final[dict[Signal, str]] = {
    "logs": "resourceLogs",
    "metrics": "resourceMetrics",
    "traces": "resourceSpans",
}

_REQUESTS: Final[dict[Signal, type[Message]]] = {
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
    "traces": ExportTraceServiceRequest,
}
# Far above any client, far below where an encoder gives up.
_MAX_VALUE_DEPTH: Final = 32
_INT64: Final = range(-(2**63), 2**63)
_UINT32: Final = range(2**32)
# Times and counts beyond this are noise: as nanoseconds it is the year 2262.
_UNSIGNED: Final = range(2**63)
_DIGITS: Final = re.compile(r"[+-]?[0-9]{1,19}")
_HEXADECIMAL: Final = re.compile(r"(?:[0-9a-fA-F]{2})+")
_NOT_FINITE: Final = frozenset({"NaN", "Infinity", "-Infinity"})
# Indexes into a dictionary that requests over HTTP do not carry; references to entities.
_SKIPPED_FIELDS: Final = frozenset({"entityRefs", "keyStrindex", "stringValueStrindex"})

_Convert = Callable[[Any], Any]


class UndecodableBodyError(ValueError):
    """A body is not an export; the text says why and holds nothing of the body."""


def decode_body(signal: Signal, body: bytes, *, is_json: bool) -> dict[str, Any]:
    """Decode the body of one export request.

    Args:
        signal: The signal that the request path names.
        body: The inflated body.
        is_json: Whether the body is JSON; otherwise it is protobuf.

    Returns:
        One key, the root field of the signal; empty if the export is empty.

    Raises:
        UndecodableBodyError: The body is damaged, or is no export of this signal.
    """
    payload = decode_json(body) if is_json else decode_protobuf(signal, body)
    root = ROOT_FIELDS[signal]
    if root in payload:
        return {root: payload[root]}
    if payload:
        raise UndecodableBodyError(f"an export of another signal than {signal}")
    return {}


def decode_json(body: bytes) -> dict[str, Any]:
    """Decode a JSON export of any signal.

    Raises:
        UndecodableBodyError: The body is not JSON, or not an export.
    """
    payload = _parse_json(body)
    if not isinstance(payload, dict):
        raise UndecodableBodyError("not a JSON object")
    if payload and not _JSON_ROOTS.keys() & payload.keys():
        raise UndecodableBodyError("a JSON object without an export")
    return {
        field: groups
        for field, convert in _JSON_ROOTS.items()
        if payload.get(field) is not None and (groups := convert(payload[field])) is not None
    }


def decode_protobuf(signal: Signal, body: bytes) -> dict[str, Any]:
    """Decode a protobuf export.

    Raises:
        UndecodableBodyError: The body is not a message of this signal.
    """
    request = _REQUESTS[signal]()
    try:
        request.ParseFromString(body)
    except (DecodeError, RecursionError) as error:
        raise UndecodableBodyError("not a protobuf message of an export") from error
    payload: dict[str, Any] = _PROTOBUF_ROOTS[signal](request)
    if body and not payload:
        raise UndecodableBodyError("a protobuf message without an export")
    return payload


def _parse_json(body: bytes) -> Any:  # noqa: ANN401  # any JSON
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    # JavaScript cuts text between the halves of a surrogate pair, Python writes NaN: both are worth
    # keeping. What even the lenient parser refuses is damaged.
    try:
        lenient = json.loads(body.decode("utf-8-sig", "replace"), parse_constant=str)
        return orjson.loads(json.dumps(lenient, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise UndecodableBodyError("not JSON") from error


# JSON values to valid ones; None leaves the field out.


def _json_int64(value: Any) -> int | None:  # noqa: ANN401  # any JSON
    if type(value) is str:
        value = int(value) if _DIGITS.fullmatch(value) else None
    elif type(value) is float:
        value = int(value) if value.is_integer() else None
    return value if type(value) is int and value in _INT64 else None


def _json_unsigned(value: Any) -> str | None:  # noqa: ANN401  # any JSON
    number = _json_int64(value)
    return str(number) if number and number in _UNSIGNED else None


def _json_count(value: Any) -> str:  # noqa: ANN401  # any JSON
    return _json_unsigned(value) or "0"


def _json_small_integer(value: Any) -> int | None:  # noqa: ANN401  # any JSON
    number = _json_int64(value)
    return number if number and abs(number) in _UINT32 else None


def _json_double(value: Any) -> float | str | None:  # noqa: ANN401  # any JSON
    if type(value) is str:
        if value in _NOT_FINITE:
            return value
        try:
            value = float(value)
        except ValueError:
            return None
    return _exact_double(float(value)) if type(value) in (int, float) else None


def _json_boolean(value: Any) -> bool | None:  # noqa: ANN401  # any JSON
    return value if type(value) is bool else None


def _json_text(value: Any) -> str | None:  # noqa: ANN401  # any JSON
    return value if value and type(value) is str else None


def _json_id(value: Any) -> str | None:  # noqa: ANN401  # any JSON
    if type(value) is str and _HEXADECIMAL.fullmatch(value):
        return value.lower()
    return None


def _json_list(convert: _Convert) -> _Convert:
    def convert_list(values: Any) -> list[Any] | None:  # noqa: ANN401  # any JSON
        if type(values) is not list:
            raise UndecodableBodyError("a list is missing where the protocol has one")
        return [convert(value) for value in values] or None

    return convert_list


def _json_message(fields: dict[str, _Convert]) -> _Convert:
    def convert_message(value: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
        if type(value) is not dict:
            raise UndecodableBodyError("an object is missing where the protocol has one")
        kept = {}
        for name, item in value.items():
            convert = fields.get(name)
            if convert is not None and item is not None:
                taken = convert(item)
                if taken is not None:
                    kept[name] = taken
        return kept

    return convert_message


def _json_attributes(attributes: Any, depth: int = 0) -> list[dict[str, Any]] | None:  # noqa: ANN401  # any decoded value
    if type(attributes) is not list:
        raise UndecodableBodyError("attributes are not a list")
    kept = []
    for attribute in attributes:
        if type(attribute) is not dict or type(key := attribute.get("key", "")) is not str:
            raise UndecodableBodyError("an attribute is not a key and a value")
        kept.append({"key": key, "value": _json_value(attribute.get("value"), depth)})
    return kept or None


def _json_value(value: Any, depth: int = 0) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    if value is None:
        return {}
    if type(value) is not dict:
        raise UndecodableBodyError("an attribute value is not an object")
    for field, inner in value.items():
        if field == "stringValue":
            if type(inner) is str:
                return {field: inner}
        elif field == "intValue":
            if (number := _json_int64(inner)) is not None:
                return {field: number}
            # Not a 64-bit integer, yet it says something.
            if type(inner) is float:
                return {"doubleValue": inner}
            if type(inner) is str or type(inner) is int:
                return {"stringValue": str(inner)}
        elif field == "doubleValue":
            if (double := _json_double(inner)) is not None:
                return {field: double}
        elif field == "boolValue":
            if type(inner) is bool:
                return {field: inner}
        elif field == "bytesValue":
            if type(inner) is str:
                return {field: inner}
        elif field in ("arrayValue", "kvlistValue"):
            return {field: {"values": _json_nested(field, inner, depth + 1)}}
    return {}


def _json_nested(field: str, value: Any, depth: int) -> list[dict[str, Any]]:  # noqa: ANN401  # any decoded value
    if depth > _MAX_VALUE_DEPTH:
        raise UndecodableBodyError("values are nested too deep")
    values = value.get("values") if type(value) is dict else None
    if values is None:
        return []
    if field == "kvlistValue":
        return _json_attributes(values, depth) or []
    if type(values) is not list:
        raise UndecodableBodyError("the values of an array are not a list")
    return [_json_value(item, depth) for item in values]


# Protobuf messages to the same.


def _exact_double(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _protobuf_message(fields: dict[str, tuple[str, _Convert]]) -> _Convert:
    def convert_message(message: Any) -> dict[str, Any]:  # noqa: ANN401  # generated classes
        kept = {}
        for field, value in message.ListFields():
            if (known := fields.get(field.name)) is not None:
                name, convert = known
                if (taken := convert(value)) is not None:
                    kept[name] = taken
        return kept

    return convert_message


def _protobuf_list(convert: _Convert) -> _Convert:
    return lambda values: [convert(value) for value in values]


def _protobuf_unsigned(value: int) -> str | None:
    return str(value) if value in _UNSIGNED else None


def _protobuf_count(value: int) -> str:
    return _protobuf_unsigned(value) or "0"


def _protobuf_attributes(attributes: Any, depth: int = 0) -> list[dict[str, Any]]:  # noqa: ANN401  # any decoded value
    return [
        {"key": attribute.key, "value": _protobuf_value(attribute.value, depth)}
        for attribute in attributes
    ]


def _protobuf_value(value: Any, depth: int = 0) -> dict[str, Any]:  # noqa: ANN401  # any decoded value
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return {"stringValue": value.string_value}
    if kind == "int_value":
        return {"intValue": value.int_value}
    if kind == "double_value":
        return {"doubleValue": _exact_double(value.double_value)}
    if kind == "bool_value":
        return {"boolValue": value.bool_value}
    if kind == "bytes_value":
        return {"bytesValue": b64encode(value.bytes_value).decode()}
    if kind not in ("array_value", "kvlist_value"):
        return {}
    if depth >= _MAX_VALUE_DEPTH:
        raise UndecodableBodyError("values are nested too deep")
    if kind == "array_value":
        items = [_protobuf_value(item, depth + 1) for item in value.array_value.values]
        return {"arrayValue": {"values": items}}
    return {"kvlistValue": {"values": _protobuf_attributes(value.kvlist_value.values, depth + 1)}}


# The protocol's own description says which field holds what, for both encodings.

_JSON_SCALARS: Final[dict[int, _Convert]] = {
    FieldDescriptor.TYPE_FIXED64: _json_unsigned,
    FieldDescriptor.TYPE_UINT64: _json_unsigned,
    FieldDescriptor.TYPE_SFIXED64: _json_int64,
    FieldDescriptor.TYPE_DOUBLE: _json_double,
    FieldDescriptor.TYPE_BOOL: _json_boolean,
    FieldDescriptor.TYPE_STRING: _json_text,
    FieldDescriptor.TYPE_BYTES: _json_id,
}
_PROTOBUF_SCALARS: Final[dict[int, _Convert]] = {
    FieldDescriptor.TYPE_FIXED64: _protobuf_unsigned,
    FieldDescriptor.TYPE_UINT64: _protobuf_unsigned,
    FieldDescriptor.TYPE_DOUBLE: _exact_double,
    FieldDescriptor.TYPE_BYTES: bytes.hex,
}


def _json_fields(descriptor: Descriptor) -> dict[str, _Convert]:
    return {field.json_name: _json_field(field) for field in _known_fields(descriptor)}


def _json_field(field: FieldDescriptor) -> _Convert:
    if field.message_type is None:
        scalar = _JSON_SCALARS.get(field.type, _json_small_integer)
        if not field.is_repeated:
            return scalar
        return _json_list(_json_count if scalar is _json_unsigned else scalar)
    if field.message_type.name == "KeyValue":
        return _json_attributes
    if field.message_type.name == "AnyValue":
        return _json_value
    message = _json_message(_json_fields(field.message_type))
    return _json_list(message) if field.is_repeated else message


def _protobuf_fields(descriptor: Descriptor) -> dict[str, tuple[str, _Convert]]:
    return {
        field.name: (field.json_name, _protobuf_field(field)) for field in _known_fields(descriptor)
    }


def _protobuf_field(field: FieldDescriptor) -> _Convert:
    if field.message_type is None:
        scalar = _PROTOBUF_SCALARS.get(field.type, lambda value: value)
        if not field.is_repeated:
            return scalar
        return _protobuf_list(_protobuf_count if scalar is _protobuf_unsigned else scalar)
    if field.message_type.name == "KeyValue":
        return _protobuf_attributes
    if field.message_type.name == "AnyValue":
        return _protobuf_value
    message = _protobuf_message(_protobuf_fields(field.message_type))
    return _protobuf_list(message) if field.is_repeated else message


def _known_fields(descriptor: Descriptor) -> Sequence[FieldDescriptor]:
    return [field for field in descriptor.fields if field.json_name not in _SKIPPED_FIELDS]


_JSON_ROOTS: Final[dict[str, _Convert]] = {
    name: convert
    for request in _REQUESTS.values()
    for name, convert in _json_fields(cast(Descriptor, request.DESCRIPTOR)).items()
}
_PROTOBUF_ROOTS: Final[dict[Signal, _Convert]] = {
    signal: _protobuf_message(_protobuf_fields(cast(Descriptor, request.DESCRIPTOR)))
    for signal, request in _REQUESTS.items()
}
