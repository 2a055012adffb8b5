"""Lands telemetry in a process that dies between two steps of a load.

Run as `killed_after_copy.py INBOX DATABASE WORKING_DIR MOMENT`. The moment is `copied`, before a
copy is noted as done, or `noted`, after it; or earlier `normalized`, when a package is made and its
extract still there, or `half-removed`, when that is there in part.
"""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from dlt.common.storages import PackageStorage
from dlt.destinations.impl.duckdb.duck import DuckDbCopyJob

from ingestion.landing import land
from ingestion.sources.claude_code_otel.reader import claude_code_otel

TABLE = "events"


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


def die_after_normalizing(*, is_half_removed: bool = False) -> None:
    delete = PackageStorage.delete_package

    def delete_or_die(storage: PackageStorage, load_id: str, **rest: Any) -> None:  # noqa: ANN401
        if storage.initial_state == "extracted":
            if is_half_removed:
                storage.storage.delete(f"{load_id}/{PackageStorage.SCHEMA_FILE_NAME}")
            die()
        delete(storage, load_id, **rest)

    PackageStorage.delete_package = delete_or_die  # type: ignore[assignment, method-assign]


MOMENTS: dict[str, Callable[[], None]] = {
    "normalized": die_after_normalizing,
    "half-removed": partial(die_after_normalizing, is_half_removed=True),
    "copied": die_after_copy,
    "noted": die_after_note,
}


if __name__ == "__main__":
    inbox, database, working_dir = map(Path, sys.argv[1:4])
    MOMENTS[sys.argv[4]]()
    land(
        claude_code_otel([inbox]),
        source_id="claude_code_otel",
        database=database,
        working_dir=working_dir,
    )
