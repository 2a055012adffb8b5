"""Durable appends for many requests at once: one fsync acknowledges all that wait for it."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from ingestion.otlp.counters import SignalCounters
from ingestion.otlp.live_file import LiveFile

logger = logging.getLogger(__name__)


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
