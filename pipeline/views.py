"""Tables on the terminal: what a command found, never how it found it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.status import Status

_FILE_WIDTH: Final = 120
_KIBIBYTE: Final = 1024


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """Lay out rows; numbers stand to the right.

    Args:
        title: What the table shows.
        columns: Headings.
        rows: Values in the order of the columns.
    """
    view = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    for position, column in enumerate(columns):
        is_number = any(isinstance(row[position], int | float | Decimal) for row in rows)
        view.add_column(column, justify="right" if is_number else "left", no_wrap=is_number)
    for row in rows:
        view.add_row(*(escape(_text(value)) for value in row))
    return view


def show_status(status: Status, console: Console) -> None:
    """Show what is known of the sources and the spool."""
    if status.read_from == "release":
        console.print("A run holds the warehouse: these are the numbers of the last release.")
    if not status.sources:
        console.print("No source has landed anything yet.")
    else:
        rows = [
            (
                source.source_id,
                source.last_day or "never",
                source.row_count,
                _days(source.gap_days),
                "" if source.age_hours is None else f"{source.age_hours:.0f} h",
                f"{source.max_age_hours:.0f} h",
                "broken" if source.broken else "ok",
            )
            for source in status.sources
        ]
        headings = ("source", "last day", "rows", "gaps", "age", "allowed", "contract")
        console.print(table("Sources", headings, rows))
    spool = status.spool
    console.print(
        f"Spool: {spool.pending_files} files pending ({spool.pending_bytes / _KIBIBYTE:,.0f} KiB), "
        f"{spool.open_files} open, {spool.quarantined_files} in quarantine",
        highlight=False,
    )


def _days(days: Sequence[object]) -> str:
    if not days:
        return "none"
    return str(days[0]) if len(days) == 1 else f"{len(days)}, last {days[-1]}"


def output() -> Console:
    """Return the console for results; a pipe or a file has room for whole lines."""
    console = Console()
    return console if console.is_terminal else Console(width=_FILE_WIDTH)


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return f"{value:,.4f}"
    return str(value)
