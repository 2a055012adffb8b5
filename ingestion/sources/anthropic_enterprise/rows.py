"""What of an answer is not a plain list of flat records."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ingestion.http.dialect import ApiError
from ingestion.http.endpoints import RowFunction, Sink

# Editions A and B had the first two only; what comes after these four stays JSON.
OFFICE_APPS: Final = ("excel", "powerpoint", "word", "outlook")


def summaries(payload: Mapping[str, Any]) -> Sequence[Any]:
    """The list of days, which editions name differently."""
    days = payload.get("data", payload.get("summaries"))
    if not isinstance(days, list):
        raise ApiError("the answer has neither a list of data nor of summaries")
    return days


def office_rows(table: str) -> RowFunction:
    """Rows of a table with a map of office applications; those it has no columns for stay JSON.

    Args:
        table: Name of the raw table.
    """

    def rows(record: Mapping[str, Any], sink: Sink) -> None:
        apps = record.get("office_metrics") or {}
        if not isinstance(apps, dict):
            raise ApiError("the field office_metrics is no map")
        known = {app: metrics for app, metrics in apps.items() if app in OFFICE_APPS}
        other = {app: metrics for app, metrics in apps.items() if app not in OFFICE_APPS}
        sink.add(table, {**record, "office_metrics": known, "other_office_metrics": other or None})

    return rows
