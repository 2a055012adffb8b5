"""Lands a directory in a process that dies without notice.

Run as `killed_landing.py INBOX DATABASE WORKING_DIR SECONDS`: after so many seconds of its own CPU
time, or when it is done if that comes first, the kernel kills it, in whatever it is doing.
"""

import signal
import sys
from pathlib import Path

from ingestion.landing import land
from ingestion.sources.claude_code_otel.reader import claude_code_otel


def main() -> None:
    inbox, database, working_dir, seconds = sys.argv[1:]
    source = claude_code_otel([Path(inbox)], max_load_rows=25)
    # The default action of this signal is to end the process at once: no handler, no cleanup.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, float(seconds))
    land(
        source,
        source_id="claude_code_otel",
        database=Path(database),
        working_dir=Path(working_dir),
    )


if __name__ == "__main__":
    main()
