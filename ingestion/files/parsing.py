"""A file in; its rows, its bad rows and what it tells of itself out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from .contracts import FileContract, NameTells, PlacedRow, Row
from .csv_table import BadLine, CsvTable
from .errors import RefusedFile
from .find import FoundFile, text_of
from .names import Period, feed_name, parse_period
from .renames import Renames

_ADVICE: Final = {
    NameTells.PERIOD: (
        "its name tells no period; call it like spend_2026-08-01_2026-08-31.csv,"
        " spend_2026-08-15.csv or spend_2026-08.csv, or give the period as an option"
    ),
    NameTells.DAY: "its name tells no day; call it like members_2026-08-31.csv",
}


@dataclass(frozen=True)
class ParsedFile:
    """What a file holds.

    Attributes:
        file: The file.
        contract: Which table it is for.
        labels: Values that all its rows share: the feed, and the period or day of its name.
        rows: Rows that can land, by line.
        rejected: Lines that cannot, with the reason.
        unknown: Columns that no contract knows.
    """

    file: FoundFile
    contract: FileContract
    labels: Row
    rows: list[PlacedRow]
    rejected: list[tuple[int, str]]
    unknown: tuple[str, ...]

    @property
    def day(self) -> date:
        """The day of the file, for what it holds that has no day of its own."""
        day: date = self.labels.get(self.contract.day) or self.file.modified_at.date()
        return day


def parse_file(
    file: FoundFile,
    content: bytes,
    contracts: Sequence[FileContract],
    renames: Renames,
    period: Period | None,
) -> ParsedFile:
    """Read the rows of a file.

    Args:
        file: The file.
        content: What it holds.
        contracts: What files may look like.
        renames: What the site calls columns.
        period: Period of files whose name tells none.

    Raises:
        RefusedFile: Nothing of it can be used.
    """
    names = {each.table: each.header_names(renames.get(each.table, {})) for each in contracts}
    known = {name for columns in names.values() for each in columns.values() for name in each}
    known |= {name for each in contracts for name in each.ignored}
    table = CsvTable(text_of(file, content), known)
    contract = _contract_of(table.header, contracts, names)
    found = {
        column: next(name for name in headers if name in table.header)
        for column, headers in names[contract.table].items()
        if any(name in table.header for name in headers)
    }
    for column in contract.columns:
        if column.is_required and column.name not in found:
            wanted = names[contract.table][column.name][0]
            raise RefusedFile(f"the column {wanted} is missing, which {contract.table} needs")
    parsed = ParsedFile(
        file,
        contract,
        _labels(file, contract, period),
        rows=[],
        rejected=[],
        unknown=tuple(sorted({name for name in table.header if name} - known)),
    )
    for line, cells in table.rows(found):
        if isinstance(cells, BadLine):
            parsed.rejected.append((line, cells.reason))
            continue
        try:
            parsed.rows.append((line, _row(contract, cells, parsed.labels)))
        except ValueError as error:
            parsed.rejected.append((line, str(error)))
    contradicting = dict(contract.check_rows(parsed.rows))
    parsed.rejected.extend(contradicting.items())
    parsed.rejected.sort()
    parsed.rows[:] = [placed for placed in parsed.rows if placed[0] not in contradicting]
    return parsed


def _contract_of(
    header: Sequence[str],
    contracts: Sequence[FileContract],
    names: dict[str, dict[str, tuple[str, ...]]],
) -> FileContract:
    if len(contracts) == 1:
        return contracts[0]
    for contract in contracts:
        marks = {name for mark in contract.marks for name in names[contract.table][mark]}
        if marks.intersection(header):
            return contract
    raise RefusedFile(
        f"its columns fit none of {', '.join(each.table for each in contracts)};"
        " see the page of the source for what they are called"
    )


def _labels(file: FoundFile, contract: FileContract, period: Period | None) -> Row:
    labels: dict[str, Any] = {"feed_name": feed_name(file.stem) or contract.table}
    if contract.name_tells is NameTells.NOTHING:
        return labels
    told = parse_period(file.stem) or period
    if told is None and contract.is_day_of_change:
        day = file.modified_at.date()
        told = Period(day, day)
    if told is None:
        raise RefusedFile(_ADVICE[contract.name_tells])
    if contract.name_tells is NameTells.PERIOD:
        labels |= {"period_start_date": told.first_day, "period_end_date": told.last_day}
    elif told.first_day != told.last_day:
        raise RefusedFile(f"{told} is not one day, and {contract.table} holds for one")
    return {**labels, "date_day": told.first_day}


def _row(contract: FileContract, cells: dict[str, str], labels: Row) -> Row:
    row = {column.name: column.value(cells.get(column.name, "")) for column in contract.columns}
    contract.check_row(row)
    row = {**labels, **row}
    row["date_day"] = row[contract.day]
    return row
