"""Finds CSV files and takes them into memory: no parsing."""

import gzip
import logging
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Final

from .errors import RefusedFile

logger = logging.getLogger(__name__)

_GZIP: Final = ".gz"
_SUFFIXES: Final = (".csv", f".csv{_GZIP}")


@dataclass(frozen=True)
class FoundFile:
    """A file as it was found.

    Attributes:
        path: Where it lies.
        source_file: Its path from the directory that was searched, which names no account.
        modified_at: UTC time of the last change, without zone.
    """

    path: Path
    source_file: str
    modified_at: datetime

    @property
    def stem(self) -> str:
        """The name without its endings."""
        name = self.path.name
        for suffix in reversed(_SUFFIXES):
            if name.lower().endswith(suffix):
                return name[: -len(suffix)]
        return name

    def read(self) -> bytes:
        """The whole file as it lies; what is compared is then what is parsed, whoever writes.

        Raises:
            RefusedFile: It cannot be read.
        """
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise RefusedFile(f"it cannot be read: {error.strerror}") from None


def find_files(paths: Iterable[Path]) -> list[FoundFile]:
    """List the CSV files beneath directories, and single files whatever they are called.

    Raises:
        FileNotFoundError: There is nothing at one of the paths.
    """
    found: dict[Path, FoundFile] = {}
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path}: no such file or directory")
        files = list(_beneath(path.resolve()))
        if not files:
            logger.warning("no CSV files beneath %s", path)
        for file in files:
            found.setdefault(file.path, file)
    return list(found.values())


def fingerprint(content: bytes, read_as: Sequence[object]) -> str:
    """Hash of a content and of how it is read: it changes when the result might."""
    return blake2b(content + repr(read_as).encode(), digest_size=16).hexdigest()


def text_of(file: FoundFile, content: bytes) -> str:
    """Unpack and decode a content.

    Raises:
        RefusedFile: It is not what its name says, or not UTF-8.
    """
    if file.path.name.lower().endswith(_GZIP):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            raise RefusedFile("it is not a whole gzip file; get it again") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedFile("it is not in UTF-8; save it as 'CSV UTF-8'") from None


def _beneath(path: Path) -> Iterator[FoundFile]:
    if not path.is_dir():
        yield _found(path, path.name)
        return
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path)
        # Hidden files are what editors, office programs and copies under way leave.
        is_hidden = any(part.startswith((".", "~$")) for part in name.parts)
        if not is_hidden and name.name.lower().endswith(_SUFFIXES) and file.is_file():
            yield _found(file, name.as_posix())


def _found(path: Path, source_file: str) -> FoundFile:
    modified_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return FoundFile(path, source_file, modified_at.replace(tzinfo=None))
