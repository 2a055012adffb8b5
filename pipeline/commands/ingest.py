"""`ingest`: one source, as its options say."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline import flow
from pipeline.commands.outcome import fail_on
from pipeline.configured_sources import SOURCES, FileSource, KeySource, Source, find_source
from pipeline.erased_people import notes as erasures_under_way
from pipeline.errors import UsageError
from pipeline.home import exclusive, is_anybody_erased
from pipeline.intake import Window, land_api, land_files
from pipeline.settings import Settings, check_readable, load_settings, parse_day
from pipeline.steps import Steps

EXAMPLES: Final = "\n\n".join(
    (
        "Example: claude-analytics ingest claude_code_logs --path ~/.claude/projects",
        "claude-analytics ingest anthropic_console --since 2026-01-01",
        "claude-analytics ingest anthropic_exports --path spend.csv --period 2026-08",
    )
)


@dataclass(frozen=True)
class _Landed:
    """What landing one source came to.

    Args:
        problems: One line per problem.
        is_to_prepare: Whether it brought anything that must be prepared before it is looked at.
    """

    problems: tuple[str, ...] = ()
    is_to_prepare: bool = True


_Landing = Callable[[Steps], _Landed]


def ingest(
    source: Annotated[str, typer.Argument(help=f"One of: {', '.join(SOURCES)}.")],
    path: Annotated[
        Path | None,
        typer.Option(help="File or directory to land instead of the configured ones."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="First day to ask for; only for sources with an API.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Last day to ask for; only for sources with an API.")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            help="Month, day or FIRST_LAST of exports whose names tell none; only for "
            "anthropic_exports."
        ),
    ] = None,
) -> None:
    """Land one source in the warehouse; what was landed before is not landed twice.

    An API is asked for what is missing and for what may have changed; the next call goes on from
    where one was interrupted.
    """
    chosen = find_source(source)
    settings = load_settings()
    land = plan_landing(settings, chosen, Request(path, since, until, period))
    with exclusive(settings):
        landed = land(Steps())
        if landed.is_to_prepare:
            flow.prepare(settings, Steps())
    fail_on(landed.problems)


@dataclass(frozen=True)
class Request:
    """What the options said.

    Args:
        path: File or directory to land instead of the configured ones.
        since: First day to ask for.
        until: Last day to ask for.
        period: What exported files are about.
    """

    path: Path | None = None
    since: str | None = None
    until: str | None = None
    period: str | None = None


def plan_landing(settings: Settings, source: Source, request: Request) -> _Landing:
    """Check the options against the source.

    Returns:
        What lands the source.

    Raises:
        UsageError: An option does not fit the source, or a setting is missing.
    """
    if isinstance(source, KeySource):
        return _api_landing(settings, source, request)
    return _file_landing(settings, source, request)


def _api_landing(settings: Settings, source: KeySource, request: Request) -> _Landing:
    for name, value in (("--path", request.path), ("--period", request.period)):
        if value is not None:
            raise UsageError(
                f"{source.source_id} is asked through its API, so {name} means nothing to it; "
                "--since and --until choose the days"
            )
    since = parse_day(request.since, "--since") if request.since else None
    until = parse_day(request.until, "--until") if request.until else None
    if since and until and since > until:
        raise UsageError(f"--since {since} lies after --until {until}; swap them")
    if not source.is_configured(settings):
        raise UsageError(f"there is no key for {source.source_id}: set {source.setting}")
    return lambda steps: _Landed(land_api(settings, steps, source, Window(since, until)))


def _file_landing(settings: Settings, source: FileSource, request: Request) -> _Landing:
    for name, day in (("--since", request.since), ("--until", request.until)):
        if day is not None:
            parse_day(day, name)
            raise UsageError(
                f"{source.source_id} reads files and lands each row once, so {name} would lose "
                f"rows for good: leave it out, reports are cut by day in the marts"
            )
    if request.period is not None:
        if not source.files.has_period:
            raise UsageError(f"--period means nothing to {source.source_id}; leave it out")
        _check_period(request.period)
    if request.path is not None:
        check_readable([request.path], "--path")
    paths = (request.path.absolute(),) if request.path else tuple(source.configured_paths(settings))
    if not paths:
        raise UsageError(
            f"nothing to land for {source.source_id}: give --path or set {source.setting}"
        )

    def land(steps: Steps) -> _Landed:
        files = land_files(settings, steps, source, paths, request.period)
        if not files.is_readable:
            names = ", ".join(map(str, paths))
            return _Landed(
                (f"nothing in {names} could be read as {source.source_id}; check the path",)
            )
        # Rows without people need neither a pseudonym nor, where nobody was erased, a look.
        is_news = files.is_new and (source.names_people or is_anybody_erased(settings))
        # An erasure that was interrupted is told by every landing.
        return _Landed(is_to_prepare=is_news or bool(erasures_under_way(settings)))

    return land


def _check_period(text: str) -> None:
    from ingestion.files.errors import RefusedFile
    from ingestion.files.names import parse_period

    try:
        is_period = parse_period(text) is not None
    except RefusedFile as error:
        raise UsageError(f"--period: {error}") from error
    if not is_period:
        raise UsageError(
            f"--period is {text!r}; give a month (2026-08), a day (2026-08-15) or two days "
            "(2026-08-01_2026-08-15)"
        )
