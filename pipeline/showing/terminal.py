"""Tables on the terminal: what a command found, never how it found it."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.watching.freshness import Seen, Status

_FILE_WIDTH: Final = 120
_KIBIBYTE: Final = 1024
_STATUS_HEADINGS: Final = (
    "last day", "rows", "gaps", "not published", "restated", "age", "allowed", "contract",
)  # fmt: skip


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    numbers: Collection[str] = (),
) -> Table:
    """Lay out rows; numbers stand to the right.

    Args:
        title: What the table shows.
        columns: Headings.
        rows: Values in the order of the columns.
        numbers: Headings of columns whose numbers are text already.
    """
    view = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    for position, column in enumerate(columns):
        is_number = column in numbers or any(
            isinstance(row[position], int | float | Decimal) for row in rows
        )
        view.add_column(column, justify="right" if is_number else "left", no_wrap=is_number)
    for row in rows:
        view.add_row(*(escape(_text(value)) for value in row))
    return view


def show_status(status: Status, console: Console, *, with_tables: bool = False) -> None:
    """Show what is known of the sources and the spool.

    Args:
        status: What is known.
        console: Where to show it.
        with_tables: Whether each table gets a line, too.
    """
    if status.read_from == "release":
        console.print("A run holds the warehouse: these are the numbers of the last release.")
    if not status.sources:
        console.print("No source has landed anything yet.")
    else:
        rows = [_status_row(source.whole) for source in status.sources]
        console.print(table("Sources", ("source", *_STATUS_HEADINGS), rows))
    for source in status.sources if with_tables else ():
        rows = [_status_row(each) for each in source.tables]
        console.print(table(source.whole.name, ("table", *_STATUS_HEADINGS), rows))
    spool = status.spool
    console.print(
        f"Spool: {spool.pending_files} files pending ({spool.pending_bytes / _KIBIBYTE:,.0f} KiB), "
        f"{spool.open_files} open, {spool.quarantined_files} in quarantine",
        highlight=False,
    )


def _status_row(seen: Seen) -> tuple[object, ...]:
    return (
        seen.name,
        seen.last_day or "never",
        seen.row_count,
        _days(seen.gap_days),
        _days(seen.unpublished_days),
        seen.restatement_count,
        "" if seen.age_hours is None else f"{seen.age_hours:.0f} h",
        "" if seen.max_age_hours is None else f"{seen.max_age_hours:.0f} h",
        seen.status if seen.status != "ok" else "stale" if seen.is_broken else "ok",
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
