"""Shows what the flow is doing: one line per step with its duration, a moving bar on a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

# The line must not wrap on a terminal of 80 columns, or the bar leaves copies of itself behind.
_DETAIL_WIDTH: Final = 24


class Step:
    """A step under way; `outcome` is what its line says in the end."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self.outcome = ""
        self._progress = progress
        self._task = task

    def advance(self, done: int, total: int, detail: str) -> None:
        """Move the bar.

        Args:
            done: Finished parts.
            total: All parts, 0 while unknown.
            detail: What is being worked on.
        """
        self._progress.update(
            self._task, completed=done, total=total or None, detail=escape(detail)
        )


class Steps:
    """Reports the steps of a command on the error stream, so that results can be piped.

    Args:
        console: Where to write; the error stream if left out.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show a step while it runs and leave one line when it is done."""
        started = monotonic()
        progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=16),
            TextColumn("{task.completed:.0f}"),
            TextColumn(
                "{task.fields[detail]}",
                table_column=Column(no_wrap=True, overflow="ellipsis", max_width=_DETAIL_WIDTH),
            ),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        try:
            with progress:
                step = Step(progress, progress.add_task(title, total=None, detail=""))
                yield step
        except BaseException:
            self._line("✗", "red", title, "stopped", monotonic() - started)
            raise
        self._line("✓", "green", title, step.outcome, monotonic() - started)

    def warn(self, text: str) -> None:
        """Leave a warning that does not stop the flow."""
        self._console.print(f"[yellow]![/] {escape(text)}", highlight=False, soft_wrap=True)

    def note(self, text: str) -> None:
        """Leave a line of plain information."""
        self._console.print(f"  {escape(text)}", highlight=False, soft_wrap=True)

    def _line(self, mark: str, style: str, title: str, outcome: str, seconds: float) -> None:
        self._console.print(
            f"[{style}]{mark}[/] {escape(title):<28} {escape(outcome)} [dim]{seconds:.1f} s[/]",
            highlight=False,
            soft_wrap=True,
        )
