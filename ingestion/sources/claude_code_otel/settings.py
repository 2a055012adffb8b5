"""Constants of the telemetry source: tables, key measures, contract."""

from typing import Any, Final

import pyarrow as pa
from dlt.common.schema.typing import TDeleteInsertStrategyDict, TSchemaContractDict

from ingestion.otlp.decode import Signal
from ingestion.otlp.reading.tables import EVENTS, METRIC_POINTS, SPANS

DATASET: Final = "raw_claude_code_otel"

_REJECTED_LINES: Final["list[pa.Field[Any]]"] = [
    pa.field("reject_key", pa.string(), nullable=False),
    pa.field("date_day", pa.date32()),
    pa.field("source_file", pa.string()),
    pa.field("source_line", pa.int64()),
    pa.field("reason", pa.string()),
    pa.field("rejected_at", pa.timestamp("us")),
]

# The first column of each is its key.
RAW_TABLES: Final[dict[str, pa.Schema]] = {
    "events": EVENTS,
    "metric_points": METRIC_POINTS,
    "spans": SPANS,
    "rejected_lines": pa.schema(_REJECTED_LINES),
}
SIGNALS: Final[dict[str, Signal]] = {
    "events": "logs",
    "metric_points": "metrics",
    "spans": "traces",
}

# Tables whose days are observed, and what is summed per day into raw_ingestion.observed_days.
MEASURES: Final[dict[str, tuple[str, ...]]] = {
    "events": (
        "input_tokens",
        "output_tokens",
        "cache_read_tokens",
        "cache_creation_tokens",
        "cost_usd",
    ),
    "metric_points": ("value",),
    "spans": ("duration_ms",),
}

# Only delete-insert neither loses nor doubles rows when the process dies between a copy and its
# bookkeeping; the copy is then repeated into the staging table, so that must be deduplicated.
MERGE: Final[TDeleteInsertStrategyDict] = {"disposition": "merge", "strategy": "delete-insert"}
RAW_CONTRACT: Final[TSchemaContractDict] = {
    "tables": "evolve",
    "columns": "evolve",
    "data_type": "freeze",
}
# Enough to spread the cost of a load, little enough to merge within a gigabyte of memory.
MAX_LOAD_ROWS: Final = 250_000
