"""How far each file was read, kept in dlt's state so that it commits with the rows."""

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from ingestion.otlp.reading.reader import Chunk, FilePart
from ingestion.otlp.reading.telemetry_files import TelemetryFile, fingerprint

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bookmark:
    """How far a file was read.

    Attributes:
        size: Its bytes before it was read.
        modified_ns: Its time of modification before it was read.
        offset: Bytes that were read.
        lines: Lines, or messages, that were read.
        fingerprint: Digest of bytes before the offset; empty if it can only be read whole.
        is_end: Whether it was read to its end.
    """

    size: int
    modified_ns: int
    offset: int
    lines: int
    fingerprint: str
    is_end: bool


class Bookmarks:
    """The bookmarks of one resource.

    Args:
        state: The part of dlt's state that belongs to the resource.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state
        self._saved: dict[str, list[Any]] = json.loads(state.get("files", "{}"))
        self._before_reading: dict[Path, tuple[int, int]] = {}

    def unread(self, files: Iterable[TelemetryFile]) -> Iterator[FilePart]:
        """What is new: whole files, or what was added to a file.

        Bookmarks of files that are gone are dropped, so that the state does not grow for ever.
        """
        present = set()
        for file in files:
            present.add(str(file.path))
            part = self._unread_part(file)
            if part is not None:
                yield part
        for path in self._saved.keys() - present:
            del self._saved[path]
        self.save()

    def _unread_part(self, file: TelemetryFile) -> FilePart | None:
        try:
            status = file.path.stat()
            found = (status.st_size, status.st_mtime_ns)
            self._before_reading[file.path] = found
            if str(file.path) not in self._saved:
                return FilePart(file)
            saved = Bookmark(*self._saved[str(file.path)])
            if saved.is_end and found == (saved.size, saved.modified_ns):
                return None
            if (
                saved.fingerprint
                and status.st_size >= saved.offset
                and fingerprint(file.path, saved.offset) == saved.fingerprint
            ):
                return FilePart(file, saved.offset, saved.lines)
        except OSError:
            # The reader meets the same error and reports it.
            return FilePart(file)
        logger.info("reading %s again from its start", file.name)
        return FilePart(file)

    def advance(self, chunk: Chunk) -> None:
        """Note what was read; it is committed by the load that brings the rows."""
        path = chunk.file.path
        if not chunk.is_end and not chunk.is_appendable:
            self._saved.pop(str(path), None)
            return
        size, modified_ns = self._before_reading[path]
        mark = fingerprint(path, chunk.offset) if chunk.is_appendable else ""
        bookmark = Bookmark(size, modified_ns, chunk.offset, chunk.lines, mark, chunk.is_end)
        self._saved[str(path)] = list(astuple(bookmark))

    def save(self) -> None:
        """Put the bookmarks into the state, as one text: dlt copies and compares states often."""
        self._state["files"] = json.dumps(self._saved, separators=(",", ":"))
