"""Lands sources: files from paths, APIs by key. What one source cannot give stops no other."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.configured_sources import SOURCES, FileSource, KeySource
from pipeline.errors import UsageError, describe, redact, traceback_of
from pipeline.settings import Settings, check_readable
from pipeline.steps import Step, Steps
from pipeline.watching.backlog import begin_landing, end_landing

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingestion.http.run import Progress
    from ingestion.raw_tables import LandingResult

logger = logging.getLogger(__name__)

_REJECTS: Final = ("rejected_lines", "rejected_rows")
_BOOKKEEPING: Final = (*_REJECTS, "pulls")
_REJECTS_SHOWN: Final = 3
_TABLES_NAMED: Final = 4
# Work that is done within a minute needs no announcement.
_LONG_SECONDS: Final = 60


@dataclass(frozen=True)
class FilesLanded:
    """What landing files came to.

    Args:
        is_new: Whether there was anything new.
        is_readable: False if there was something new and none of it could be read.
    """

    is_new: bool
    is_readable: bool


@dataclass(frozen=True)
class Window:
    """What to ask an API for.

    Args:
        since: First day that is wanted; None goes on from what was landed.
        until: Last day that is wanted.
    """

    since: date | None = None
    until: date | None = None


def land_all(settings: Settings, steps: Steps, window: Window) -> tuple[str, ...]:
    """Land every configured source.

    Args:
        settings: What is configured.
        steps: Where progress is shown.
        window: What to ask APIs for.

    Returns:
        One line per problem of a source; what the others brought is landed.

    Raises:
        UsageError: A path does not exist or cannot be read; nothing was landed.
    """
    configured = [source for source in SOURCES.values() if source.is_configured(settings)]
    for source in configured:
        if isinstance(source, FileSource):
            check_readable(source.configured_paths(settings), source.setting)
    problems: list[str] = []
    for source in configured:
        try:
            if isinstance(source, KeySource):
                problems += land_api(settings, steps, source, window)
            else:
                land_files(settings, steps, source, source.configured_paths(settings))
        except UsageError:
            raise
        except Exception as error:
            # Whatever broke it: the user sees it in the end, and the other sources land.
            logger.info("%s", traceback_of(error))
            line, _ = describe(error)
            problems.append(f"{source.source_id}: {line}")
    return tuple(problems)


def land_files(
    settings: Settings,
    steps: Steps,
    source: FileSource,
    paths: Sequence[Path],
    period: str | None = None,
) -> FilesLanded:
    """Land one source from paths.

    Args:
        settings: Where the warehouse is.
        steps: Where progress is shown.
        source: What to land.
        paths: Where it is.
        period: The period that the files are about, if their names do not tell.

    Raises:
        UsageError: A path does not exist or cannot be read.
    """
    check_readable(paths, source.setting)
    with steps.step(f"land {source.source_id}") as step:
        is_spool = settings.spool_dir in paths
        if is_spool:
            from ingestion.otlp.spool import adopt_orphans

            adopt_orphans(settings.spool_dir)
            mark = begin_landing(settings)
        result = source.land(settings, paths, period)
        if is_spool:
            end_landing(settings, mark)
        step.outcome = _counts(result.rows)
    rejected = any(result.rows.get(table) for table in _REJECTS) and _show_rejects(
        settings, steps, result
    )
    landed = sum(rows for table, rows in result.rows.items() if table not in _BOOKKEEPING)
    return FilesLanded(bool(result.load_ids), not rejected or landed > 0)


def land_api(
    settings: Settings, steps: Steps, source: KeySource, window: Window
) -> tuple[str, ...]:
    """Ask an API for what is missing or may have changed, and land it.

    Interrupted at any moment, the next call goes on after what was landed.

    Returns:
        One line per problem: what was forbidden or failed; the rest is landed.

    Raises:
        UsageError: There is no key.
    """
    if not source.is_configured(settings):
        raise UsageError(f"there is no key for {source.source_id}: set {source.setting}")
    until = window.until
    if settings.has_fixed_clock:
        until = min(settings.as_of, until or settings.as_of)
    with steps.step(f"land {source.source_id}") as step:
        from ingestion.http.run import land_api as land

        landing = land(
            source.open(settings),
            database=settings.database,
            working_dir=settings.dlt_dir,
            since=window.since,
            until=until,
            now=settings.landing_moment,
            on_progress=_progress_shower(source.source_id, step, steps),
        )
        step.outcome = _counts(landing.rows)
    return tuple(
        redact(f"{source.source_id} {problem.table_name}: {problem.status}: {problem.message}")
        for problem in landing.problems
    )


def _progress_shower(source_id: str, step: Step, steps: Steps) -> "Callable[[Progress], None]":
    is_announced = False

    def show(progress: "Progress") -> None:
        nonlocal is_announced
        seconds = progress.seconds_left
        if not is_announced and progress.first_day is not None and seconds is not None:
            is_announced = True
            if seconds > _LONG_SECONDS:
                steps.note(
                    f"{source_id}: {progress.first_day} to {progress.last_day}, about "
                    f"{progress.expected_requests:,} requests; within the limits of the API "
                    f"that takes {duration(seconds)} or more. It may be interrupted: the next run "
                    "goes on."
                )
        left = "" if seconds is None else f"{duration(seconds)} left"
        step.advance(progress.done_requests, progress.expected_requests, left)

    return show


def duration(seconds: float) -> str:
    """Write a length of time as people say it.

    Args:
        seconds: How long.
    """
    minutes = round(timedelta(seconds=seconds) / timedelta(minutes=1))
    if minutes < 1:
        return "less than 1 min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def _counts(rows: dict[str, int]) -> str:
    """Rows per table; tables that got none are left out where there are many."""
    shown = {table: count for table, count in rows.items() if table not in _BOOKKEEPING}
    if len(shown) <= _TABLES_NAMED:
        return ", ".join(f"{table} {count:,}" for table, count in shown.items())
    landed = [count for count in shown.values() if count]
    return f"{sum(landed):,} rows in {len(landed)} of {len(shown)} tables"


def _show_rejects(settings: Settings, steps: Steps, result: "LandingResult") -> bool:
    """Name what could not be read: file, line and reason.

    Returns:
        Whether there was anything; a load may also take older rejections back.
    """
    import duckdb

    relation = next(
        f"raw_{result.source_id}.{table}" for table in _REJECTS if result.rows.get(table)
    )
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        rejects = connection.execute(
            f"""
            select source_file, source_line, reason, count(*) over ()
            from {relation}
            where list_contains($load_ids, _dlt_load_id)
            order by source_file, source_line
            limit {_REJECTS_SHOWN}
            """,  # noqa: S608  # names of tables
            {"load_ids": list(result.load_ids)},
        ).fetchall()
    if not rejects:
        return False
    total = rejects[0][3]
    what = "1 line" if total == 1 else f"{total:,} lines"
    steps.warn(f"{result.source_id}: {what} could not be read; {relation} lists them")
    for file, line, reason, _ in rejects:
        steps.note(f"{file}: {reason}" if line is None else f"{file}:{line}: {reason}")
    return True
