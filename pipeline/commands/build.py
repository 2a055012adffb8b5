"""`build`: seeds, models and their tests, or why a day was built again."""

from typing import Annotated, Final

import typer

from pipeline import flow
from pipeline.errors import UsageError
from pipeline.home import exclusive
from pipeline.settings import Settings, load_settings, parse_day
from pipeline.steps import Steps

EXAMPLES: Final = "\n\n".join(
    (
        "Example: claude-analytics build --select fct_claude_requests+",
        "claude-analytics build --explain 2026-08-12",
    )
)


def build(
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Build incremental models from all history.")
    ] = False,
    select: Annotated[
        list[str] | None, typer.Option(help="Models to build, in dbt's selection syntax.")
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(help="Build nothing: say why this day was built again, in which models."),
    ] = None,
    store_failures: Annotated[
        bool,
        typer.Option(
            "--store-failures", help="Keep the rows that fail a test in the schema test_failures."
        ),
    ] = False,
) -> None:
    """Build seeds, models and their tests in the warehouse."""
    settings = load_settings()
    if explain is not None:
        if full_refresh or select:
            raise UsageError("--explain builds nothing; leave out --full-refresh and --select")
        _explain(settings, explain)
        return
    with exclusive(settings):
        flow.check_warehouse(settings)
        flow.prepare(settings, Steps())
        flow.build(
            settings,
            Steps(),
            full_refresh=full_refresh,
            select=select or (),
            store_failures=store_failures,
        )


def _explain(settings: Settings, day: str) -> None:
    from pipeline.showing.explanation import show_explanation
    from pipeline.showing.terminal import output
    from pipeline.watching.rebuilt_days import explain

    show_explanation(explain(settings, parse_day(day, "--explain")), output())
