"""The command line: `claude-analytics`, also `python -m pipeline`.

Anything heavy is imported by the command that needs it, so that help and errors come at once.
"""

import json
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.errors import EXIT_FAILED, EXIT_USAGE, UsageError, describe, redact, traceback_of
from pipeline.settings import Settings, load_settings
from pipeline.sources import SOURCES, find_source
from pipeline.steps import Steps

_DEFAULT_PORT: Final = 4318
_MAX_PORT: Final = 65_535
_INTERRUPTED: Final = 130
_TARGETS: Final = ("files",)
_LATER_TARGETS: Final = ("postgres", "pages", "board", "spreadsheet")
_SWITCHED_OFF: Final = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "GX_ANALYTICS_ENABLED": "false",
}

app = typer.Typer(
    name="claude-analytics",
    help="What Claude use costs and is worth: land, build, check and publish.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@dataclass
class _Session:
    """What the global options said; read by the error handler, too."""

    verbose: bool = False


_session = _Session()


class _RedactingFormatter(logging.Formatter):
    """Keeps secrets out of log lines, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(execute(sys.argv[1:] if arguments is None else arguments))


def execute(arguments: Sequence[str]) -> int:
    """Run the command line.

    Args:
        arguments: What follows the name of the program.

    Returns:
        0 done, 1 a gate, a contract or the machine failed, 2 wrong use or configuration.
    """
    _session.verbose = False
    errors = Console(stderr=True)
    # Accepted anywhere: nobody remembers on which side of the command it belongs.
    others = [argument for argument in arguments if argument != "--verbose"]
    given = [*(["--verbose"] if len(others) < len(arguments) else []), *others]
    if not given:
        app(args=["--help"], prog_name="claude-analytics", standalone_mode=False)
        return EXIT_USAGE
    try:
        outcome = app(args=given, prog_name="claude-analytics", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        outcome = _INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe has gone; writing the rest would fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if _session.verbose:
            errors.print(traceback_of(error), markup=False, highlight=False, soft_wrap=True)
        line, code = describe(error)
        errors.print(f"[red]error:[/] {escape(line)}", highlight=False, soft_wrap=True)
        return code
    if outcome == _INTERRUPTED:
        errors.print("interrupted; what was acknowledged is kept, run the command again to go on")
    return outcome if isinstance(outcome, int) else 0


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            text = version("claude-analytics")
        except PackageNotFoundError:
            text = "not installed"
        Console().print(f"claude-analytics {text}", highlight=False)
        raise typer.Exit


@app.callback()
def options(
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Show log lines and, on errors, where it failed."),
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """What Claude use costs and is worth: land, build, check and publish.

    Settings are environment variables that begin with CLAUDE_ANALYTICS_; the README lists them.
    Exit codes: 0 done, 1 a gate or a contract failed, 2 wrong use or configuration.
    """
    _session.verbose = verbose
    os.environ.update(_SWITCHED_OFF)
    _log_from(logging.INFO if verbose else logging.WARNING)
    # The flow shows the findings of a gate itself, with more care.
    logging.getLogger("quality").setLevel(logging.INFO if verbose else logging.CRITICAL)


@app.command(epilog="Example: CLAUDE_ANALYTICS_LOG_PATHS=~/.claude claude-analytics run")
def run() -> None:
    """Do the whole flow: land all configured sources, check, build, check, publish."""
    from pipeline import flow
    from pipeline.home import exclusive

    settings = load_settings()
    with exclusive(settings):
        result = flow.run(settings, _steps())
    _show_release(result.release.path)
    _fail_on(result.problems)


_INGEST_EXAMPLES: Final = "\n\n".join(
    (
        "Example: claude-analytics ingest claude_code_logs --path ~/.claude/projects",
        "claude-analytics ingest anthropic_console --since 2026-01-01",
        "claude-analytics ingest anthropic_exports --path spend.csv --period 2026-08",
    )
)


@app.command(epilog=_INGEST_EXAMPLES)
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
    from pipeline import flow
    from pipeline.home import exclusive
    from pipeline.ingesting import Request, plan_landing

    chosen = find_source(source)
    settings = load_settings()
    land = plan_landing(settings, chosen, Request(path, since, until, period))
    with exclusive(settings):
        landed = land(_steps())
        if landed.is_to_prepare:
            flow.prepare(settings, _steps())
    _fail_on(landed.problems)


@app.command(epilog="Example: claude-analytics receive --port 4318 --token-file otlp.token")
def receive(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0: any free one.")] = _DEFAULT_PORT,
    token_file: Annotated[
        Path | None, typer.Option(help="File with the bearer token that clients must send.")
    ] = None,
) -> None:
    """Receive OTLP over HTTP into the spool until stopped."""
    from pipeline.receiving import receive as receive_until_stopped

    if not 0 <= port <= _MAX_PORT:
        raise UsageError(f"--port is {port}; give a port from 0 (any free one) to {_MAX_PORT}")
    settings = load_settings()
    _log_from(logging.INFO)  # Counters are its only output, so they are shown without --verbose.

    def announce(address: str, actual_port: int) -> None:
        shown = f"[{address}]" if ":" in address else address
        typer.echo(f"receiving on http://{shown}:{actual_port} into {settings.spool_dir}")

    receive_until_stopped(settings, host, port, token_file, announce)


@app.command(epilog="Example: claude-analytics build --select fct_claude_requests+")
def build(
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Build incremental models from all history.")
    ] = False,
    select: Annotated[
        list[str] | None, typer.Option(help="Models to build, in dbt's selection syntax.")
    ] = None,
) -> None:
    """Build seeds, models and their tests in the warehouse."""
    from pipeline import flow
    from pipeline.home import exclusive

    settings = load_settings()
    with exclusive(settings):
        flow.check_warehouse(settings)
        flow.prepare(settings, _steps())
        flow.build(settings, _steps(), full_refresh=full_refresh, select=select or ())


@app.command(epilog="Example: claude-analytics check marts")
def check(
    gate: Annotated[
        Literal["raw", "marts"],
        typer.Argument(help="raw: what was landed. marts: what was built."),
    ],
) -> None:
    """Run one gate over the warehouse; ends with 1 if a critical check fails."""
    from pipeline import flow
    from pipeline.home import exclusive

    settings = load_settings()
    _need_warehouse(settings)
    with exclusive(settings):
        flow.check_warehouse(settings)
        flow.check(settings, _steps(), gate)


@app.command(epilog="Example: claude-analytics publish --to files")
def publish(
    to: Annotated[str, typer.Option("--to", help="Where to publish: files.")] = "files",
) -> None:
    """Check the marts and publish them as a release: Parquet files and one DuckDB file."""
    from pipeline import flow
    from pipeline.home import exclusive

    if to not in _TARGETS:
        reason = "is not built yet" if to in _LATER_TARGETS else "is unknown"
        raise UsageError(f"publish target {to!r} {reason}; known targets: {', '.join(_TARGETS)}")
    settings = load_settings()
    _need_warehouse(settings)
    with exclusive(settings):
        flow.check_warehouse(settings)
        flow.check(settings, _steps(), "marts")
        release = flow.publish(settings, _steps())
    _show_release(release.path)


_ERASE_EXAMPLES: Final = "\n\n".join(
    (
        "Example: claude-analytics erase ana.berg@example.com",
        "claude-analytics erase E00017 user_02fc135aac11c1647af68e98 --yes",
    )
)


@app.command(epilog=_ERASE_EXAMPLES)
def erase(
    people: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PERSON...",
            help="E-mail address, employee id, id of the vendor, login or pseudonym. Without any: "
            "finish what was interrupted.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove people from everything under the home, for good: totals stay, nobody leads back.

    Everything that sources call them is replaced by random names, the warehouse is built anew, and
    releases that know them go. What a source brings of them later is replaced when it lands.
    """
    from pipeline import erasing, flow
    from pipeline.home import exclusive

    settings = load_settings()
    _need_warehouse(settings)
    with exclusive(settings):
        flow.check_warehouse(settings)
        if erasing.unfinished(settings):
            output = _steps()
            output.note("finishing what was interrupted")
            release = erasing.finish(settings, output)
        elif not people:
            raise UsageError("whom? give an e-mail address, an id, a login or a pseudonym")
        else:
            release = None
        erasures = erasing.plan(settings, _steps(), people) if people else []
        if erasures:
            if not yes:
                typer.confirm(
                    f"Erase {_count_of(len(erasures), 'person', 'people')}, known by "
                    f"{sum(erasure.identifier_count for erasure in erasures)} identifiers? "
                    "This cannot be undone",
                    abort=True,
                )
            release = erasing.erase(settings, _steps(), erasures)
    if release:
        _show_release(release)


@app.command(epilog="Example: claude-analytics status --json")
def status(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object for machines.")
    ] = False,
    tables: Annotated[
        bool, typer.Option("--tables", help="Show each table of each source, too.")
    ] = False,
) -> None:
    """Show per source the last day, gaps and freshness; ends with 1 if a contract is broken."""
    from pipeline.status import read_status
    from pipeline.views import output, show_status

    found = read_status(load_settings())
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=2))
    else:
        show_status(found, output(), with_tables=tables)
    if found.broken:
        errors = Console(stderr=True)
        for line in found.broken:
            errors.print(f"[red]broken:[/] {escape(line)}", highlight=False, soft_wrap=True)
        raise typer.Exit(1)


