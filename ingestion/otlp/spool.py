"""The spool directory: file names, who may touch which file, quarantine, what is cleared away.

A file is live while its name ends in `.open` and its receiver holds a lock on it. A file that is
closed ends in `.jsonl`, never changes again and may be read: one export a line, in the form that
the Collector's file exporter writes.
"""

import fcntl
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from ingestion.otlp.decode import SIGNALS, Signal

CLOSED_SUFFIX: Final = ".jsonl"
LIVE_SUFFIX: Final = ".jsonl.open"
QUARANTINE: Final = "quarantine"
DIRECTORY_MODE: Final = 0o700
FILE_MODE: Final = 0o600
_DRAFT_SUFFIX: Final = ".tmp"

_SEARCH_BYTES: Final = 2**20

logger = logging.getLogger(__name__)


def make_directories(spool_dir: Path) -> None:
    """Make the spool and its quarantine, for their owner only."""
    for directory in (spool_dir, spool_dir / QUARANTINE):
        directory.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
        sync_directory(directory.parent)


def sync_directory(directory: Path) -> None:
    """Make new names in a directory survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unique_name(start: str) -> str:
    """A name that sorts by time and that no other process makes."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    return f"{start}-{now}-{os.getpid()}-{secrets.token_hex(4)}"


def live_files(spool_dir: Path) -> list[Path]:
    """Files that a receiver writes, or left behind when it was killed."""
    return sorted(spool_dir.glob(f"*{LIVE_SUFFIX}"))


def closed_files(spool_dir: Path, signal: Signal) -> list[Path]:
    """Files of a signal that may be read, oldest first."""
    return sorted(spool_dir.glob(f"{signal}-*{CLOSED_SUFFIX}"))


def closed_path(live_path: Path) -> Path:
    """The name that a live file gets when it is closed."""
    return live_path.with_name(live_path.name.removesuffix(LIVE_SUFFIX) + CLOSED_SUFFIX)


def owns(descriptor: int, path: Path) -> bool:
    """Whether the name still leads to the opened file."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def adopt_orphans(spool_dir: Path) -> list[Path]:
    """Close the live files of receivers that are gone; half a line at the end is cut off.

    What is cut off was never acknowledged. Files of a receiver that runs are left alone.

    Returns:
        The files that may now be read.
    """
    adopted = []
    for path in live_files(spool_dir):
        with _locked(path) as descriptor:
            if descriptor is None:
                continue
            length = _length_of_whole_lines(descriptor)
            os.ftruncate(descriptor, length)
            os.fsync(descriptor)
            if length:
                path.rename(closed_path(path))
                adopted.append(closed_path(path))
            else:
                path.unlink()
    if adopted:
        sync_directory(spool_dir)
        logger.info("closed %d spool files of a receiver that is gone", len(adopted))
    return adopted


@contextmanager
def _locked(path: Path) -> Iterator[int | None]:
    """Open a file with its lock; None if somebody else has it or it was renamed meanwhile."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        yield None
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield descriptor if owns(descriptor, path) else None
    finally:
        os.close(descriptor)


def _length_of_whole_lines(descriptor: int) -> int:
    end = os.fstat(descriptor).st_size
    while end:
        start = max(0, end - _SEARCH_BYTES)
        newline = os.pread(descriptor, end - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0


def keep_body(
    spool_dir: Path, signal: Signal, body: bytes, *, is_json: bool, is_gzip: bool
) -> Path:
    """Store a body that could not be decoded, durably; its name tells signal, time and encoding.

    Raises:
        OSError: Nothing was stored.
    """
    directory = spool_dir / QUARANTINE
    name = unique_name(signal) + (".json" if is_json else ".pb") + (".gz" if is_gzip else "")
    draft = directory / (name + _DRAFT_SUFFIX)
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(descriptor)
        draft.rename(directory / name)
        sync_directory(directory)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return directory / name


def prune(spool_dir: Path, keep_days: int, quarantine_days: int) -> int:
    """Delete what is older than its keep: closed files that were landed long ago, and quarantine.

    Args:
        spool_dir: The spool.
        keep_days: Days that closed files stay.
        quarantine_days: Days that bodies in quarantine stay.

    Returns:
        How many files were deleted.
    """
    closed = [path for signal in SIGNALS for path in closed_files(spool_dir, signal)]
    return _delete_older(closed, keep_days) + prune_quarantine(spool_dir, quarantine_days)


def prune_quarantine(spool_dir: Path, days: int) -> int:
    """Delete bodies that have been in quarantine for longer than some days."""
    bodies = [path for path in (spool_dir / QUARANTINE).glob("*") if path.is_file()]
    return _delete_older(bodies, days)


def _delete_older(paths: list[Path], days: int) -> int:
    oldest_kept = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    deleted = 0
    for path in paths:
        try:
            if path.stat().st_mtime < oldest_kept:
                path.unlink()
                deleted += 1
        except FileNotFoundError:  # Another process was faster.
            continue
    return deleted
