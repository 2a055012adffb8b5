"""Spans to rows of `spans`."""

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from ingestion.otlp.reading.columns import (
    attribute_columns,
    attribute_values,
    json_column,
    repeated,
    take_uncolumned,
    time_column,
    to_bigint,
    without_empty_text,
)
from ingestion.otlp.reading.tables import SPAN_ATTRIBUTES, SPANS

_KNOWN: Final = frozenset(SPAN_ATTRIBUTES.values())
_NANOSECONDS_PER_MILLISECOND: Final = 1_000_000


class SpanBatch:
    """Collects spans and gives them out as one Arrow table."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._rest: list[dict[str, Any]] = []
        self._spans: list[Mapping[str, Any]] = []
        self._started: list[int] = []
        self._ended: list[int] = []
        self._lines: list[int] = []

    def add(self, payload: Mapping[str, Any], line: int) -> int:
        """Take the spans of one export.

        Returns:
            How many spans were left out because they have no id or no start, and thus no day.
        """
        unusable = 0
        for group in payload.get("resourceSpans") or ():
            resource = attribute_values((group.get("resource") or {}).get("attributes") or ())
            resource_rest = take_uncolumned(resource, _KNOWN)
            for scope in group.get("scopeSpans") or ():
                for span in scope.get("spans") or ():
                    started = to_bigint(span.get("startTimeUnixNano") or 0)
                    if not (started and span.get("traceId") and span.get("spanId")):
                        unusable += 1
                        continue
                    own = attribute_values(span.get("attributes") or ())
                    self._rest.append(resource_rest | take_uncolumned(own, _KNOWN))
                    self._rows.append(resource | own)
                    self._spans.append(span)
                    self._started.append(started)
                    self._ended.append(to_bigint(span.get("endTimeUnixNano") or 0) or 0)
                    self._lines.append(line)
        return unusable

    def table(self, source_file: str) -> pa.Table:
        """The collected rows."""
        started_at = time_column(pa.array(self._started, pa.int64()))
        trace_ids = [str(span["traceId"]).lower() for span in self._spans]
        span_ids = [str(span["spanId"]).lower() for span in self._spans]
        columns: dict[str, Any] = {
            "span_key": [
                f"{trace}:{span}" for trace, span in zip(trace_ids, span_ids, strict=True)
            ],
            "date_day": started_at.cast(pa.date32()),
            "trace_id": trace_ids,
            "span_id": span_ids,
            "parent_span_id": [
                str(span.get("parentSpanId") or "").lower() or None for span in self._spans
            ],
            "span_name": [span.get("name") or None for span in self._spans],
            "span_kind": [_enumeration(span.get("kind")) for span in self._spans],
            "started_at": started_at,
            "ended_at": time_column(pa.array(self._ended, pa.int64())),
            "duration_ms": [
                (end - start) / _NANOSECONDS_PER_MILLISECOND if end else None
                for start, end in zip(self._started, self._ended, strict=True)
            ],
            "status_code": [
                _enumeration((span.get("status") or {}).get("code")) for span in self._spans
            ],
            **attribute_columns(self._rows, self._rest, SPAN_ATTRIBUTES),
            "attributes_json": json_column(self._rest),
            "source_file": repeated(source_file, len(self._rows)),
            "source_line": self._lines,
        }
        table = pa.table([columns[name] for name in SPANS.names], schema=SPANS)
        return without_empty_text(table)


def _enumeration(value: Any) -> int:  # noqa: ANN401  # any JSON value
    """Number of an enumeration; the protocol leaves out zero."""
    return value if isinstance(value, int) else 0
