"""`check`: one gate."""

from typing import Annotated, Final, Literal

import typer

from pipeline import flow
from pipeline.home import exclusive, need_warehouse
from pipeline.settings import load_settings
from pipeline.steps import Steps

EXAMPLES: Final = "Example: claude-analytics check marts"


def check(
    gate: Annotated[
        Literal["raw", "marts"],
        typer.Argument(help="raw: what was landed. marts: what was built."),
    ],
) -> None:
    """Run one gate over the warehouse; ends with 1 if a critical check fails."""
    settings = load_settings()
    need_warehouse(settings)
    with exclusive(settings):
        flow.check_warehouse(settings)
        flow.check(settings, Steps(), gate)
