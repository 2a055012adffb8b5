"""Publishes again and again, each time in a fork that kills itself before its n-th line of code.

Usage: killed_publish.py DATABASE RELEASES. Reads n, a line each, and answers with the exit code of
the fork. For n = 0 the fork lives, and the answer is the function that each line was run in, with
commas. Forks are quick; a new interpreter for each death would not be.
"""

import os
import signal
import sys
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

from publishing import release

ROOM = str(Path(release.__file__).parent)


def publish(database: Path, releases: Path, deadly_line: int) -> list[str]:
    """Publish, and name the function of each line that ran."""
    lines: list[str] = []

    def watch(frame: FrameType, event: str, _: object) -> Any:  # noqa: ANN401  # as sys.settrace has it
        if not frame.f_code.co_filename.startswith(ROOM):
            return None
        if event == "line":
            lines.append(frame.f_code.co_name)
            if len(lines) == deadly_line:
                os.kill(os.getpid(), signal.SIGKILL)
        return watch

    sys.settrace(watch)
    release.publish(database, releases, date(2026, 11, 20), None, keep=2)
    sys.settrace(None)
    return lines


def main(database: Path, releases: Path) -> None:
    """Answer each number on the input."""
    for request in sys.stdin:
        child = os.fork()
        if child == 0:
            answer = ",".join(publish(database, releases, int(request)))
            sys.stdout.write(f"{answer}\n")
            sys.stdout.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
