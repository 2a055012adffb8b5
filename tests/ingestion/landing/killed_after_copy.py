"""Lands local logs in a process that dies about when a copy is noted as done.

Run as `killed_after_copy.py LOGS DATABASE WORKING_DIR MOMENT`: the moment is `copied`, before the
note, or `noted`, after it.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from dlt.common.storages import PackageStorage
from dlt.destinations.impl.duckdb.duck import DuckDbCopyJob

from ingestion.landing import land
from ingestion.sources.claude_code_logs import claude_code_logs

TABLE = "usage_lines"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_after_copy() -> None:
    copy = DuckDbCopyJob.run

    def copy_and_die(job: DuckDbCopyJob) -> None:
        copy(job)
        if job.load_table_name == TABLE:
            die()

    DuckDbCopyJob.run = copy_and_die  # type: ignore[assignment, method-assign]


def die_after_note() -> None:
    note = PackageStorage.save_pending_transition

    def note_and_die(storage: PackageStorage, load_id: str, file_name: str, *rest: Any) -> None:  # noqa: ANN401
        note(storage, load_id, file_name, *rest)
        if file_name.startswith(TABLE) and file_name.endswith("parquet"):
            die()

    PackageStorage.save_pending_transition = note_and_die  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    logs, database, working_dir = map(Path, sys.argv[1:4])
    {"copied": die_after_copy, "noted": die_after_note}[sys.argv[4]]()
    land(
        claude_code_logs([logs]),
        source_id="claude_code_logs",
        database=database,
        working_dir=working_dir,
    )
