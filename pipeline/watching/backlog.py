"""What waits in the receiver's spool, as seen from outside of the receiver and the reader."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pipeline.settings import Settings

# A spool that nobody lands for longer than this means that the daily run has stopped.
MAX_PENDING_AGE: Final = timedelta(hours=36)

_MARK: Final = ".spool_landed"


@dataclass(frozen=True)
class SpoolStatus:
    """Files of the spool by what still has to happen to them.

    Args:
        pending_files: Closed files that no run has landed yet.
        pending_bytes: Their size.
        oldest_pending_at: When the oldest of them was closed, UTC.
        open_files: Files that a receiver writes, or left behind.
        quarantined_files: Bodies that could not be decoded.
    """

    pending_files: int
    pending_bytes: int
    oldest_pending_at: datetime | None
    open_files: int
    quarantined_files: int

    @property
    def is_late(self) -> bool:
        """Whether a closed file has waited longer than a daily run explains."""
        oldest = self.oldest_pending_at
        return oldest is not None and _now() - oldest > MAX_PENDING_AGE


def spool_status(settings: Settings) -> SpoolStatus:
    """Look at the spool directory."""
    mark = settings.home / _MARK
    landed_ns = mark.stat().st_mtime_ns if mark.exists() else 0
    # The change time moves when a file is closed and renamed; the modification time does not.
    pending = [
        state
        for path in _files(settings.spool_dir, "*.jsonl")
        if (state := path.stat()).st_ctime_ns >= landed_ns
    ]
    oldest = min((state.st_ctime for state in pending), default=None)
    return SpoolStatus(
        pending_files=len(pending),
        pending_bytes=sum(state.st_size for state in pending),
        oldest_pending_at=None if oldest is None else _utc(oldest),
        open_files=len(_files(settings.spool_dir, "*.open")),
        quarantined_files=len(_files(settings.quarantine_dir, "*")),
    )


def begin_landing(settings: Settings) -> Path:
    """Note the moment before the spool is listed; files closed later stay pending."""
    draft = settings.home / f"{_MARK}.next"
    draft.touch()
    return draft


def end_landing(settings: Settings, draft: Path) -> None:
    """Make the noted moment count: what was closed before it has landed."""
    draft.replace(settings.home / _MARK)


def _files(directory: Path, pattern: str) -> list[Path]:
    return [path for path in directory.glob(pattern) if path.is_file()]


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
