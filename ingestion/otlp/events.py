"""Log records to rows of `events`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson
import pyarrow as pa

from ingestion.otlp.attributes import attribute_values, digest, take_uncolumned
from ingestion.otlp.columns import attribute_columns, json_column, repeated, time_column
from ingestion.otlp.privacy import MAX_TEXT_LENGTH, TOOL_PARAMETERS_KEPT, event_name_of_body
from ingestion.otlp.tables import EVENT_ATTRIBUTES, EVENTS

# Read for the name, the time or a column of another name, so they are not repeated as JSON.
_CONSUMED: Final = frozenset({"event.name", "event.timestamp"})
_KNOWN: Final = frozenset(EVENT_ATTRIBUTES.values()) | _CONSUMED
_TOOL_EVENTS: Final = frozenset({"tool_result", "tool_decision"})
_PREFIX: Final = "claude_code."
# Where an attribute has its own name for what another column holds.
_PARAMETER_ATTRIBUTES: Final = {
    "mcp_server_name": "mcp_server.name",
    "mcp_tool_name": "mcp_tool.name",
    "skill_name": "skill.name",
}
_ALIASES: Final = {
    "source": "decision_source",
    "vcs.ref.head.revision": "git_commit_id",
    "vcs.ref.head.name": "git_branch",
}


class EventBatch:
    """Collects log records and gives them out as one Arrow table."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._rest: list[dict[str, Any]] = []
        self._keys: list[str] = []
        self._names: list[str | None] = []
        self._nanoseconds: list[int] = []
        self._lines: list[int] = []

    def add(self, payload: Mapping[str, Any], line: int) -> int:
        """Take the log records of one export.

        Returns:
            How many records were left out because they have no time and thus no day.
        """
        timeless = 0
        for group in payload.get("resourceLogs") or ():
            resource = attribute_values((group.get("resource") or {}).get("attributes") or ())
            resource_rest = take_uncolumned(resource, _KNOWN)
            for scope in group.get("scopeLogs") or ():
                for record in scope.get("logRecords") or ():
                    own = attribute_values(record.get("attributes") or ())
                    nanoseconds = _nanoseconds(record, own)
                    if not nanoseconds:
                        timeless += 1
                        continue
                    _resolve_aliases(own)
                    rest = take_uncolumned(own, _KNOWN)
                    name = _event_name(record, own)
                    self._keys.append(_event_key(name, nanoseconds, own, resource))
                    self._names.append(name)
                    self._nanoseconds.append(nanoseconds)
                    self._rows.append(resource | own)
                    self._rest.append(resource_rest | rest)
                    self._lines.append(line)
        return timeless

    def table(self, source_file: str) -> pa.Table:
        """The collected rows."""
        nanoseconds = pa.array(self._nanoseconds, pa.int64())
        event_at = time_column(nanoseconds)
        columns = {
            "event_key": pa.array(self._keys, pa.string()),
            "date_day": event_at.cast(pa.date32()),
            "event_name": pa.array(self._names, pa.string()),
            "event_at": event_at,
            "time_unix_nano": nanoseconds,
            **attribute_columns(self._rows, self._rest, EVENT_ATTRIBUTES),
            "attributes_json": json_column(self._rest),
            "source_file": repeated(source_file, len(self._rows)),
            "source_line": pa.array(self._lines, pa.int64()),
        }
        return pa.table([columns[name] for name in EVENTS.names], schema=EVENTS)


def _nanoseconds(record: Mapping[str, Any], own: Mapping[str, Any]) -> int:
    for field in ("timeUnixNano", "observedTimeUnixNano"):
        if nanoseconds := int(record.get(field) or 0):
            return nanoseconds
    try:
        moment = datetime.fromisoformat(own["event.timestamp"])
    except (KeyError, TypeError, ValueError):
        return 0
    return int(moment.timestamp() * 1_000_000) * 1000 if moment.tzinfo else 0


def _resolve_aliases(own: dict[str, Any]) -> None:
    if "tool_parameters" in own:
        for key, value in _tool_parameters(own.pop("tool_parameters")).items():
            own.setdefault(_PARAMETER_ATTRIBUTES.get(key, key), value)
    for alias, attribute in _ALIASES.items():
        if alias in own and attribute not in own:
            own[attribute] = own.pop(alias)


def _tool_parameters(text: Any) -> dict[str, Any]:  # noqa: ANN401  # any attribute value
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


def _event_name(record: Mapping[str, Any], own: Mapping[str, Any]) -> str | None:
    name = own.get("event.name") or record.get("eventName")
    if not name:
        name = event_name_of_body(record.get("body"))
    return str(name).removeprefix(_PREFIX) if name else None


def _event_key(
    name: str | None, nanoseconds: int, own: Mapping[str, Any], resource: Mapping[str, Any]
) -> str:
    """The id of the request or the tool use; without one, a digest of all that the record says."""
    if name == "api_request":
        if identifier := own.get("request_id") or own.get("client_request_id"):
            return f"{name}:{identifier}"
    elif name in _TOOL_EVENTS and (identifier := own.get("tool_use_id")):
        return f"{name}:{identifier}"
    # A Collector may add to the resource; the session already tells one client from another.
    context = None if own.get("session.id") else resource
    return digest(name, nanoseconds, own, context)
