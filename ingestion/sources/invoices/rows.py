"""What must hold of the lines of an invoice, and of exchange rates."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

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


def check_rate(row: Row) -> None:
    """Check a rate and the days it holds.

    Raises:
        ValueError: It is not above zero, or ends before it begins.
    """
    if Decimal(row["usd_per_unit"]) <= 0:
        raise ValueError("usd_per_unit is not above 0")
    end = row["valid_to_date"]
    if end and end <= row["valid_from_date"]:
        raise ValueError("valid_to_date does not lie after valid_from_date")


def repeated_rates(rows: list[PlacedRow]) -> Iterator[tuple[int, str]]:
    """Name the rates that begin when another of their currency does; nobody could choose."""
    first: dict[tuple[str, date], int] = {}
    for line, row in rows:
        begin = (row["currency"], row["valid_from_date"])
        if begin in first:
            yield line, f"line {first[begin]} has a rate of the currency from the same day"
        else:
            first[begin] = line
