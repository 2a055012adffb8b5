"""A batch of transcripts in, one table out: the part of the reading that can run elsewhere."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa

from .client import NewLines, Transcript
from .marks import Mark
from .rows import Place, RejectedLine, UsageRows

# Transcripts read for one table.
BATCH_BYTES: Final = 64 * 2**20
# Below this, starting more processes takes longer than reading.
PARALLEL_BYTES: Final = 512 * 2**20

Unread = tuple[Transcript, Mark | None]


class Rejected(NamedTuple):
    """A line that was left out.

    Attributes:
        path: The transcript.
        offset: Where the line starts.
        reason: What is wrong with it, without its content.
    """

    path: str
    offset: int
    reason: str


class Batch(NamedTuple):
    """What a batch of transcripts held.

    Attributes:
        table: Their new usage records.
        marks: How far each was read.
        rejected: The lines that were left out.
        unreadable: The transcripts that could not be read, and why.
    """

    table: pa.Table
    marks: list[tuple[Transcript, Mark]]
    rejected: list[Rejected]
    unreadable: list[tuple[str, str]]


def read_batches(unread: list[Unread]) -> Iterator[Batch]:
    """Read transcripts from their marks on, on all cores if there is enough to read."""
    batches = list(_split(unread))
    workers = min(len(batches), os.cpu_count() or 1)
    if workers < 2 or sum(_new_bytes(*item) for item in unread) < PARALLEL_BYTES:
        yield from map(read_batch, batches)
        return
    # A forked process could inherit a lock that a thread of this one holds.
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(read_batch, batches)


def read_batch(unread: list[Unread]) -> Batch:
    """Read the new lines of some transcripts."""
    rows = UsageRows()
    marks: list[tuple[Transcript, Mark]] = []
    rejected: list[Rejected] = []
    unreadable: list[tuple[str, str]] = []
    for transcript, before in unread:
        project = transcript.project_path
        path = Path(transcript.path)
        # From the project on: the path above it names the account.
        source_file = path.relative_to(project.parent).as_posix()
        place = Place(project.name, transcript.is_subagent, source_file)
        lines = NewLines(transcript, before)
        try:
            for offset, line in lines.read():
                try:
                    rows.add(line, place, offset)
                except RejectedLine as error:
                    rejected.append(Rejected(transcript.path, offset, str(error)))
        except OSError as error:
            unreadable.append((transcript.path, error.strerror or type(error).__name__))
        else:
            marks.append((transcript, lines.mark))
    return Batch(rows.table(), marks, rejected, unreadable)


def _split(unread: Iterable[Unread]) -> Iterator[list[Unread]]:
    batch: list[Unread] = []
    size = 0
    for item in unread:
        batch.append(item)
        size += _new_bytes(*item)
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _new_bytes(transcript: Transcript, before: Mark | None) -> int:
    """Size of what is probably new; the file may turn out to be another one."""
    return transcript.size - (min(before.offset, transcript.size) if before else 0)
