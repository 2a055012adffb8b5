"""CSV files as a vendor or a department hands them over."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a file; nothing stands where there is no value."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def months(first_day: date, last_day: date) -> Iterator[tuple[date, date]]:
    """First and last day of each month that the days touch; the ends may cut a month."""
    start = first_day
    while start <= last_day:
        following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield start, min(following - timedelta(days=1), last_day)
        start = following
