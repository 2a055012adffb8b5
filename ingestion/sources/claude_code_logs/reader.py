"""Lands usage that Claude Code wrote into its local session logs.

Rows, marks and what was observed are written in one transaction of the warehouse, without dlt
(docs/decisions/0016): a landing that dies has written all of them or none. What only reading needs
is imported when there is something to read.
"""

import logging
import shutil
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingestion.raw_tables import LandingResult, open_with_raw_tables

from .client import Transcript, find_transcripts
from .declaration import MEASURES
from .marks import key_of, load_marks, save_marks

if TYPE_CHECKING:
    import duckdb

    from .batches import Batch, Rejected

SOURCE_ID: Final = "claude_code_logs"
_TABLE: Final = "usage_lines"
_RELATION: Final = f"raw_{SOURCE_ID}.{_TABLE}"

logger = logging.getLogger(__name__)


def land(
    paths: Sequence[Path], database: Path, working_dir: Path, now: datetime | None = None
) -> LandingResult:
    """Land the usage records that transcripts hold and that were not read before.

    Args:
        paths: Directories to search, or single files.
        database: The warehouse file; nobody else may have it open.
        working_dir: Directory of loaders; what is on its way to the warehouse waits there.
        now: UTC moment, without zone, that the days count as observed at; the clock's if left out.

    Raises:
        FileNotFoundError: There is nothing at one of the paths.
    """
    transcripts: dict[str, Transcript] = {}
    roots: dict[str, str] = {}
    for path in paths:
        found = find_transcripts(path)
        if not found:
            logger.warning("no transcripts beneath %s", path)
        root = key_of(str(path.resolve()))
        for transcript in found:
            key = key_of(transcript.path)
            transcripts[key], roots[key] = transcript, root
    searched = {key_of(str(path.resolve())) for path in paths}
    with open_with_raw_tables(database) as connection:
        marks = load_marks(connection)
        unread = [
            (transcript, marks.read.get(key))
            for key, transcript in transcripts.items()
            if not transcript.is_unchanged(marks.read.get(key))
        ]
        gone = [
            key for key, root in marks.roots.items() if root in searched and key not in transcripts
        ]
        if not unread and not gone:
            return LandingResult(SOURCE_ID, {_TABLE: 0}, ())

        from .batches import read_batches

        # What a landing that died has left of its rows; also packages of dlt by older releases.
        shutil.rmtree(working_dir / SOURCE_ID, ignore_errors=True)
        load_id = f"{time.time():.6f}"
        # A name that no other has: processes of a landing that died may still write to theirs.
        scratch = working_dir / SOURCE_ID / load_id
        scratch.mkdir(parents=True)
        batches = list(read_batches(unread, scratch))
        for batch in batches:
            _report(batch)
        connection.begin()
        _forget_dlt(connection)
        count = _write(connection, [batch.file for batch in batches], load_id, now)
        read = {key_of(each.path): mark for batch in batches for each, mark in batch.marks}
        save_marks(connection, read, roots, gone, scratch / "marks.json")
        connection.commit()
    shutil.rmtree(working_dir / SOURCE_ID)
    return LandingResult(SOURCE_ID, {_TABLE: count}, (load_id,) if count else ())


def _write(
    connection: "duckdb.DuckDBPyConnection",
    files: Sequence[Path],
    load_id: str,
    now: datetime | None,
) -> int:
    """Write rows in the place of those of the same key, and what is observed of their days."""
    from ingestion.observed_days import ObservedTable, days_with_rows, observe

    from .batches import select_rows

    if not files:
        return 0
    described = connection.execute(f"describe {_RELATION}").fetchall()
    types = {name: kind for name, kind, *_ in described if not name.startswith("_dlt_")}
    # No parameters: for the first of a process DuckDB imports pandas, which takes half a second.
    inserted = connection.execute(
        f"insert into {_RELATION} by name select *, '{load_id}' as _dlt_load_id "  # noqa: S608  # constants
        f"from ({select_rows(files, types)})"
    ).fetchone()
    connection.execute(
        f"""
        delete from {_RELATION}
        where
            _dlt_load_id is distinct from '{load_id}'
            and line_key in (select line_key from {_RELATION} where _dlt_load_id = '{load_id}')
        """  # noqa: S608  # constants
    )
    count = int(inserted[0]) if inserted else 0
    if count:
        table = ObservedTable(
            _TABLE, _RELATION, tuple(types), {name: name for name in MEASURES},
            days_with_rows(_RELATION),
        )  # fmt: skip
        observe(connection, SOURCE_ID, [table], [load_id], now)
    return count


def _forget_dlt(connection: "duckdb.DuckDBPyConnection") -> None:
    """Drop what dlt kept in homes of older releases, whose files are read once more."""
    for table in ("_dlt_loads", "_dlt_pipeline_state", "_dlt_version"):
        connection.execute(f"drop table if exists raw_{SOURCE_ID}.{table}")
    connection.execute(f"drop schema if exists raw_{SOURCE_ID}_staging cascade")


def _report(batch: "Batch") -> None:
    for path, reason in batch.unreadable:
        logger.warning("cannot read %s: %s; tried again next time", path, reason)
    by_path: dict[str, list[Rejected]] = {}
    for rejected in batch.rejected:
        by_path.setdefault(rejected.path, []).append(rejected)
    for path, lines in by_path.items():
        logger.warning(
            "%s: %d lines left out, the first at byte %d: %s",
            path,
            len(lines),
            lines[0].offset,
            lines[0].reason,
        )