@app.command(epilog="Example: claude-analytics demo --people 100 --days 60")
def demo(
    people: Annotated[int, typer.Option(help="Employees of the simulated company.")] = 600,
    days: Annotated[
        int | None, typer.Option(help="Days up to the last one; default: since the new year.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another company.")] = 7,
) -> None:
    """Simulate a company with its APIs and clients, and run the whole flow in a home of its own."""
    from demo.organisation import Parameters
    from pipeline.demonstration import demonstrate
    from pipeline.views import output

    default = Parameters()
    start = default.start if days is None else default.until - timedelta(days=days - 1)
    try:
        parameters = Parameters(people=people, start=start, until=default.until, seed=seed)
    except ValueError as error:
        raise UsageError(str(error)) from error
    demonstrate(load_settings(), _steps(), output(), parameters)


def _count_of(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _log_from(level: int) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_RedactingFormatter("%(levelname)s %(name)s: %(message)s"))
    # On the handler, not only on the root: libraries set levels of their own.
    handler.setLevel(level)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)


def _steps() -> Steps:
    return Steps(Console(stderr=True))


def _need_warehouse(settings: Settings) -> None:
    if not settings.database.exists():
        raise UsageError(
            f"there is no warehouse in {settings.home}; run `claude-analytics run` first, "
            "or set CLAUDE_ANALYTICS_HOME to where it is"
        )


def _fail_on(problems: Sequence[str]) -> None:
    """Tell what a source could not give, one line each, and end with 1."""
    errors = Console(stderr=True)
    for line in problems:
        errors.print(f"[red]error:[/] {escape(line)}", highlight=False, soft_wrap=True)
    if problems:
        raise typer.Exit(EXIT_FAILED)


def _show_release(path: Path) -> None:
    Console(soft_wrap=True).print(f"release: {path}", highlight=False, markup=False)
