"""Finding transcripts and reading the lines that are new in them: no dlt, no JSON."""

import logging
import os
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from .marks import Mark

logger = logging.getLogger(__name__)

# Read at once; bounds the memory of a large file.
BLOCK_BYTES: Final = 8 * 2**20
# Hashed at the start of a transcript and before the point up to which it was read.
FINGERPRINT_BYTES: Final = 512

_PROJECTS: Final = "projects"
_SUBAGENTS: Final = "subagents"
_TOOL_RESULTS: Final = "tool-results"  # what tools printed; may hold a copy of a transcript
# In valid JSON no text can hold these bytes, since a quote inside a string is escaped.
_USAGE_KEY: Final = b'"usage"'


class Transcript(NamedTuple):
    """A transcript as its directory lists it.

    Attributes:
        directory: Directory of the file.
        name: Name of the file.
        size: Size in bytes.
        mtime_ns: Time of the last change.
        inode: Number of the file in its file system.
    """

    directory: str
    name: str
    size: int
    mtime_ns: int
    inode: int

    @property
    def path(self) -> str:
        """Where the file lies."""
        return f"{self.directory}{os.sep}{self.name}"

    @property
    def project_path(self) -> Path:
        """The project's directory: the one below `projects`, else the one of its sessions."""
        directory = Path(self.directory)
        depth = _projects_depth(self.directory)
        if depth is not None:
            return Path(*directory.parts[: depth + 2])
        return directory.parent.parent if directory.name == _SUBAGENTS else directory

    @property
    def is_subagent(self) -> bool:
        """Whether a subagent wrote the file, in the layout of new or of old clients."""
        return self.name.startswith("agent-") or Path(self.directory).name == _SUBAGENTS

    def is_unchanged(self, mark: Mark | None) -> bool:
        """Whether the file looks as it did when it was read; told without opening it."""
        return mark is not None and self[2:] == mark[:3]


def find_transcripts(root: Path) -> list[Transcript]:
    """List the transcripts beneath a directory, or the one file that is named.

    A transcript is a `.jsonl` file anywhere beneath `projects/<project>`. Where there is none,
    every `.jsonl` file counts: the directory is then a copy of a project or of several.

    Raises:
        FileNotFoundError: There is nothing at the path.
    """
    if not root.exists():
        raise FileNotFoundError(f"{root}: no such file or directory")
    root = root.resolve()
    found = list(_walk(str(root)) if root.is_dir() else _file(root))
    below_projects = {
        directory
        for directory in {transcript.directory for transcript in found}
        if _projects_depth(directory) is not None
    }
    if below_projects:
        return [transcript for transcript in found if transcript.directory in below_projects]
    return found


def _projects_depth(directory: str) -> int | None:
    """Position among its parts of the last `projects` that has a directory below it."""
    parts = directory.split(os.sep)[:-1]  # noqa: PTH206  # a Path each takes longer than listing
    return max((depth for depth, part in enumerate(parts) if part == _PROJECTS), default=None)


def _file(path: Path) -> Iterator[Transcript]:
    stat = path.stat()
    yield Transcript(str(path.parent), path.name, stat.st_size, stat.st_mtime_ns, stat.st_ino)


def _walk(root: str) -> Iterator[Transcript]:
    pending = [root]
    while pending:
        directory = pending.pop()
        try:
            with os.scandir(directory) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            logger.warning("cannot list %s: %s; left out this time", directory, error.strerror)
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != _TOOL_RESULTS:
                    pending.append(entry.path)
            elif entry.name.endswith(".jsonl"):
                try:
                    stat = entry.stat()
                except OSError as error:
                    logger.warning("cannot read %s: %s; left out", entry.path, error.strerror)
                    continue
                yield Transcript(directory, entry.name, stat.st_size, stat.st_mtime_ns, stat.st_ino)


class NewLines:
    """The lines of a transcript that name usage and were not read before.

    Args:
        transcript: The file.
        before: Where the last reading ended. It counts only if the file is still the same one,
            with the same bytes at its start and before that point; else it is read whole.
    """

    def __init__(self, transcript: Transcript, before: Mark | None) -> None:
        self._transcript = transcript
        self._before = before
        self._offset = 0
        self._fingerprint = ""

    def read(self) -> Iterator[tuple[int, bytes]]:
        """Yield where each line starts, and its bytes.

        Raises:
            OSError: The file cannot be read.
        """
        with Path(self._transcript.path).open("rb", buffering=0) as file:
            self._offset = self._start(file)
            for block in _blocks(file, self._offset):
                yield from _usage_lines(self._offset, block)
                self._offset += len(block)
            self._fingerprint = _fingerprint(file, self._offset)

    @property
    def mark(self) -> Mark:
        """How far the file was read, once all lines were taken."""
        # As it was listed: what was added since must look like a change next time.
        return Mark(*self._transcript[2:], self._offset, self._fingerprint)

    def _start(self, file: BinaryIO) -> int:
        before = self._before
        if before is None or before.inode != self._transcript.inode:
            return 0
        # A shorter file lacks the bytes before the offset, so its fingerprint differs too.
        is_same = _fingerprint(file, before.offset) == before.fingerprint
        return before.offset if is_same else 0


def _blocks(file: BinaryIO, offset: int) -> Iterator[bytes]:
    """Whole lines from an offset on, many at once; a last line without its end is left out."""
    file.seek(offset)
    rest: list[bytes] = []
    while piece := file.read(BLOCK_BYTES):
        end = piece.rfind(b"\n") + 1
        if end:
            yield b"".join((*rest, piece[:end]))
            rest = []
        rest.append(piece[end:])


def _usage_lines(offset: int, block: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines that hold the key anywhere; whether it is the right one is for the parser to say."""
    hit = block.find(_USAGE_KEY)
    while hit >= 0:
        start = block.rfind(b"\n", 0, hit) + 1
        end = block.find(b"\n", hit)
        yield offset + start, block[start:end]
        hit = block.find(_USAGE_KEY, end)


def _fingerprint(file: BinaryIO, offset: int) -> str:
    length = min(offset, FINGERPRINT_BYTES)
    file.seek(0)
    head = file.read(length)
    file.seek(offset - length)
    return blake2b(head + file.read(length), digest_size=8).hexdigest()
