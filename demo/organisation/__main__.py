"""Makes a simulated company: `python -m demo.organisation --out DIR`."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .generator import generate
from .parameters import Parameters

_DEFAULTS = Parameters()


def main(
    out: Annotated[Path, typer.Option(help="Directory for truth, views and files.")],
    people: Annotated[int, typer.Option(help="Employees.")] = _DEFAULTS.people,
    start: Annotated[str, typer.Option(help="First day.")] = _DEFAULTS.start.isoformat(),
    until: Annotated[str, typer.Option(help="Last day.")] = _DEFAULTS.until.isoformat(),
    days: Annotated[int | None, typer.Option(help="Days up to the last; replaces --start.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another company.")] = _DEFAULTS.seed,
) -> None:
    """Write a simulated company: synthetic data, nobody in it exists.

    Example: python -m demo.organisation --out var/company --people 1000 --days 90
    """
    console = Console(stderr=True)
    try:
        last = date.fromisoformat(until)
        first = last - timedelta(days=days - 1) if days else date.fromisoformat(start)
        parameters = Parameters(people=people, start=first, until=last, seed=seed)
    except ValueError as error:
        console.print(f"error: {error}", style="red", markup=False)
        raise typer.Exit(2) from None
    began = datetime.now(UTC)

    def tell(step: str) -> None:
        seconds = (datetime.now(UTC) - began).total_seconds()
        console.print(f"{seconds:6.1f} s  {step}", highlight=False)

    generate(out, parameters, on_step=tell)
    tell(f"done: {people:,} people, {first} to {last}, in {out}")


if __name__ == "__main__":
    typer.run(main)
