"""Rows about the files themselves; the telemetry is flattened in `ingestion.otlp.reading`."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pyarrow as pa

from ingestion.otlp.reading.columns import digest
from ingestion.otlp.reading.reader import Reject

from .declaration import REJECTED_LINES


def rejected_rows(rejects: Iterable[Reject]) -> pa.Table:
    """One row per line, message or file that could not be read."""
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = [
        {
            "reject_key": digest(reject.file, reject.line, reject.reason),
            "date_day": now.date(),
            "source_file": reject.file,
            "source_line": reject.line,
            "reason": reject.reason,
            "rejected_at": now,
        }
        for reject in rejects
    ]
    return pa.Table.from_pylist(rows, schema=REJECTED_LINES)
