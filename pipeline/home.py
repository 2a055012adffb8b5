"""The home directory: made at first use, written by one command at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import PipelineError, UsageError
from pipeline.settings import Settings


def make_home(settings: Settings) -> None:
    """Create the home directory.

    Raises:
        UsageError: It cannot be created or written.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(settings.home, error) from error


@contextmanager
def exclusive(settings: Settings) -> Iterator[None]:
    """Hold the home for one writing command; the lock dies with the process.

    Raises:
        PipelineError: Another command holds it.
        UsageError: The home cannot be written.
    """
    make_home(settings)
    path = settings.lock_file
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except (PermissionError, NotADirectoryError, IsADirectoryError) as error:
        raise _unwritable(settings.home, error) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = holder_of(path) or "unknown"
            raise PipelineError(
                f"another run is active (pid {holder}) in {settings.home}; wait for it or stop it"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def need_warehouse(settings: Settings) -> None:
    """Refuse to go on where nothing was landed.

    Raises:
        UsageError: The home has no warehouse.
    """
    if not settings.database.exists():
        raise UsageError(
            f"there is no warehouse in {settings.home}; run `claude-analytics run` first, "
            "or set CLAUDE_ANALYTICS_HOME to where it is"
        )


def holder_of(lock_file: Path) -> str | None:
    """Return the process id that the lock file names, whether or not it still runs."""
    text = lock_file.read_text(encoding="utf-8").strip() if lock_file.is_file() else ""
    return text or None


def release_file(release: Path) -> Path | None:
    """Return the DuckDB file of a release directory, None if there is no release."""
    return next(iter(sorted(release.glob("*.duckdb"))), None)


def is_anybody_erased(settings: Settings) -> bool:
    """Whether the warehouse lists anybody who was erased."""
    import duckdb

    with duckdb.connect(str(settings.database)) as connection:
        found = connection.execute("select 1 from raw_identity.erasures limit 1").fetchone()
    return found is not None


def _unwritable(home: Path, error: OSError) -> UsageError:
    return UsageError(
        f"cannot write the home {home}: {error.strerror}; "
        "set CLAUDE_ANALYTICS_HOME to a directory that this user may write"
    )
