"""The table in which a source notes what each asking said."""

from typing import Final

import pyarrow as pa

from .rows import COUNT, DAY, MOMENT, TEXT

PULLS: Final = "pulls"

# One row per table, day and asking; the source of `raw_ingestion.observed_days`.
_PULLS_COLUMNS: Final[dict[str, pa.DataType]] = {
    "pull_key": TEXT,
    "table_name": TEXT,
    "date_day": DAY,
    "status": TEXT,
    "reason": TEXT,
    "pulled_at": MOMENT,
    "data_refreshed_at": MOMENT,
    "row_count": COUNT,
    "request_json": TEXT,
    "unknown_fields": TEXT,
}
PULLS_SCHEMA: Final = pa.schema(_PULLS_COLUMNS)
