"""The spool file that a receiver is writing: append, make durable, take back, close.

Many requests append at once: one fsync acknowledges all that wait for it.
"""

import asyncio
import fcntl
import logging
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ingestion.otlp.decode import Signal
from ingestion.otlp.receiving.counters import SignalCounters
from ingestion.otlp.spool import (
    FILE_MODE,
    LIVE_SUFFIX,
    closed_path,
    owns,
    sync_directory,
    unique_name,
)

logger = logging.getLogger(__name__)


class LiveFile:
    """The live file of one signal; opened with the first lines, and again after each close.

    All its work blocks, and one thread at a time may do it.

    Args:
        spool_dir: The spool.
        signal: Signal of the lines.
        close_bytes: Size at which a file is closed.
        close_seconds: Age at which a file is closed.
    """

    def __init__(
        self, spool_dir: Path, signal: Signal, close_bytes: int, close_seconds: float
    ) -> None:
        self._spool_dir = spool_dir
        self._signal = signal
        self._close_bytes = close_bytes
        self._close_seconds = close_seconds
        self._path: Path | None = None
        self._descriptor = -1
        self._length = 0
        self._due_at = 0.0

    def seconds_left(self) -> float | None:
        """Seconds until the file has to be closed; None if there is none."""
        if self._path is None:
            return None
        return max(0.0, self._due_at - time.monotonic())

    def append(self, lines: Sequence[bytes]) -> None:
        """Write lines and return when they are durable.

        Raises:
            OSError: Nothing of the lines stays in a file that may be read.
        """
        if self._path is None:
            self._open()
        try:
            # Only after an earlier failure that could not be cleaned up.
            if os.fstat(self._descriptor).st_size != self._length:
                os.ftruncate(self._descriptor, self._length)
            for line in lines:
                _write(self._descriptor, line)
            os.fsync(self._descriptor)
        except OSError:
            self._take_back()
            raise
        self._length += sum(map(len, lines))
        if self._length >= self._close_bytes:
            self.close()

    def close(self) -> None:
        """Give the file its final name; without lines it is removed."""
        if self._path is None:
            return
        try:
            if self._length:
                self._path.rename(closed_path(self._path))
            else:
                self._path.unlink()
            sync_directory(self._spool_dir)
        except FileNotFoundError:
            logger.error("a live spool file was removed by somebody else")
        except OSError as error:
            # The lines are durable under the live name; a later try, or the next start, closes it.
            logger.error("cannot close a spool file: %s", error.strerror)
            self._due_at = time.monotonic() + self._close_seconds
            return
        os.close(self._descriptor)
        self._path = None

    def _open(self) -> None:
        while True:
            path = self._spool_dir / (unique_name(self._signal) + LIVE_SUFFIX)
            descriptor = os.open(
                path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, FILE_MODE
            )
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                sync_directory(self._spool_dir)
            except BlockingIOError:
                pass  # Taken for an orphan between the two calls; a new name is a new chance.
            except OSError:
                os.close(descriptor)
                path.unlink()
                raise
            else:
                if owns(descriptor, path):
                    break
            os.close(descriptor)
        self._path, self._descriptor, self._length = path, descriptor, 0
        self._due_at = time.monotonic() + self._close_seconds

    def _take_back(self) -> None:
        """Cut off what was not acknowledged, and leave the file: its pages may be lost."""
        try:
            os.ftruncate(self._descriptor, self._length)
            os.fsync(self._descriptor)
        except OSError as error:
            logger.error("cannot cut a spool file back: %s", error.strerror)
        self.close()


def _write(descriptor: int, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class NotStoredError(Exception):
    """A line was not stored, and nothing of it will be read."""


class GroupCommit:
    """Appends lines to a live file; while one group is being written the next one gathers.

    Args:
        live_file: The file; nobody else may use it.
        counters: Where groups, calls and bytes are counted.
    """

    def __init__(self, live_file: LiveFile, counters: SignalCounters) -> None:
        self._file = live_file
        self._counters = counters
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._is_stopping = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spool")

    async def append(self, line: bytes) -> None:
        """Store a line; it is durable when this returns.

        Raises:
            NotStoredError: The disk is full or broken; the line may be sent again.
        """
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((line, stored))
        self._wake.set()
        await stored

    async def run(self) -> None:
        """Write groups until `stop`, then close the file."""
        while not self._is_stopping or self._waiting:
            try:
                async with asyncio.timeout(self._file.seconds_left()):
                    await self._wake.wait()
            except TimeoutError:
                await self._in_thread_close()
                continue
            self._wake.clear()
            if self._waiting:
                await self._commit()
            if self._file.seconds_left() == 0:
                await self._in_thread_close()
        await self._in_thread_close()
        self._thread.shutdown()

    def stop(self) -> None:
        """Let `run` end once everything that waits is stored."""
        self._is_stopping = True
        self._wake.set()

    async def _commit(self) -> None:
        group, self._waiting = self._waiting, []
        lines = [line for line, _ in group]
        failure: NotStoredError | None = None
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, self._file.append, lines)
        except Exception as error:  # whatever it is, those who wait must hear of it
            reason = error.strerror if isinstance(error, OSError) else type(error).__name__
            logger.error("%d bodies not stored: %s", len(group), reason)
            failure = NotStoredError(reason)
            failure.__cause__ = error
        else:
            self._counters.batches += 1
            self._counters.fsyncs += 1
            self._counters.stored_bytes += sum(map(len, lines))
        for _, stored in group:
            if not stored.done():
                if failure is None:
                    stored.set_result(None)
                else:
                    stored.set_exception(failure)

    async def _in_thread_close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._file.close)
