"""Takes a CSV text apart: separator, header, cells by column; no types."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from .errors import RefusedFile

_SEPARATORS: Final = (",", ";")
_NO_WORD: Final = re.compile(r"\W+")


@dataclass(frozen=True)
class BadLine:
    """A row that cannot be taken apart, and why."""

    reason: str


Cells = list[str] | BadLine


def header_name(text: str) -> str:
    """Name of a column without regard to case, blanks and signs."""
    return _NO_WORD.sub("_", text.strip().lower()).strip("_")


class CsvTable:
    """A CSV text with a header.

    Args:
        text: The text.
        known: Names of columns; the separator is the one that finds more of them.

    Raises:
        RefusedFile: There is no header, or it names a column twice.
    """

    def __init__(self, text: str, known: Collection[str]) -> None:
        self._text = text
        headers = {mark: self._header(mark) for mark in _SEPARATORS}
        self._separator = max(
            _SEPARATORS, key=lambda mark: len(set(headers[mark]).intersection(known))
        )
        self.header = headers[self._separator]
        if not any(self.header):
            raise RefusedFile("it is empty; the first line must name the columns")
        for name in self.header:
            if name in known and self.header.count(name) > 1:
                raise RefusedFile(f"the column {name} appears twice")

    def rows(self, columns: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str] | BadLine]]:
        """Cells of each row that is not blank, with the line it begins in.

        Args:
            columns: Name in the header of each wanted column.
        """
        positions = {name: self.header.index(header) for name, header in columns.items()}
        width = len(self.header)
        lines = self._lines(self._separator)
        for _, header in lines:
            if not _is_blank(header):
                break
        for line, cells in lines:
            if isinstance(cells, BadLine):
                yield line, cells
            elif _is_blank(cells):
                continue
            elif len(cells) < width or any(cells[width:]):
                yield line, BadLine(f"{len(cells)} values for {width} columns")
            else:
                yield line, {name: cells[place].strip() for name, place in positions.items()}

    def _header(self, separator: str) -> list[str]:
        for _, cells in self._lines(separator):
            if isinstance(cells, BadLine):
                break
            if not _is_blank(cells):
                return [header_name(cell) for cell in cells]
        return []

    def _lines(self, separator: str) -> Iterator[tuple[int, Cells]]:
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=separator, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                yield line, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, BadLine(f"it is not CSV: {error}")


def _is_blank(cells: Cells) -> bool:
    return not isinstance(cells, BadLine) and not any(cell.strip() for cell in cells)
