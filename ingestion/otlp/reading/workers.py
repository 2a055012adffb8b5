"""Processes that parse blocks beside this one.

Each is a fresh interpreter that imports the parser and nothing else. `multiprocessing` would
import the caller's main program again, which a script read from standard input does not survive,
or copy this process with the locks that its threads hold.
"""

import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Final, cast

from ingestion.otlp.decode import Signal
from ingestion.otlp.reading.blocks import Parsed, parse_block
from ingestion.otlp.reading.telemetry_files import Block

# Rows of a block are megabytes; a larger pipe changes hands less often.
_PIPE_BYTES: Final = 2**20
_ROOT: Final = Path(__file__).resolve().parents[3]
_COMMAND: Final = (sys.executable, "-m", "ingestion.otlp.reading.workers")


class WorkerDiedError(Exception):
    """A worker ended before it answered, for instance because memory ran out."""


class Workers:
    """A number of workers; `submit` hands a block to the next one that is free.

    Args:
        processes: The workers.
        threads: One thread per worker, each of which waits for an answer.
    """

    def __init__(
        self, processes: list[subprocess.Popen[bytes]], threads: ThreadPoolExecutor
    ) -> None:
        self._threads = threads
        self._free: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        for process in processes:
            self._free.put(process)

    def submit(self, block: Block, signal: Signal) -> Future[Parsed]:
        """Parse a block in a worker."""
        return self._threads.submit(self._parse, block, signal)

    def _parse(self, block: Block, signal: Signal) -> Parsed:
        process = self._free.get()
        try:
            assert process.stdin is not None  # noqa: S101  # both are pipes
            assert process.stdout is not None  # noqa: S101
            pickle.dump((block, signal), process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            return cast(Parsed, pickle.load(process.stdout))  # noqa: S301  # our own process
        except (BrokenPipeError, EOFError) as error:
            raise WorkerDiedError(f"a worker died while it read {block.name}") from error
        finally:
            self._free.put(process)


@contextmanager
def started_workers(count: int) -> Iterator[Workers]:
    """Start workers and end them afterwards; they also end when this process dies."""
    search_path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": search_path}
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                # A session of its own: an interrupt from the keyboard is for this process.
                subprocess.Popen(  # noqa: S603  # a constant
                    _COMMAND,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    pipesize=_PIPE_BYTES,
                    env=environment,
                    start_new_session=True,
                )
            )
            for _ in range(count)
        ]
        threads = stack.enter_context(ThreadPoolExecutor(count))
        yield Workers(processes, threads)


def main() -> None:
    """Answer blocks on standard input with their rows until the input ends."""
    # Parsing makes no cycles; collecting garbage would only look at millions of live objects.
    gc.disable()
    while True:
        try:
            block, signal = pickle.load(sys.stdin.buffer)  # noqa: S301  # from the process above
        except EOFError:
            return
        pickle.dump(parse_block(block, signal), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
