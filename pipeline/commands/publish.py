"""`publish`: a release of what is built."""

from typing import Annotated, Final

import typer

from pipeline import flow
from pipeline.commands.outcome import show_release
from pipeline.errors import UsageError
from pipeline.home import exclusive, need_warehouse
from pipeline.settings import load_settings
from pipeline.steps import Steps

EXAMPLES: Final = "Example: claude-analytics publish --to files"
_TARGETS: Final = ("files",)
_LATER_TARGETS: Final = ("postgres", "pages", "board", "spreadsheet")


def publish(
    to: Annotated[str, typer.Option("--to", help="Where to publish: files.")] = "files",
) -> None:
    """Check the marts and publish them as a release: Parquet files and one DuckDB file."""
    if to not in _TARGETS:
        reason = "is not built yet" if to in _LATER_TARGETS else "is unknown"
        raise UsageError(f"publish target {to!r} {reason}; known targets: {', '.join(_TARGETS)}")
    settings = load_settings()
    need_warehouse(settings)
    with exclusive(settings):
        flow.check_warehouse(settings)
        flow.check(settings, Steps(), "marts")
        release = flow.publish(settings, Steps())
    show_release(release.path)
