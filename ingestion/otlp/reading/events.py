"""Log records to rows of `events`.

A client sends few shapes of records: the same attributes in the same order for each event. Records
are grouped by shape and each group is turned into columns at once; that is what makes it fast.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

import orjson
import pyarrow as pa

from ingestion.otlp.decode import decode_json
from ingestion.otlp.privacy import (
    MAX_TEXT_LENGTH,
    TOOL_PARAMETERS,
    TOOL_PARAMETERS_KEPT,
    drop_content,
    event_name_of_body,
    is_content,
    is_content_key,
)
from ingestion.otlp.reading.columns import (
    attribute_values,
    digest,
    is_short,
    json_column,
    plain_array,
    plain_value,
    repeated,
    take_uncolumned,
    time_column,
    to_bigint,
    typed_column,
    without_empty_text,
)
from ingestion.otlp.reading.tables import EVENT_ATTRIBUTES, EVENTS

_Shape = tuple[tuple[str, ...], tuple[str, ...]]
_Columns = dict[str, Sequence[Any]]
_Arrays = dict[str, "pa.Array[Any] | None"]

_PREFIX: Final = "claude_code."
_COLUMNS: Final = {attribute: column for column, attribute in EVENT_ATTRIBUTES.items()}
# Nullable even where the table is not, so that tables without a column can be joined to it.
_NO_ROWS: Final = pa.schema([field.with_nullable(True) for field in EVENTS]).empty_table()
# Read for the name, the time or the key, so they are not repeated as JSON.
_KNOWN: Final = frozenset(EVENT_ATTRIBUTES.values()) | {"event.name", "event.timestamp"}
# Attributes that identify an event for good, by event; the first that is there counts.
_IDENTIFIERS: Final = {
    "api_request": ("request_id", "client_request_id"),
    "tool_result": ("tool_use_id",),
    "tool_decision": ("tool_use_id",),
}
_PARAMETER_ATTRIBUTES: Final = {
    "mcp_server_name": "mcp_server.name",
    "mcp_tool_name": "mcp_tool.name",
    "skill_name": "skill.name",
}
# Other names of what a column holds; they fill it if its own attribute is not there.
_ALIASES: Final = {
    "source": "decision_source",
    "vcs.ref.head.revision": "git_commit_id",
    "vcs.ref.head.name": "git_branch",
}


class _Group:
    """Records of the same shape.

    Args:
        shape: Their attributes and the fields that hold the values, such as `intValue`.
    """

    def __init__(self, shape: _Shape) -> None:
        self.keys, self.fields = shape
        self.is_named = "event.name" in self.keys
        self.values: list[tuple[Any, ...]] = []
        self.names: list[str | None] = []
        self.nanoseconds: list[int] = []
        self.resources: list[int] = []
        self.lines: list[int] = []


class EventBatch:
    """Collects log records and gives them out as one Arrow table."""

    def __init__(self) -> None:
        self._groups: dict[_Shape, _Group] = {}
        self._resources: list[dict[str, Any]] = []

    def add(self, payload: Mapping[str, Any], line: int) -> int:
        """Take the log records out of one export.

        Args:
            payload: The export; its attributes lose their values.
            line: Where it stands in its file.

        Returns:
            How many records were left out because they have no time and thus no day.
        """
        timeless = 0
        groups = self._groups
        for resource_logs in payload.get("resourceLogs") or ():
            resource = (resource_logs.get("resource") or {}).get("attributes") or ()
            self._resources.append(attribute_values(resource))
            resource_number = len(self._resources) - 1
            for scope in resource_logs.get("scopeLogs") or ():
                for record in scope.get("logRecords") or ():
                    shape, values = _attributes(record)
                    nanoseconds = int(record.get("timeUnixNano") or 0) or _other_time(
                        record, shape[0], values
                    )
                    if not nanoseconds:
                        timeless += 1
                        continue
                    group = groups.get(shape)
                    if group is None:
                        group = groups[shape] = _Group(shape)
                    if not group.is_named:
                        group.names.append(_other_name(record))
                    group.values.append(values)
                    group.nanoseconds.append(nanoseconds)
                    group.resources.append(resource_number)
                    group.lines.append(line)
        return timeless

    def table(self, source_file: str) -> pa.Table:
        """The collected rows, grouped by their shape."""
        resources = _Resources(self._resources)
        tables = [_table(group, resources, source_file) for group in self._groups.values()]
        # What a shape does not have is filled with NULL here.
        table = pa.concat_tables([_NO_ROWS, *tables], promote_options="default").combine_chunks()
        return without_empty_text(pa.Table.from_arrays(table.columns, schema=EVENTS))


_key_of: Final = itemgetter("key")
_value_of: Final = itemgetter("value")


def _attributes(record: Mapping[str, Any]) -> tuple[_Shape, tuple[Any, ...]]:
    """Shape and values of the attributes of a record, which are taken out of it."""
    attributes = record.get("attributes") or ()
    try:
        fields, values = zip(*map(dict.popitem, map(_value_of, attributes)), strict=True)
    except (KeyError, ValueError):
        # Some, or all, have no value.
        attributes = [attribute for attribute in attributes if attribute.get("value")]
        if not attributes:
            return ((), ()), ()
        fields, values = zip(*map(dict.popitem, map(_value_of, attributes)), strict=True)
    return (tuple(map(_key_of, attributes)), fields), values


def _other_time(
    record: Mapping[str, Any], keys: tuple[str, ...], values: Sequence[Any]
) -> int | None:
    """Time of a record that has none in its own field."""
    if observed := to_bigint(record.get("observedTimeUnixNano")):
        return observed
    try:
        moment = datetime.fromisoformat(values[keys.index("event.timestamp")])
    except (TypeError, ValueError):
        return None
    return round(moment.timestamp() * 1_000_000) * 1000 if moment.tzinfo else None


def _other_name(record: Mapping[str, Any]) -> str | None:
    """Event name of a record that has none among its attributes."""
    name = record.get("eventName") or event_name_of_body(record.get("body"))
    return name if isinstance(name, str) else None


class _Resources:
    """The resources of a batch as columns, for the attributes that records do not carry.

    Args:
        resources: Attribute values of each.
    """

    def __init__(self, resources: Sequence[dict[str, Any]]) -> None:
        self.rest = [take_uncolumned(resource, _KNOWN) for resource in resources]
        self.values = resources
        self.has_rest = any(self.rest)
        self._columns: dict[str, pa.Array[Any]] = {}
        attributes = set().union(*resources)
        for column, attribute in EVENT_ATTRIBUTES.items():
            if attribute in attributes:
                values = [resource.get(attribute) for resource in resources]
                self._columns[column], misfits = typed_column(column, values)
                for position, value in misfits.items():
                    self.rest[position][attribute] = value
                    self.has_rest = True

    def columns(
        self, taken: Container[str], numbers: "pa.Array[Any]"
    ) -> "dict[str, pa.Array[Any]]":
        """The columns that are not taken, for rows of the numbered resources."""
        return {
            column: array.take(numbers)
            for column, array in self._columns.items()
            if column not in taken
        }


def _table(group: _Group, resources: _Resources, source_file: str) -> pa.Table:
    count = len(group.values)
    own, arrays = _own_columns(group)
    names = [
        str(name).removeprefix(_PREFIX) if name else None
        for name in own.get("event.name") or group.names
    ]
    nanoseconds = pa.array(group.nanoseconds, pa.int64())
    event_at = time_column(nanoseconds)
    columns: dict[str, pa.Array[Any]] = {
        "event_key": pa.array(_keys(group, own, names, resources), pa.string()),
        "date_day": event_at.cast(pa.date32()),
        "event_name": pa.array(names, pa.string()),
        "event_at": event_at,
        "time_unix_nano": nanoseconds,
        "source_file": repeated(source_file, count),
        "source_line": pa.array(group.lines, pa.int64()),
    }
    misfits: dict[str, dict[int, Any]] = {}
    for attribute, values in own.items():
        if column := _COLUMNS.get(attribute):
            columns[column], misfits[attribute] = typed_column(
                column, values, arrays.get(attribute)
            )
    columns |= resources.columns(columns, pa.array(group.resources, pa.int32()))
    columns["attributes_json"] = _rest_column(group, own, misfits, resources)
    return pa.table(columns)


def _own_columns(group: _Group) -> tuple[_Columns, _Arrays]:
    """Values by attribute, without content; and as arrays where Arrow takes them as they are.

    None stands where a record has no such attribute.
    """
    own: _Columns = {}
    arrays: _Arrays = {}
    columns = zip(*group.values, strict=True)
    for attribute, field, values in zip(group.keys, group.fields, columns, strict=False):
        is_known = attribute in _KNOWN
        if not is_known and (is_content_key(attribute) or len(attribute) > MAX_TEXT_LENGTH):
            continue
        array = plain_array(values)
        if array is None or array.type != _FIELD_TYPES.get(field):
            own[attribute] = [_plain(attribute, field, value) for value in values]
            array = None
        else:
            own[attribute] = values
        if not is_known and attribute != TOOL_PARAMETERS and not is_short(array):
            own[attribute] = [
                None if is_content(attribute, value) else value for value in own[attribute]
            ]
        arrays[attribute] = array
    if TOOL_PARAMETERS in own:
        del arrays[TOOL_PARAMETERS]
        _add_tool_parameters(own, own.pop(TOOL_PARAMETERS))
    for alias, attribute in _ALIASES.items():
        if alias in own and attribute not in own:
            own[attribute] = own.pop(alias)
            arrays[attribute] = arrays.pop(alias)
    return own, arrays


_FIELD_TYPES: Final["dict[str, pa.DataType]"] = {
    "stringValue": pa.string(),
    "intValue": pa.int64(),
    "boolValue": pa.bool_(),
}


def _plain(attribute: str, field: str, value: Any) -> Any:  # noqa: ANN401  # any OTLP value
    """Plain value; content inside a nested one is dropped as the receiver does it."""
    if value is None or field not in ("arrayValue", "kvlistValue"):
        return plain_value(field, value)
    record = {"attributes": [{"key": attribute, "value": {field: value}}]}
    export = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    cleaned = drop_content(decode_json(orjson.dumps(export)))
    (record,) = cleaned["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    return attribute_values(record.get("attributes") or ()).get(attribute)


def _add_tool_parameters(own: _Columns, texts: Sequence[Any]) -> None:
    parameters = [_tool_parameters(text) for text in texts]
    for key in sorted(set().union(*parameters)):
        attribute = _PARAMETER_ATTRIBUTES.get(key, key)
        if attribute not in own:
            own[attribute] = [values.get(key) for values in parameters]


def _tool_parameters(text: Any) -> dict[str, str]:  # noqa: ANN401  # any attribute value
    try:
        parameters = text if isinstance(text, dict) else orjson.loads(text)
    except (orjson.JSONDecodeError, TypeError):
        return {}
    if not isinstance(parameters, dict):
        return {}
    return {
        key: value
        for key in TOOL_PARAMETERS_KEPT & parameters.keys()
        if isinstance(value := parameters[key], str) and len(value) <= MAX_TEXT_LENGTH
    }


def _keys(
    group: _Group, own: _Columns, names: Sequence[str | None], resources: _Resources
) -> list[str]:
    """The id of the request or the tool use; without one, a digest of all that the record says."""
    if len(set(names)) == 1:
        for attribute in _IDENTIFIERS.get(names[0] or "", ()):
            identifiers = own.get(attribute)
            if identifiers and all(identifiers):
                return [f"{names[0]}:{identifier}" for identifier in identifiers]
    return [
        _key(name, nanoseconds, row, resources.values[number])
        for name, nanoseconds, row, number in zip(
            names, group.nanoseconds, _rows(own, len(names)), group.resources, strict=True
        )
    ]


def _key(
    name: str | None, nanoseconds: int, own: Mapping[str, Any], resource: Mapping[str, Any]
) -> str:
    for attribute in _IDENTIFIERS.get(name or "", ()):
        if own.get(attribute):
            return f"{name}:{own[attribute]}"
    # A Collector may add to the resource; the session already tells one client from another.
    return digest(name, nanoseconds, own, None if own.get("session.id") else resource)


def _rows(columns: _Columns, count: int) -> Iterator[dict[str, Any]]:
    """One dictionary per row, without what the row does not have."""
    if not columns:
        yield from ({} for _ in range(count))
        return
    keys = tuple(columns)
    is_full = not any(None in values for values in columns.values())
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(keys, values, strict=True))
        yield row if is_full else {key: value for key, value in row.items() if value is not None}


def _rest_column(
    group: _Group, own: _Columns, misfits: Mapping[str, Mapping[int, Any]], resources: _Resources
) -> "pa.Array[Any]":
    """What has no column, or does not fit its column, as JSON."""
    uncolumned = {key: values for key, values in own.items() if key not in _KNOWN}
    if not (uncolumned or resources.has_rest or any(misfits.values())):
        return pa.nulls(len(group.values), pa.string())
    rows = [
        resources.rest[number] | row
        for number, row in zip(group.resources, _rows(uncolumned, len(group.values)), strict=True)
    ]
    for attribute, values in misfits.items():
        for position, value in values.items():
            rows[position][attribute] = value
    return json_column(rows)
