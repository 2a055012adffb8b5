"""All views of the organisation that are files: exports, roster, invoices, session logs."""

from datetime import date
from pathlib import Path
from typing import Protocol

from .exports import add_extra_use, write_exports
from .invoices import write_invoices
from .local_logs import write_local_logs
from .reading import open_truth
from .roster import write_roster


class Period(Protocol):
    """The days that were simulated, both included."""

    @property
    def start(self) -> date:
        """First day."""

    @property
    def until(self) -> date:
        """Last day."""


def write_files(out: Path, parameters: Period) -> None:
    """Write `files/{exports,people,invoices,logs}` from the truth beside them.

    Args:
        out: Directory of the organisation, which holds `truth`.
        parameters: What the organisation was made with.
    """
    files = out / "files"
    first_day, last_day = parameters.start, parameters.until
    # A source may be told of a directory before it has a file.
    for name in ("exports", "people", "invoices", "logs"):
        (files / name).mkdir(parents=True, exist_ok=True)
    with open_truth(out / "truth") as truth:
        add_extra_use(truth)
        write_exports(truth, files / "exports", first_day, last_day)
        write_roster(truth, files / "people", last_day)
        write_invoices(truth, files / "invoices", first_day, last_day)
        write_local_logs(truth, files / "logs")
