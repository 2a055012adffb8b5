"""The command line: `claude-analytics`, also `python -m pipeline`.

Anything heavy is imported by the command that needs it, so that help and errors come at once.
"""

import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.commands import (
    build,
    check,
    demo,
    erase,
    ingest,
    publish,
    receive,
    run,
    status,
)
from pipeline.errors import EXIT_USAGE, describe, log_from, traceback_of

_INTERRUPTED: Final = 130
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
    log_from(logging.INFO if verbose else logging.WARNING)
    # The flow shows the findings of a gate itself, with more care.
    logging.getLogger("quality").setLevel(logging.INFO if verbose else logging.CRITICAL)


app.command(epilog=run.EXAMPLES)(run.run)
app.command(epilog=ingest.EXAMPLES)(ingest.ingest)
app.command(epilog=receive.EXAMPLES)(receive.receive)
app.command(epilog=build.EXAMPLES)(build.build)
app.command(epilog=check.EXAMPLES)(check.check)
app.command(epilog=publish.EXAMPLES)(publish.publish)
app.command(epilog=erase.EXAMPLES)(erase.erase)
app.command(epilog=status.EXAMPLES)(status.status)
app.command(epilog=demo.EXAMPLES)(demo.demo)
