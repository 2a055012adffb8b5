"""How commands end: with a release, or with what a source could not give."""

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.errors import EXIT_FAILED


def fail_on(problems: Sequence[str]) -> None:
    """Tell what a source could not give, one line each, and end with 1."""
    errors = Console(stderr=True)
    for line in problems:
        errors.print(f"[red]error:[/] {escape(line)}", highlight=False, soft_wrap=True)
    if problems:
        raise typer.Exit(EXIT_FAILED)


def show_release(path: Path) -> None:
    """Tell where the release is."""
    Console(soft_wrap=True).print(f"release: {path}", highlight=False, markup=False)
