"""Telemetry files: which there are, in which form they are written, and their bytes in blocks.

Four forms, told by content: JSON lines (the spool and the Collector's file exporter), a JSON
document or a protobuf message (object-store exporters), and protobuf or compressed messages that
are each preceded by their length (file exporter). Each may be gzipped.
"""

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from typing import Final

BLOCK_BYTES: Final = 16 * 2**20
MAX_DOCUMENT_BYTES: Final = 512 * 2**20
_FINGERPRINT_BYTES: Final = 1024
LENGTH_BYTES: Final = 4
_SNIFFED_BYTES: Final = 4096
_GZIP_MAGIC: Final = b"\x1f\x8b"
# Field 1 of an export message, length-delimited. Read as a length it would mean 160 MiB or more.
_PROTOBUF_TAG: Final = b"\x0a"
# A live spool file, a file still being written, and what could not be decoded.
_SKIPPED_SUFFIXES: Final = (".open", ".tmp", ".part")
_SKIPPED_DIRECTORY: Final = "quarantine"


class Form(StrEnum):
    """How a file holds its exports."""

    LINES = "lines"
    DOCUMENT = "document"
    MESSAGE = "message"
    FRAMES = "frames"


class UnreadableFileError(Exception):
    """A file, or its rest, cannot be read; the text says why in a few words."""


@dataclass(frozen=True)
class TelemetryFile:
    """A file and the name that rows and reports carry: its path inside the searched directory."""

    path: Path
    name: str


@dataclass(frozen=True)
class Block:
    """Some whole exports of a file.

    Attributes:
        path: The file.
        name: Its name in rows and reports.
        form: How the bytes hold the exports.
        start: Offset of the first byte. Of the decompressed bytes if the file is gzipped.
        end: Offset after the last byte.
        is_last: Whether the file ends here; only its last export may be half-written.
        is_appendable: Whether reading can go on after `end` when the file has grown.
        data: The bytes; None to read them from the file.
    """

    path: Path
    name: str
    form: Form
    start: int
    end: int
    is_last: bool
    is_appendable: bool
    data: bytes | None = None

    def read(self) -> bytes:
        """The bytes of the block."""
        if self.data is not None:
            return self.data
        with self.path.open("rb") as stream:
            stream.seek(self.start)
            return stream.read(self.end - self.start)


def find_files(paths: Iterable[Path]) -> Iterator[TelemetryFile]:
    """Files under the paths in order of their names; live spool files and the quarantine not.

    Raises:
        FileNotFoundError: A path does not exist.
    """
    for root in paths:
        if root.is_file():
            yield TelemetryFile(root, root.name)
            continue
        if not root.is_dir():
            raise FileNotFoundError(f"no such file or directory: {root}")
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root)
            is_skipped = (
                path.suffix in _SKIPPED_SUFFIXES
                or _SKIPPED_DIRECTORY in inside.parts
                or any(part.startswith(".") for part in inside.parts)
            )
            if not is_skipped and path.is_file():
                yield TelemetryFile(path, inside.as_posix())


def fingerprint(path: Path, offset: int) -> str:
    """Digest of the first and the last bytes before an offset: tells growth from a new content."""
    with path.open("rb") as stream:
        head = stream.read(min(_FINGERPRINT_BYTES, offset))
        stream.seek(max(0, offset - _FINGERPRINT_BYTES))
        tail = stream.read(min(_FINGERPRINT_BYTES, offset))
    return blake2b(head + tail, digest_size=8).hexdigest()


def is_gzip(path: Path) -> bool:
    """Whether the file is gzipped, by its first bytes."""
    with path.open("rb") as stream:
        return stream.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC


