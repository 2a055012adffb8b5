"""Lands session logs in a process that dies.

Run as `killed_landing.py LOGS DATABASE WORKING_DIR MOMENT`. The moment is the name of a step after
which it dies, or a number of seconds of its CPU time after which the kernel kills it, in whatever
it is doing.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingestion.sources.claude_code_logs import batches, reader


def die_after(owner: object, name: str, calls: int = 1) -> None:
    """Kill this process when a function has done its work for so many times."""
    step: Callable[..., Any] = getattr(owner, name)
    left = calls

    def step_and_die(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401  # passed on
        nonlocal left
        done = step(*arguments, **options)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(owner, name, step_and_die)


STEPS: dict[str, tuple[object, str, int]] = {
    "tables made": (reader, "open_with_raw_tables", 1),
    "first batch read": (batches, "read_batch", 1),
    "second batch read": (batches, "read_batch", 2),
    "dlt forgotten": (reader, "_forget_dlt", 1),
    "rows written": (reader, "_write", 1),
    "marks written": (reader, "save_marks", 1),
    "committed": (shutil, "rmtree", 2),
}


def main() -> None:
    logs, database, working_dir = map(Path, sys.argv[1:4])
    moment = sys.argv[4]
    batches.BATCH_BYTES = 1  # type: ignore[misc]
    if moment in STEPS:
        die_after(*STEPS[moment])
    else:
        batches.PARALLEL_BYTES = 0  # type: ignore[misc]
        # The default action of this signal is to end the process at once: no handler, no cleanup.
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, float(moment))
    reader.land([logs], database=database, working_dir=working_dir)


if __name__ == "__main__":
    main()
