"""What the loader reads of the bodies and session logs, beside the truth."""

from pathlib import Path

import duckdb
import pyarrow as pa

from demo.posting import Body
from ingestion.otlp.decode import Signal
from ingestion.otlp.reading.reader import FilePart, read_files
from ingestion.otlp.reading.telemetry_files import find_files
from ingestion.sources.claude_code_logs.batches import Unread, read_batches
from ingestion.sources.claude_code_logs.client import find_transcripts
from tests.ingestion.claude_code_logs.transcripts import rows_in

_SIGNALS: tuple[tuple[Signal, str], ...] = (("logs", "events"), ("metrics", "points"))


def connect_landed(out: Path, sent: list[Body], scratch: Path) -> duckdb.DuckDBPyConnection:
    """Connect to `events`, `points`, `usage_lines` and the tables of the truth.

    Args:
        out: Directory of the organisation.
        sent: Bodies of its clients.
        scratch: Directory for files of them, which the loader reads.
    """
    connection = duckdb.connect()
    for file in (out / "truth").glob("*.parquet"):
        connection.execute(f"create view {file.stem} as from '{file}'")
    for signal, table in _SIGNALS:
        connection.register(table, _read(signal, sent, scratch / f"{signal}.jsonl"))
    unread: list[Unread] = [
        (transcript, None) for transcript in find_transcripts(out / "files/logs")
    ]
    rows = scratch / "rows"
    rows.mkdir()
    batches = list(read_batches(unread, rows))
    assert not [batch.rejected for batch in batches if batch.rejected]
    (rows / "none.json").touch()
    files = [rows / "none.json", *(batch.file for batch in batches)]
    rows_in(connection, files).create("usage_lines")
    return connection


def assert_same(
    connection: duckdb.DuckDBPyConnection, found: str, expected: str, *, may_be_empty: bool = False
) -> None:
    """Compare the rows of two queries; there must be something to compare."""
    rows = connection.execute(expected).fetchall()
    assert rows or may_be_empty
    assert connection.execute(found).fetchall() == rows


def _read(signal: Signal, sent: list[Body], path: Path) -> pa.Table:
    lines = [body.body for body in sent if body.path == f"/v1/{signal}"]
    path.write_bytes(b"\n".join(lines) + b"\n")
    chunks = list(read_files([FilePart(file) for file in find_files([path])], signal))
    assert not [chunk.rejects for chunk in chunks if chunk.rejects]
    return pa.concat_tables([chunk.table for chunk in chunks])
