"""What must hold of the lines of an invoice."""

from collections.abc import Iterator

from ingestion.files.contracts import PlacedRow, Row


def check_period(row: Row) -> None:
    """Check the days that a line is for.

    Raises:
        ValueError: The period ends before it begins.
    """
    end = row["period_end_date"]
    if end and end < row["period_start_date"]:
        raise ValueError("period_end_date lies before period_start_date")


def repeated_lines(rows: list[PlacedRow]) -> Iterator[tuple[int, str]]:
    """Name the lines whose number their invoice has already; taken twice, they would be paid."""
    first: dict[tuple[str, str, int], int] = {}
    for line, row in rows:
        if row["line_number"] is None:
            continue
        number = (row["vendor"].lower(), row["invoice_id"].lower(), row["line_number"])
        if number in first:
            yield line, f"line {first[number]} has the same line_number of the invoice"
        else:
            first[number] = line
