"""The rival of the telemetry reader: DuckDB's `read_json` giving the same typed table."""

from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from ingestion.otlp.reading.tables import EVENT_ATTRIBUTES, EVENTS

_VALUE: Final = (
    "struct(stringValue varchar, intValue varchar, doubleValue varchar, boolValue varchar)"
)
_ATTRIBUTES: Final = f"struct(key varchar, value {_VALUE})[]"
_RECORD: Final = (
    f"struct(timeUnixNano varchar, body struct(stringValue varchar), attributes {_ATTRIBUTES})"
)
_EXPORT: Final = (
    f"struct(resource struct(attributes {_ATTRIBUTES}),"
    f" scopeLogs struct(logRecords {_RECORD}[])[])[]"
)
# Where clients of today put an attribute; looking in one place only spares the rival work.
_ON_RESOURCE: Final = frozenset(
    {
        "department",
        "team.id",
        "cost_center",
        "host.arch",
        "os.type",
        "os.version",
        "service.name",
        "service.version",
    }
)
_TYPES: Final = {pa.int64(): "bigint", pa.float64(): "double", pa.bool_(): "boolean"}


def queries(directory: Path) -> dict[str, str]:
    """Queries that give the columns of `events` out of the spool files of a directory.

    All leave out what only our reader does: the digest where there is no id, the JSON of other
    attributes, tool parameters, precedence of the record over its resource, content, bad lines.
    """
    return {
        "list positions": _by_position(directory),
        "maps": _by_map(directory),
        "list filters": _by_filter(directory),
    }


def to_table(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """Keep the rows in a table of the database."""
    connection.execute(f"create temp table events as {query}")
    return connection.table("events").shape[0]


def to_arrow(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """Keep the rows as one Arrow table."""
    return connection.execute(query).to_arrow_table().num_rows


def to_batches(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """Hand the rows out in batches, as our reader does."""
    return sum(batch.num_rows for batch in connection.execute(query).to_arrow_reader(100_000))


SINKS: Final = {"a table": to_table, "Arrow": to_arrow, "Arrow batches": to_batches}


def run(query: str, sink: str, threads: int) -> int:
    """Run a query and return the number of rows."""
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {threads}")
        connection.execute("set preserve_insertion_order = false")
        return SINKS[sink](connection, query)


def _records(directory: Path) -> str:
    return f"""
        lines as (
            select unnest(resourceLogs) as export, filename
            from read_json(
                '{directory}/*.jsonl',
                format = 'newline_delimited',
                columns = {{'resourceLogs': '{_EXPORT}'}},
                filename = true,
                maximum_object_size = 67108864
            )
        ),
        scopes as (
            select
                export.resource.attributes as resource, unnest(export.scopeLogs) as scope, filename
            from lines
        ),
        records as (
            select resource, unnest(scope.logRecords) as record, filename
            from scopes
        )
    """


def _text(value: str) -> str:
    return (
        f"coalesce({value}.stringValue, {value}.intValue, {value}.doubleValue, {value}.boolValue)"
    )


def _select(directory: Path, prepared: str, own: str, resource: str) -> str:
    """The typed columns; `own` and `resource` give the text of an attribute named `{}`."""

    def attribute(name: str) -> str:
        place = resource if name in _ON_RESOURCE else own
        return place.replace("{}", name)

    def column(name: str, source: str) -> str:
        text = attribute(source)
        if name == "decision_source":
            text = f"coalesce({text}, {attribute('source')})"
        target = _TYPES.get(EVENTS.field(name).type)
        return f"{text} as {name}" if target is None else f"try_cast({text} as {target}) as {name}"

    columns = ",\n".join(column(name, source) for name, source in EVENT_ATTRIBUTES.items())
    name = attribute("event.name")
    identifier = f"coalesce({attribute('request_id')}, {attribute('tool_use_id')})"
    return f"""
        with {_records(directory)}, prepared as (select *, {prepared} from records)
        select
            coalesce({name}, record.body.stringValue) || ':' || {identifier} as event_key,
            cast(make_timestamp(cast(record.timeUnixNano as bigint) // 1000) as date) as date_day,
            coalesce({name}, record.body.stringValue) as event_name,
            make_timestamp(cast(record.timeUnixNano as bigint) // 1000) as event_at,
            cast(record.timeUnixNano as bigint) as time_unix_nano,
            {columns},
            filename as source_file
        from prepared
    """


def _by_position(directory: Path) -> str:
    prepared = ", ".join(
        f"list_transform({place}, lambda item: item.key) as {name}_keys,"
        f" list_transform({place}, lambda item: {_text('item.value')}) as {name}_values"
        for name, place in (("own", "record.attributes"), ("resource", "resource"))
    )
    own, resource = (
        f"{name}_values[list_position({name}_keys, '{{}}')]" for name in ("own", "resource")
    )
    return _select(directory, prepared, own, resource)


def _by_map(directory: Path) -> str:
    prepared = ", ".join(
        f"map_from_entries(list_transform({place}, lambda item:"
        f" struct_pack(k := item.key, v := {_text('item.value')}))) as {name}_map"
        for name, place in (("own", "record.attributes"), ("resource", "resource"))
    )
    return _select(directory, prepared, "own_map['{}']", "resource_map['{}']")


def _by_filter(directory: Path) -> str:
    own, resource = (
        _text(f"list_filter({place}, lambda item: item.key = '{{}}')[1].value")
        for place in ("record.attributes", "resource")
    )
    return _select(directory, "1 as one", own, resource)
