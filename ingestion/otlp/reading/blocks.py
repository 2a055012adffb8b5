"""One block of a telemetry file to rows: what a worker process does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, cast

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.otlp.decode import (
    ROOT_FIELDS,
    SIGNALS,
    Signal,
    UndecodableBodyError,
    decode_json,
    decode_protobuf,
)
from ingestion.otlp.privacy import MAX_TEXT_LENGTH, drop_content
from ingestion.otlp.reading.events import EventBatch
from ingestion.otlp.reading.points import PointBatch
from ingestion.otlp.reading.spans import SpanBatch
from ingestion.otlp.reading.tables import EVENTS, METRIC_POINTS, SPANS
from ingestion.otlp.reading.telemetry_files import LENGTH_BYTES, Block, Form, frame_end

_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"


class _Batch(Protocol):
    def add(self, payload: dict[str, Any], line: int) -> int: ...

    def table(self, source_file: str) -> pa.Table: ...


_SCHEMAS: Final[dict[Signal, pa.Schema]] = {
    "logs": EVENTS,
    "metrics": METRIC_POINTS,
    "traces": SPANS,
}
# Columns that a client does not fill, or may fill with more than a short text.
_FREE_LENGTH: Final = frozenset({"attributes_json", "user_groups", "vcs_repository_url"})
_QUOTED_FIELDS: Final = {signal: f'"{name}"'.encode() for signal, name in ROOT_FIELDS.items()}
_NAME_PATTERNS: Final[dict[Signal, re.Pattern[str]]] = {
    "logs": re.compile("log|event"),
    "metrics": re.compile("metric"),
    "traces": re.compile("trace|span"),
}


class _NotTelemetryError(Exception):
    """An export cannot be read; the text says why."""


@dataclass
class Parsed:
    """Rows of a block. Lines count from 1 at the start of the block.

    Attributes:
        table: The rows.
        lines: Lines, or messages, that were taken.
        rejects: Line and reason of what could not be read.
        waiting_bytes: Length of a half-written end, which was not taken.
    """

    table: pa.Table
    lines: int = 0
    rejects: list[tuple[int, str]] = field(default_factory=list)
    waiting_bytes: int = 0


def empty_table(signal: Signal) -> pa.Table:
    """A table of the signal without rows."""
    return _SCHEMAS[signal].empty_table()


def _batch(signal: Signal) -> _Batch:
    if signal == "logs":
        return EventBatch()
    return PointBatch() if signal == "metrics" else SpanBatch()


def parse_block(block: Block, signal: Signal) -> Parsed:
    """Make the rows of one signal out of a block; exports of other signals are passed over."""
    parsed = _parse(block, signal, is_careful=False)
    if parsed is None:
        parsed = _parse(block, signal, is_careful=True)
        assert parsed is not None  # noqa: S101  # nothing is suspect once content is dropped
    return parsed


def _parse(block: Block, signal: Signal, *, is_careful: bool) -> Parsed | None:
    """Parse a block once.

    Args:
        block: What to parse.
        signal: Which rows to make.
        is_careful: Whether to treat each export as the receiver does before flattening it. A
            batch drops content by itself, but it only looks at attributes without a column.

    Returns:
        The rows; None if an attribute with a column has a value that only the careful way judges.
    """
    data = block.read()
    batch = _batch(signal)
    parsed = Parsed(empty_table(signal))
    for line, export in enumerate(_exports(block, data), start=1):
        if isinstance(export, _HalfWritten):
            parsed.waiting_bytes = export.length
            break
        parsed.lines = line
        try:
            payload = _payload(export, block, signal, is_careful=is_careful)
            unusable = batch.add(payload, line) if payload else 0
        except _NotTelemetryError as error:
            parsed.rejects.append((line, str(error)))
        except (AttributeError, KeyError, TypeError, ValueError):
            parsed.rejects.append((line, "not shaped like an OTLP export"))
        else:
            if unusable:
                parsed.rejects.append((line, f"{unusable} records without a time or an id"))
    parsed.table = batch.table(block.name)
    is_suspect = not is_careful and _has_long_text(parsed.table)
    return None if is_suspect else parsed


def _has_long_text(table: pa.Table) -> bool:
    for column, schema_field in zip(table.columns, table.schema, strict=True):
        if schema_field.type == pa.string() and schema_field.name not in _FREE_LENGTH:
            longest = pc.max(pc.binary_length(column)).as_py()
            if longest is not None and longest > MAX_TEXT_LENGTH:
                return True
    return False


@dataclass(frozen=True)
class _HalfWritten:
    length: int


def _exports(block: Block, data: bytes) -> Iterator[bytes | _HalfWritten]:
    """The single exports of a block."""
    if block.form is Form.LINES:
        *whole, last = data.split(b"\n")
        yield from whole
        if last:
            yield last if _is_whole(last) else _HalfWritten(len(last))
    elif block.form is Form.FRAMES:
        start = 0
        while start < len(data):
            end = frame_end(data, start)
            if end is None:
                yield _HalfWritten(len(data) - start)
                return
            yield data[start + LENGTH_BYTES : end]
            start = end
    else:
        yield data


def _is_whole(line: bytes) -> bool:
    """Whether a line without its end is all there: a cut object never parses."""
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def _payload(
    export: bytes, block: Block, signal: Signal, *, is_careful: bool
) -> dict[str, Any] | None:
    """The export if it has the signal; None if it is blank or of another signal."""
    if export.startswith(_ZSTD_MAGIC):
        try:
            export = pa.input_stream(pa.py_buffer(export), compression="zstd").read()
        except OSError as error:
            raise _NotTelemetryError("corrupt zstd") from error
    if block.form is Form.MESSAGE or (
        block.form is Form.FRAMES and not export.lstrip().startswith(b"{")
    ):
        return _protobuf_payload(export, block.name, signal)
    if _QUOTED_FIELDS[signal] not in export:
        if not export.strip() or any(field in export for field in _QUOTED_FIELDS.values()):
            return None
        raise _NotTelemetryError("not an OTLP export")
    # Only log records are many, and only their batch drops content by itself.
    if signal == "logs" and not is_careful:
        try:
            return cast("dict[str, Any]", orjson.loads(export))
        except orjson.JSONDecodeError:
            pass  # What JavaScript cuts inside a character is worth the lenient decoder.
    try:
        return drop_content(decode_json(export))
    except ValueError as error:
        raise _NotTelemetryError("broken JSON") from error


def _protobuf_payload(message: bytes, name: str, signal: Signal) -> dict[str, Any] | None:
    """Decode a message if it has the signal.

    The name of the file tells the signal, else the content does: the three kinds of export have
    the same outer shape, so a message may decode as another kind, but then it makes no sense.
    """
    named = [kind for kind, pattern in _NAME_PATTERNS.items() if pattern.search(name.lower())]
    kinds = named if len(named) == 1 else SIGNALS
    for kind in kinds:
        try:
            payload = decode_protobuf(kind, message)
        except UndecodableBodyError:
            continue
        if len(named) == 1 or _fits(payload, kind):
            return drop_content(payload) if kind == signal else None
    if signal in kinds:
        raise _NotTelemetryError("broken protobuf")
    return None


def _fits(payload: dict[str, Any], signal: Signal) -> bool:
    """Whether a decoded message has what only its own kind of item has."""
    groups = payload.get(ROOT_FIELDS[signal]) or ()
    if signal == "logs":
        return any(
            record.get("timeUnixNano", "0") != "0" or record.get("observedTimeUnixNano", "0") != "0"
            for group in groups
            for scope in group.get("scopeLogs", ())
            for record in scope.get("logRecords", ())
        )
    if signal == "metrics":
        return any(
            metric.get(kind)
            for group in groups
            for scope in group.get("scopeMetrics", ())
            for metric in scope.get("metrics", ())
            for kind in ("sum", "gauge", "histogram", "exponentialHistogram", "summary")
        )
    return any(
        len(span.get("traceId", "")) == 2 * 16 and len(span.get("spanId", "")) == 2 * 8
        for group in groups
        for scope in group.get("scopeSpans", ())
        for span in scope.get("spans", ())
    )
