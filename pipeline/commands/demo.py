"""`demo`: the flow on a simulated company."""

from datetime import timedelta
from typing import Annotated, Final

import typer

from pipeline.errors import UsageError
from pipeline.settings import load_settings
from pipeline.steps import Steps

EXAMPLES: Final = "Example: claude-analytics demo --people 100 --days 60"


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
    from pipeline.showing.terminal import output

    default = Parameters()
    start = default.start if days is None else default.until - timedelta(days=days - 1)
    try:
        parameters = Parameters(people=people, start=start, until=default.until, seed=seed)
    except ValueError as error:
        raise UsageError(str(error)) from error
    demonstrate(load_settings(), Steps(), output(), parameters)
