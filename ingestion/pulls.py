"""The table in which a source notes what each asking said."""

from typing import Final

import pyarrow as pa

PULLS: Final = "pulls"

# One row per table, day and asking; the source of `raw_ingestion.observed_days`.
_PULLS_COLUMNS: Final[dict[str, pa.DataType]] = {
    "pull_key": pa.string(),
    "table_name": pa.string(),
    "date_day": pa.date32(),
    "status": pa.string(),
    "reason": pa.string(),
    "pulled_at": pa.timestamp("us"),
    "data_refreshed_at": pa.timestamp("us"),
    "row_count": pa.int64(),
    "request_json": pa.string(),
    "unknown_fields": pa.string(),
}
PULLS_SCHEMA: Final = pa.schema(_PULLS_COLUMNS)
