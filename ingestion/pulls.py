"""The table in which a source notes what each asking said."""

from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pyarrow as pa

PULLS: Final = "pulls"

# One row per table, day and asking; the source of `raw_ingestion.observed_days`.
PULLS_TYPES: Final = {
    "pull_key": "string",
    "table_name": "string",
    "date_day": "date32",
    "status": "string",
    "reason": "string",
    "pulled_at": "timestamp[us]",
    "data_refreshed_at": "timestamp[us]",
    "row_count": "int64",
    "request_json": "string",
    "unknown_fields": "string",
}


@cache
def pulls_schema() -> "pa.Schema":
    """Its columns."""
    import pyarrow as pa

    types: Any = PULLS_TYPES  # the stubs know literal names alone
    return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in types.items()])
