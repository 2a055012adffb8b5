"""The sources that the command line can land, and where each is found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.errors import UsageError
from pipeline.settings import Settings

if TYPE_CHECKING:
    from dlt.extract import DltSource


@dataclass(frozen=True)
class Source:
    """One source and its contract.

    Args:
        source_id: Its name on the command line and in `raw_ingestion.observed_days`.
        configured_paths: Where the settings say it is.
        make: Builds the dlt source over paths.
        max_age: How old the end of its last day may be before `status` calls it stale.
        setting: The variable that names its paths.
    """

    source_id: str
    configured_paths: Callable[[Settings], tuple[Path, ...]]
    make: Callable[[Sequence[Path]], "DltSource"]
    max_age: timedelta
    setting: str


def _otel_paths(settings: Settings) -> tuple[Path, ...]:
    spool = (settings.spool_dir,) if settings.spool_dir.is_dir() else ()
    return (*spool, *settings.otlp_paths)


def _make_otel(paths: Sequence[Path]) -> "DltSource":
    from ingestion.sources.claude_code_otel import claude_code_otel

    return claude_code_otel(paths)


def _make_logs(paths: Sequence[Path]) -> "DltSource":
    from ingestion.sources.claude_code_logs import claude_code_logs

    return claude_code_logs(paths)


SOURCES: Final = {
    source.source_id: source
    for source in (
        # Telemetry is pushed all day. A free weekend is normal: Friday is fresh until Tuesday noon.
        Source(
            source_id="claude_code_otel",
            configured_paths=_otel_paths,
            make=_make_otel,
            max_age=timedelta(hours=84),
            setting="CLAUDE_ANALYTICS_OTLP_PATHS",
        ),
        # Local logs are handed over by people, weekly at the latest.
        Source(
            source_id="claude_code_logs",
            configured_paths=lambda settings: settings.log_paths,
            make=_make_logs,
            max_age=timedelta(days=8),
            setting="CLAUDE_ANALYTICS_LOG_PATHS",
        ),
    )
}


def find_source(source_id: str) -> Source:
    """Return a source by name.

    Raises:
        UsageError: There is none; the message lists those that exist.
    """
    if source_id not in SOURCES:
        raise UsageError(f"unknown source {source_id!r}; known sources: {', '.join(SOURCES)}")
    return SOURCES[source_id]
