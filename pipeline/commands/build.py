"""`build`: seeds, models and their tests."""

from typing import Annotated, Final

import typer

from pipeline import flow
from pipeline.home import exclusive
from pipeline.settings import load_settings
from pipeline.steps import Steps

EXAMPLES: Final = "Example: claude-analytics build --select fct_claude_requests+"


def build(
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Build incremental models from all history.")
    ] = False,
    select: Annotated[
        list[str] | None, typer.Option(help="Models to build, in dbt's selection syntax.")
    ] = None,
) -> None:
    """Build seeds, models and their tests in the warehouse."""
    settings = load_settings()
    with exclusive(settings):
        flow.check_warehouse(settings)
        flow.prepare(settings, Steps())
        flow.build(settings, Steps(), full_refresh=full_refresh, select=select or ())
