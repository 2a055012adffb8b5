"""Publishes the marts as a release: whole and new, or not at all."""

import fcntl
import logging
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import duckdb

from .duckdb_file import attached_copy
from .durable import switch_link, sync, sync_tree
from .errors import PublishError
from .manifest import Manifest, make_manifest, write_manifest
from .parquet import write_parquet
from .tables import PrivacyMode, identifier, published_tables, text

__all__ = ["CURRENT", "DATABASE_NAME", "PublishError", "Release", "publish", "withdraw"]

logger = logging.getLogger(__name__)

CURRENT: Final = "current"
DATABASE_NAME: Final = "claude_analytics.duckdb"
_PARQUET_DIR: Final = "parquet"
_LOCK: Final = ".lock"
# What else lies here belongs to someone else and is left alone.
_RELEASE_ID: Final = re.compile(r"\d{8}T\d{12}Z")
# Names of what is under way; found by the next publish, they are from one that was killed.
_STAGING: Final = ".staging"
_LINK: Final = ".link"
_EXPIRED: Final = ".expired-"


@dataclass(frozen=True)
class Release:
    """A published release.

    Attributes:
        id: Name of its directory: UTC time of publishing.
        path: Its directory.
        manifest: What it holds.
    """

    id: str
    path: Path
    manifest: Manifest


def publish(
    database: Path,
    releases_dir: Path,
    as_of: date,
    revision: str | None,
    keep: int,
    privacy_mode: PrivacyMode = "pseudonymous",
) -> Release:
    """Copy the marts of a warehouse into a new release and make it the current one.

    Args:
        database: The DuckDB file of the build, which is only read.
        releases_dir: Holds the releases and `current`.
        as_of: Reporting day of the marts.
        revision: Git revision of the project, if known.
        keep: How many releases stay, the new one included.
        privacy_mode: What the release may tell about people.

    Raises:
        PublishError: Nothing was published; `current` is as it was.
    """
    if keep < 1:
        raise PublishError(f"at least one release must stay, not {keep}; set a higher number")
    if not database.is_file():
        raise PublishError(f"there is no warehouse at {database}; run `claude-analytics run` first")
    created_at = datetime.now(UTC)
    release_id = created_at.strftime("%Y%m%dT%H%M%S%fZ")
    try:
        with _exclusive(releases_dir):
            _remove_leftovers(releases_dir)
            staging = releases_dir / _STAGING
            try:
                manifest = _write(
                    database, staging, release_id, created_at, as_of, revision, privacy_mode
                )
                path = _activate(staging, releases_dir, release_id)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
            _expire(releases_dir, release_id, keep)
    except (OSError, duckdb.Error) as error:
        raise PublishError(
            f"nothing was published to {releases_dir}: {_reason(error)};"
            " the release before stays current"
        ) from error
    return Release(release_id, path, manifest)


@contextmanager
def _exclusive(releases_dir: Path) -> Iterator[None]:
    """Let one publish at a time work here; the lock vanishes with its process."""
    releases_dir.mkdir(parents=True, exist_ok=True)
    with (releases_dir / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublishError(
                f"another process publishes to {releases_dir}; wait for it"
            ) from error
        yield


def withdraw(releases_dir: Path, current: str, is_unwanted: Callable[[Path], bool]) -> list[str]:
    """Remove releases that may not stay; the current one always does.

    Args:
        releases_dir: Holds the releases and `current`.
        current: Name of the release that stays.
        is_unwanted: Whether a release must go.

    Returns:
        Names of the releases that were removed.

    Raises:
        PublishError: A release could not be removed.
    """
    removed = []
    with _exclusive(releases_dir):
        try:
            _remove_leftovers(releases_dir)
            for path in _releases(releases_dir):
                if path.name != current and is_unwanted(path):
                    shutil.rmtree(path.rename(releases_dir / f"{_EXPIRED}{path.name}"))
                    removed.append(path.name)
        except OSError as error:
            raise PublishError(
                f"a release in {releases_dir} could not be removed: {_reason(error)}"
            ) from error
    return removed


def _releases(releases_dir: Path) -> list[Path]:
    return sorted(path for path in releases_dir.iterdir() if _RELEASE_ID.fullmatch(path.name))


def _remove_leftovers(releases_dir: Path) -> None:
    """Clear what a killed publish left; under the lock nobody else can be at work."""
    (releases_dir / _LINK).unlink(missing_ok=True)
    for leftover in (releases_dir / _STAGING, *releases_dir.glob(f"{_EXPIRED}*")):
        if leftover.exists():
            logger.info("removing %s, left by a publish that was killed", leftover)
            shutil.rmtree(leftover)


def _write(
    database: Path,
    staging: Path,
    release_id: str,
    created_at: datetime,
    as_of: date,
    revision: str | None,
    privacy_mode: PrivacyMode,
) -> Manifest:
    """Write the files of a release and flush them to the disk."""
    staging.mkdir()
    with ExitStack() as stack:
        connection = stack.enter_context(
            duckdb.connect(
                config={
                    "autoinstall_known_extensions": "false",
                    # Large sorts spill; beside the release, not into the working directory.
                    "temp_directory": str(staging / ".spill"),
                }
            )
        )
        # The name under which the build knows itself: a mart that is a view says it in its SQL.
        source = database.stem
        connection.execute(f"attach {text(database)} as {identifier(source)} (read_only)")
        selection = published_tables(connection, source, privacy_mode)
        copy = stack.enter_context(
            attached_copy(connection, source, selection.tables, staging / DATABASE_NAME)
        )
        # From the copy, whose rows are sorted already.
        rows = write_parquet(connection, copy, selection.tables, staging / _PARQUET_DIR)
    shutil.rmtree(staging / ".spill", ignore_errors=True)
    manifest = make_manifest(
        staging,
        release_id=release_id,
        created_at=created_at,
        as_of=as_of,
        revision=revision,
        database=staging / DATABASE_NAME,
        parquet_dir=staging / _PARQUET_DIR,
        privacy_mode=privacy_mode,
        selection=selection,
        rows=rows,
    )
    write_manifest(manifest, staging)
    sync_tree(staging)
    return manifest


def _activate(staging: Path, releases_dir: Path, release_id: str) -> Path:
    """Give the release its name and make it the current one."""
    path = staging.rename(releases_dir / release_id)
    try:
        sync(releases_dir)
        switch_link(releases_dir / CURRENT, release_id, releases_dir / _LINK)
    except OSError:
        (releases_dir / _LINK).unlink(missing_ok=True)
        shutil.rmtree(path, ignore_errors=True)
        raise
    return path


def _expire(releases_dir: Path, current: str, keep: int) -> None:
    """Remove all but the newest releases; the current one always stays."""
    releases = _releases(releases_dir)
    # The current one comes first even if the clock went back since the others were made.
    releases.sort(key=lambda path: (path.name == current, path.name), reverse=True)
    for path in releases[keep:]:
        try:
            # A release vanishes in one step; what is half removed is never seen under its name.
            shutil.rmtree(path.rename(releases_dir / f"{_EXPIRED}{path.name}"))
        except OSError as error:
            # The new release is out; an old one that stays does no harm.
            logger.warning("the old release %s could not be removed: %s", path, error)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror} ({error.filename})" if error.filename else error.strerror
    return str(error).partition("\n")[0]
