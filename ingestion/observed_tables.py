"""The tables of what each load saw."""

from typing import Final

import pyarrow as pa

from ingestion.observed_days import DATASET

__all__ = ["DATASET", "RAW_TABLES"]

_COLUMNS: Final["dict[str, pa.DataType]"] = {
    "source_id": pa.string(),
    "table_name": pa.string(),
    "date_day": pa.date32(),
    "observed_at": pa.timestamp("us"),
    "status": pa.string(),
    "row_count": pa.int64(),
    "measures_json": pa.string(),
    "load_id": pa.string(),
    "content_hash": pa.string(),
}
_MEASURE_COLUMNS: Final["dict[str, pa.DataType]"] = {
    "source_id": pa.string(),
    "table_name": pa.string(),
    "date_day": pa.date32(),
    "observed_at": pa.timestamp("us"),
    "load_id": pa.string(),
    "measure_name": pa.string(),
    "measure_value": pa.decimal128(28, 10),
}
RAW_TABLES: Final[dict[str, pa.Schema]] = {
    "observed_days": pa.schema(_COLUMNS),
    "observed_measures": pa.schema(_MEASURE_COLUMNS),
}
