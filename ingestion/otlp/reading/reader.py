"""Reads telemetry files into Arrow tables: bounded memory, all cores, one bad line at a time."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.otlp.decode import Signal
from ingestion.otlp.reading.blocks import Parsed, empty_table, parse_block
from ingestion.otlp.reading.telemetry_files import Block, TelemetryFile, UnreadableFileError, blocks
from ingestion.otlp.reading.workers import started_workers

# Below this a second process costs more than it saves.
_PARALLEL_BYTES: Final = 48 * 2**20


@dataclass(frozen=True)
class FilePart:
    """A file, or what was added to it since it was last read.

    Attributes:
        file: The file.
        offset: Where to begin: where an appendable chunk of the file ended.
        lines: Lines before the offset.
    """

    file: TelemetryFile
    offset: int = 0
    lines: int = 0


@dataclass(frozen=True)
class Reject:
    """Something that could not be read: where and why, never what it said.

    Attributes:
        file: Name of the file.
        line: Line, or number of the message, from 1; None for the file or its rest.
        reason: Why, in a few words.
    """

    file: str
    line: int | None
    reason: str


@dataclass(frozen=True)
class Chunk:
    """Rows of a block of a file.

    Attributes:
        file: The file.
        table: The rows; may have none.
        offset: End of what has been read of the file, in bytes.
        lines: Lines, or messages, read of the file so far.
        rejects: What could not be read.
        waiting_bytes: Length of a half-written end, left for the next run.
        is_end: Whether the file has been read to its end.
        is_appendable: Whether reading can go on at `offset` when the file has grown.
        is_failed: Whether the rest of the file cannot be read.
    """

    file: TelemetryFile
    table: pa.Table
    offset: int = 0
    lines: int = 0
    rejects: tuple[Reject, ...] = ()
    waiting_bytes: int = 0
    is_end: bool = False
    is_appendable: bool = False
    is_failed: bool = False


def read_files(
    parts: Iterable[FilePart], signal: Signal, *, workers: int | None = None
) -> Iterator[Chunk]:
    """Read the rows of one signal, in the order of files and lines.

    Args:
        parts: What to read.
        signal: Which rows to make; exports of other signals in the same files are passed over.
        workers: Processes to use; by default one per core if there is enough to read.
    """
    planned = list(parts)
    if workers is None:
        size = sum(_size(part) for part in planned)
        workers = (os.cpu_count() or 1) if size > _PARALLEL_BYTES else 1
    lines = {part.file: part.lines for part in planned}
    for file, outcome in _outcomes(planned, signal, workers):
        if isinstance(outcome, UnreadableFileError):
            reject = Reject(file.name, None, str(outcome))
            table = empty_table(signal)
            yield Chunk(file, table, 0, lines[file], (reject,), is_failed=True)
        else:
            block, parsed = outcome
            chunk = _chunk(file, block, parsed, lines[file])
            lines[file] = chunk.lines
            yield chunk


def _size(part: FilePart) -> int:
    try:
        return part.file.path.stat().st_size - part.offset
    except OSError:
        return 0


def _tasks(
    parts: Iterable[FilePart],
) -> Iterator[tuple[TelemetryFile, Block | UnreadableFileError]]:
    for part in parts:
        try:
            for block in blocks(part.file, part.offset):
                yield part.file, block
        except UnreadableFileError as error:
            yield part.file, error


def _outcomes(
    parts: Iterable[FilePart], signal: Signal, workers: int
) -> Iterator[tuple[TelemetryFile, tuple[Block, Parsed] | UnreadableFileError]]:
    if workers == 1:
        for file, task in _tasks(parts):
            yield file, (task, parse_block(task, signal)) if isinstance(task, Block) else task
        return
    with started_workers(workers) as pool:
        waiting: deque[tuple[TelemetryFile, Block | UnreadableFileError, Future[Parsed] | None]]
        waiting = deque()
        for file, task in _tasks(parts):
            future = pool.submit(task, signal) if isinstance(task, Block) else None
            waiting.append((file, task, future))
            # One block more than there are processes keeps all busy and the memory bounded.
            if len(waiting) > workers:
                yield _finished(*waiting.popleft())
        while waiting:
            yield _finished(*waiting.popleft())


def _finished(
    file: TelemetryFile, task: Block | UnreadableFileError, future: Future[Parsed] | None
) -> tuple[TelemetryFile, tuple[Block, Parsed] | UnreadableFileError]:
    if isinstance(task, Block):
        assert future is not None  # noqa: S101  # a block always has one
        return file, (task, future.result())
    return file, task


def _chunk(file: TelemetryFile, block: Block, parsed: Parsed, lines_before: int) -> Chunk:
    table = parsed.table
    if lines_before and table.num_rows:
        position = table.schema.get_field_index("source_line")
        shifted = pc.add(table.column(position), lines_before)
        table = table.set_column(position, table.schema.field(position), shifted)
    return Chunk(
        file,
        table,
        block.end - parsed.waiting_bytes,
        lines_before + parsed.lines,
        tuple(Reject(file.name, lines_before + line, why) for line, why in parsed.rejects),
        parsed.waiting_bytes,
        block.is_last,
        block.is_appendable,
    )
