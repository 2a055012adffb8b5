"""A batch of transcripts in, one file of rows out: the part of the reading that runs elsewhere."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from .client import NewLines, Transcript
from .marks import Mark, read_json
from .rows import ROW_COLUMNS, Place, RejectedLine, UsageRows

# Transcripts read for one file of rows.
BATCH_BYTES: Final = 64 * 2**20
# Below this, starting more processes takes longer than reading.
PARALLEL_BYTES: Final = 128 * 2**20

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
        file: Their new usage records, as JSON.
        marks: How far each was read.
        rejected: The lines that were left out.
        unreadable: The transcripts that could not be read, and why.
    """

    file: Path
    marks: list[tuple[Transcript, Mark]]
    rejected: list[Rejected]
    unreadable: list[tuple[str, str]]


def read_batches(unread: list[Unread], directory: Path) -> Iterator[Batch]:
    """Read transcripts from their marks on, on all cores if there is enough to read.

    Args:
        unread: The transcripts.
        directory: Where the files of rows are written; their names are in order.
    """
    batches = list(_split(unread))
    files = [directory / f"{number:06}.json" for number in range(len(batches))]
    workers = min(len(batches), os.cpu_count() or 1)
    if workers < 2 or sum(_new_bytes(*item) for item in unread) < PARALLEL_BYTES:
        yield from map(read_batch, batches, files)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # A forked process could inherit a lock that a thread of this one holds.
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(read_batch, batches, files)


def select_rows(files: Iterable[Path], types: Mapping[str, str]) -> str:
    """SQL of the rows in files; of a key that several hold, the first counts.

    Args:
        files: What `read_batches` wrote.
        types: Type of each column.
    """
    columns = {name: types[name] for name in ROW_COLUMNS}
    return f"""
        select * exclude (batch), cast(logged_at as date) as date_day
        from {read_json(files, columns, ", filename = 'batch'")}
        qualify row_number() over (partition by line_key order by batch) = 1
    """  # noqa: S608  # names are constants and quoted


def read_batch(unread: list[Unread], file: Path) -> Batch:
    """Read the new lines of some transcripts into a file of rows."""
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
    file.write_bytes(rows.encoded())
    return Batch(file, marks, rejected, unreadable)


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
