"""`status`: how fresh the sources are."""

import json
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.settings import load_settings

EXAMPLES: Final = "Example: claude-analytics status --json"


def status(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object for machines.")
    ] = False,
    tables: Annotated[
        bool, typer.Option("--tables", help="Show each table of each source, too.")
    ] = False,
) -> None:
    """Show per source the last day, gaps and freshness; ends with 1 if a contract is broken."""
    from pipeline.showing.terminal import output, show_status
    from pipeline.watching.freshness import read_status

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
