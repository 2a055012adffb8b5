"""Usage that Claude Code wrote into its local session logs, loaded as one dlt source."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import dlt
import pyarrow as pa
from dlt.common.schema.typing import TSchemaContractDict
from dlt.sources import DltResource

from .batches import Batch, Rejected, read_batches
from .client import Transcript, find_transcripts
from .marks import Marks, pack, unpack

__all__ = ["claude_code_logs"]

logger = logging.getLogger(__name__)

RAW_CONTRACT: Final[TSchemaContractDict] = {
    "tables": "evolve",
    "columns": "evolve",
    "data_type": "freeze",
}


@dlt.source(name="claude_code_logs", max_table_nesting=0, schema_contract=RAW_CONTRACT)
def claude_code_logs(paths: Sequence[Path]) -> Iterator[DltResource]:
    """Usage records of local session logs.

    Args:
        paths: Directories to search, or single files.

    Raises:
        FileNotFoundError: There is nothing at one of the paths.
    """
    transcripts: dict[str, Transcript] = {}
    for path in paths:
        found = find_transcripts(path)
        if not found:
            logger.warning("no transcripts beneath %s", path)
        transcripts |= {transcript.path: transcript for transcript in found}

    @dlt.resource(
        name="usage_lines",
        # Keys are made unique here, so the merge need not rank the rows of each key.
        write_disposition={
            "disposition": "merge",
            "strategy": "delete-insert",
            "deduplicated": True,
        },
        primary_key="line_key",
    )
    def usage_lines() -> Iterator[pa.Table]:
        state: dict[str, str] = dlt.current.resource_state()
        marks = unpack(state.get("marks", ""))
        unread = []
        for transcript in transcripts.values():
            mark = marks.get(transcript.directory, {}).get(transcript.name)
            if not transcript.is_unchanged(mark):
                unread.append((transcript, mark))
        landed: set[str] = set()
        for batch in read_batches(unread):
            _report(batch)
            for transcript, mark in batch.marks:
                marks.setdefault(transcript.directory, {})[transcript.name] = mark
            table = _without(landed, batch.table)
            if table.num_rows:
                yield table
        _forget_deleted(marks, transcripts.values(), [path.resolve() for path in paths])
        state["marks"] = pack(marks)

    yield usage_lines


def _without(landed: set[str], table: pa.Table) -> pa.Table:
    """Drop the rows whose key has landed, and remember the rest."""
    keys = [str(key) for key in table.column("line_key").to_pylist()]
    is_new = pa.array([key not in landed for key in keys], pa.bool_())
    landed.update(keys)
    return table.filter(is_new)


def _forget_deleted(marks: Marks, listed: Iterable[Transcript], roots: Sequence[Path]) -> None:
    """Drop the marks of transcripts that are gone, so that the state grows no further than they."""
    kept = {(transcript.directory, transcript.name) for transcript in listed}
    for directory in [name for name in marks if _is_beneath(Path(name), roots)]:
        names = marks[directory]
        for name in [name for name in names if (directory, name) not in kept]:
            del names[name]
        if not names:
            del marks[directory]


def _is_beneath(directory: Path, roots: Sequence[Path]) -> bool:
    return any(directory.is_relative_to(root) for root in roots)


def _report(batch: Batch) -> None:
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
