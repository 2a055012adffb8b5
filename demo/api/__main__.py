"""Command line: `python -m demo.api --data DIR`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from .app import create_app
from .calls import Edition
from .clock import MovableClock
from .limits import Limits
from .server import serve


def main(
    data: Annotated[Path, typer.Option(help="Directory that holds `views/`.", exists=True)],
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
    now: Annotated[
        datetime | None, typer.Option(help="Where the clock starts, UTC; default: the real time.")
    ] = None,
    edition: Annotated[Edition, typer.Option(help="Edition of the documentation.")] = Edition.C,
    requests_per_minute: Annotated[
        int | None, typer.Option(help="A granted limit, in place of the documented ones.", min=1)
    ] = None,
) -> None:
    """Stand in for the Console and Enterprise APIs until stopped."""
    clock = MovableClock(now, runs=True)
    limits = Limits(clock, requests_per_minute=requests_per_minute)
    app = create_app(data, clock=clock, limits=limits, edition=edition)
    serve(app, port, lambda address: typer.echo(f"serving on {address}"))


if __name__ == "__main__":
    typer.run(main)
