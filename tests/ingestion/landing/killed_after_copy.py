"""Lands local logs in a process that dies between a copy and the note that it was done.

Run as `killed_after_copy.py LOGS DATABASE WORKING_DIR`.
"""

import os
import signal
import sys
from pathlib import Path

from dlt.destinations.impl.duckdb.duck import DuckDbCopyJob

from ingestion.landing import land
from ingestion.sources.claude_code_logs import claude_code_logs

_copy = DuckDbCopyJob.run


def _copy_and_die(job: DuckDbCopyJob) -> None:
    _copy(job)
    if job.load_table_name == "usage_lines":
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    logs, database, working_dir = map(Path, sys.argv[1:])
    DuckDbCopyJob.run = _copy_and_die  # type: ignore[assignment, method-assign]
    land(
        claude_code_logs([logs]),
        source_id="claude_code_logs",
        database=database,
        working_dir=working_dir,
    )
