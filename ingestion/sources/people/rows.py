"""What must hold of the rows of a roster."""

from collections.abc import Iterator
from datetime import date

from ingestion.files.contracts import PlacedRow, Row


def check_employee(row: Row) -> None:
    """Check the dates of a row; without `valid_from_date` it holds since the employee started.

    Raises:
        ValueError: They contradict each other, or there is none to start from.
    """
    started, ended = row["start_date"], row["end_date"]
    if started and ended and ended < started:
        raise ValueError("end_date lies before start_date")
    row["valid_from_date"] = row["valid_from_date"] or started
    valid_from, valid_to = row["valid_from_date"], row["valid_to_date"]
    if valid_from is None:
        raise ValueError("neither valid_from_date nor start_date tells since when it holds")
    if valid_to and valid_to <= valid_from:
        raise ValueError("valid_to_date is not after valid_from_date")


def contradictions(rows: list[PlacedRow]) -> Iterator[tuple[int, str]]:
    """Name the rows that claim days of an employee that an earlier row has already."""
    latest: dict[str, tuple[date, date, int]] = {}
    for line, row in sorted(rows, key=lambda placed: (placed[1]["valid_from_date"], placed[0])):
        valid_from = row["valid_from_date"]
        before = latest.get(row["employee_id"])
        if before and valid_from == before[0]:
            yield line, f"line {before[2]} has the employee from the same day on"
        elif before and valid_from < before[1]:
            yield line, f"its validity overlaps with that of line {before[2]}"
        else:
            latest[row["employee_id"]] = (valid_from, row["valid_to_date"] or date.max, line)
