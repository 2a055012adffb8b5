"""Metric data points to rows of `metric_points`."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pyarrow as pa

from ingestion.otlp.reading.columns import (
    attribute_columns,
    attribute_values,
    digest,
    json_column,
    repeated,
    take_uncolumned,
    time_column,
    to_bigint,
    to_double,
    without_empty_text,
)
from ingestion.otlp.reading.tables import METRIC_POINTS, POINT_ATTRIBUTES

_KNOWN: Final = frozenset(POINT_ATTRIBUTES.values())
_KINDS: Final = ("sum", "gauge", "histogram", "exponentialHistogram", "summary")
_NO_RECORDED_VALUE: Final = 1
# What a distribution has beside its sum; kept as JSON, no model reads it yet.
_DISTRIBUTION_FIELDS: Final = ("count", "min", "max", "bucketCounts", "explicitBounds")
_OWN_COLUMNS: Final = (
    "point_key",
    "metric_name",
    "metric_kind",
    "unit",
    "temporality",
    "is_monotonic",
    "series_key",
    "start_time_unix_nano",
    "time_unix_nano",
    "value",
    "source_line",
)


class PointBatch:
    """Collects data points and gives them out as one Arrow table."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._rest: list[dict[str, Any]] = []
        self._own: dict[str, list[Any]] = {name: [] for name in _OWN_COLUMNS}

    def add(self, payload: Mapping[str, Any], line: int) -> int:
        """Take the data points of one export.

        Returns:
            How many points were left out because they have no time and thus no day.
        """
        timeless = 0
        for group in payload.get("resourceMetrics") or ():
            resource = attribute_values((group.get("resource") or {}).get("attributes") or ())
            resource_rest = take_uncolumned(resource, _KNOWN)
            for scoped in group.get("scopeMetrics") or ():
                scope = scoped.get("scope") or {}
                context = (resource, scope.get("name"), scope.get("version"))
                for metric in scoped.get("metrics") or ():
                    for kind, data, point in _points(metric):
                        if not to_bigint(point.get("timeUnixNano") or 0):
                            timeless += 1
                            continue
                        own = attribute_values(point.get("attributes") or ())
                        rest = resource_rest | take_uncolumned(own, _KNOWN)
                        rest |= {key: point[key] for key in _DISTRIBUTION_FIELDS if key in point}
                        self._append(context, metric, kind, data, point, own, line)
                        self._rows.append(resource | own)
                        self._rest.append(rest)
        return timeless

    def _append(
        self,
        context: tuple[Any, ...],
        metric: Mapping[str, Any],
        kind: str,
        data: Mapping[str, Any],
        point: Mapping[str, Any],
        own: Mapping[str, Any],
        line: int,
    ) -> None:
        series = digest(*context, metric.get("name"), own)
        started = to_bigint(point.get("startTimeUnixNano") or 0)
        ended = to_bigint(point["timeUnixNano"])
        temporality = data.get("aggregationTemporality")
        values = (
            digest(series, started, ended),
            metric.get("name"),
            kind,
            metric.get("unit") or None,
            temporality if isinstance(temporality, int) else None,
            bool(data.get("isMonotonic", False)) if kind == "sum" else None,
            series,
            started,
            ended,
            to_double(point.get("asDouble", point.get("asInt", point.get("sum")))),
            line,
        )
        for column, value in zip(self._own.values(), values, strict=True):
            column.append(value)

    def table(self, source_file: str) -> pa.Table:
        """The collected rows."""
        own = {
            name: pa.array(values, METRIC_POINTS.field(name).type)
            for name, values in self._own.items()
        }
        point_at = time_column(own["time_unix_nano"])
        columns = {
            **own,
            "date_day": point_at.cast(pa.date32()),
            "start_at": time_column(own["start_time_unix_nano"]),
            "point_at": point_at,
            **attribute_columns(self._rows, self._rest, POINT_ATTRIBUTES),
            "attributes_json": json_column(self._rest),
            "source_file": repeated(source_file, len(self._rows)),
        }
        table = pa.table([columns[name] for name in METRIC_POINTS.names], schema=METRIC_POINTS)
        return without_empty_text(table)


def _points(
    metric: Mapping[str, Any],
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Kind, data and point of each data point that has a value."""
    for kind in _KINDS:
        data = metric.get(kind)
        if data is not None:
            for point in data.get("dataPoints") or ():
                if not int(point.get("flags") or 0) & _NO_RECORDED_VALUE:
                    yield kind, data, point