def blocks(file: TelemetryFile, start: int = 0) -> Iterator[Block]:
    """Cut a file into blocks of whole exports.

    Args:
        file: The file to read.
        start: Offset to begin at; where a block ended that was appendable.

    Raises:
        UnreadableFileError: The rest of the file cannot be read; the blocks before are good.
    """
    try:
        zipped = is_gzip(file.path)
        with gzip.open(file.path) if zipped else file.path.open("rb") as opened:
            stream = _Stream(opened)
            beginning = stream.read(_SNIFFED_BYTES)
            form = _form(beginning)
            if form is Form.LINES and not zipped:
                yield from _line_ranges(file, opened, start)
            elif form is Form.LINES:
                yield from _line_blocks(file, stream, beginning)
            elif form is Form.FRAMES:
                if not zipped:
                    opened.seek(start)
                    beginning = stream.read(BLOCK_BYTES)
                yield from _frame_blocks(file, stream, beginning, start, is_appendable=not zipped)
            else:
                yield from _document(file, form, stream, beginning)
        if stream.error:
            raise stream.error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableFileError(f"corrupt gzip: {error}") from error
    except OSError as error:
        raise UnreadableFileError(f"cannot be read: {error.strerror or error}") from error


class _Stream:
    """Reads on until an error, which it keeps: what could be decompressed before it is good."""

    def __init__(self, stream: gzip.GzipFile | io.BufferedReader) -> None:
        self._stream = stream
        self.error: Exception | None = None

    def read(self, size: int) -> bytes:
        parts = []
        while size > 0 and self.error is None:
            try:
                part = self._stream.read1(size)
            except (gzip.BadGzipFile, EOFError, zlib.error) as error:
                self.error = error
                break
            if not part:
                break
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def _form(beginning: bytes) -> Form:
    text = beginning.lstrip()
    if beginning[:1] == _PROTOBUF_TAG and text and text[:2] != b'{"':
        return Form.MESSAGE
    if beginning[:1] == b"\x00":
        return Form.FRAMES
    # Only a document that is spread over lines has a line with nothing but its opening.
    is_spread = text[:1] in (b"{", b"[") and text[1:].lstrip(b" \t\r")[:1] == b"\n"
    return Form.DOCUMENT if is_spread else Form.LINES


def _line_ranges(
    file: TelemetryFile, stream: gzip.GzipFile | io.BufferedReader, start: int
) -> Iterator[Block]:
    size = file.path.stat().st_size
    while start < size:
        stream.seek(min(start + BLOCK_BYTES, size))
        stream.readline()
        end = min(stream.tell(), size)
        yield Block(file.path, file.name, Form.LINES, start, end, end == size, is_appendable=True)
        start = end


def _line_blocks(file: TelemetryFile, stream: _Stream, data: bytes) -> Iterator[Block]:
    start = 0
    while data:
        more = stream.read(BLOCK_BYTES)
        data += more
        is_last = not more and stream.error is None
        cut = len(data) if is_last else data.rfind(b"\n") + 1
        if cut:
            end = start + cut
            yield Block(file.path, file.name, Form.LINES, start, end, is_last, False, data[:cut])
        if not more:
            return
        start += cut
        data = data[cut:]


def _frame_blocks(
    file: TelemetryFile, stream: _Stream, data: bytes, start: int, *, is_appendable: bool
) -> Iterator[Block]:
    while data:
        more = stream.read(BLOCK_BYTES)
        data += more
        cut = 0
        while (end := frame_end(data, cut)) is not None:
            cut = end
        if not more and stream.error is None:
            cut = len(data)
        if cut:
            yield Block(
                file.path,
                file.name,
                Form.FRAMES,
                start,
                start + cut,
                is_last=not more,
                is_appendable=is_appendable,
                data=data[:cut],
            )
        if not more:
            return
        if len(data) - cut > MAX_DOCUMENT_BYTES:
            raise UnreadableFileError("not telemetry: a message of more than 512 MiB")
        start += cut
        data = data[cut:]


def frame_end(data: bytes, start: int) -> int | None:
    """Where the length-prefixed message at `start` ends; None if it is not all there."""
    body = start + LENGTH_BYTES
    if body > len(data):
        return None
    end = body + int.from_bytes(data[start:body], "big")
    return end if end <= len(data) else None


def _document(file: TelemetryFile, form: Form, stream: _Stream, data: bytes) -> Iterator[Block]:
    data += stream.read(MAX_DOCUMENT_BYTES)
    if stream.error is not None:
        return
    if len(data) > MAX_DOCUMENT_BYTES:
        raise UnreadableFileError("one document of more than 512 MiB")
    yield Block(file.path, file.name, form, 0, len(data), True, False, data)
