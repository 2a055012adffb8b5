"""Claude Code telemetry from spool and Collector files, loaded as one dlt source."""

import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import dlt
import pyarrow as pa
from dlt.extract import DltSource
from dlt.sources import DltResource

from ingestion.landing import MERGE, RAW_CONTRACT
from ingestion.otlp.decode import Signal
from ingestion.otlp.reading.reader import Chunk, Reject, read_files
from ingestion.otlp.reading.telemetry_files import TelemetryFile, find_files

from .bookmarks import Bookmarks
from .declaration import SOURCE
from .rows import rejected_rows

__all__ = ["claude_code_otel", "open_files"]

logger = logging.getLogger(__name__)

SIGNALS: Final[dict[str, Signal]] = {
    "events": "logs",
    "metric_points": "metrics",
    "spans": "traces",
}
# Enough to spread the cost of a load, little enough to merge within a gigabyte of memory.
MAX_LOAD_ROWS: Final = 250_000

# The spool keeps one signal per file and says which; other writers may mix them.
_SPOOL_FILE: Final = re.compile(r"(logs|metrics|traces)-\d{8}T\d+-.*\.jsonl")


@dlt.source(name="claude_code_otel", max_table_nesting=0, schema_contract=RAW_CONTRACT)
def claude_code_otel(
    paths: Sequence[Path], max_load_rows: int = MAX_LOAD_ROWS
) -> Iterator[DltResource]:
    """Events, metric points and spans of telemetry files.

    A load ends when it has `max_load_rows` rows of a table and says so in its state, and `land`
    starts another. That bounds memory, and a kill costs no more than one such load.

    Args:
        paths: Directories or files: the spool, and what OpenTelemetry Collectors wrote.
        max_load_rows: Rows of a table after which a load ends.
    """
    rejects: list[Reject] = []
    failed: set[Path] = set()

    def read(signal: Signal) -> Iterator[pa.Table]:
        state = dlt.current.resource_state()
        state["has_more"] = False
        bookmarks = Bookmarks(state)
        files = [file for file in find_files(paths) if _may_hold(file, signal)]
        # A file that failed is tried again by the next landing, not by its next load.
        parts = [part for part in bookmarks.unread(files) if part.file.path not in failed]
        row_count = 0
        for chunk in read_files(parts, signal):
            _report(chunk)
            rejects.extend(chunk.rejects)
            bookmarks.advance(chunk)
            if chunk.is_failed:
                failed.add(chunk.file.path)
            if chunk.table.num_rows:
                row_count += chunk.table.num_rows
                yield chunk.table
            if row_count >= max_load_rows and (chunk.is_end or chunk.is_appendable):
                state["has_more"] = True
                break
        bookmarks.save()

    def read_rejects() -> Iterator[pa.Table]:
        if rejects:
            yield rejected_rows(rejects)
            rejects.clear()

    for table, signal in SIGNALS.items():
        yield dlt.resource(
            read, name=table, write_disposition=MERGE, primary_key=SOURCE.schemas[table].names[0]
        )(signal)
    # Last: resources are read in this order.
    yield dlt.resource(
        read_rejects,
        name="rejected_lines",
        write_disposition=MERGE,
        primary_key=SOURCE.schemas["rejected_lines"].names[0],
    )


def _may_hold(file: TelemetryFile, signal: Signal) -> bool:
    spooled = _SPOOL_FILE.fullmatch(file.path.name)
    return spooled is None or spooled[1] == signal


def _report(chunk: Chunk) -> None:
    for reject in chunk.rejects:
        where = reject.file if reject.line is None else f"{reject.file}, line {reject.line}"
        logger.warning("not read: %s: %s", where, reject.reason)
    if chunk.waiting_bytes:
        logger.warning(
            "%s ends in a half-written line of %s bytes; left for the next run",
            chunk.file.name,
            chunk.waiting_bytes,
        )


def open_files(paths: Sequence[Path], _period: str | None = None) -> DltSource:
    """The source over paths; each row tells its own day."""
    source: DltSource = claude_code_otel(paths)
    return source
