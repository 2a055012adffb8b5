"""What a CSV file must look like: its columns, what tells rows apart, what replaces what."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Final

import pyarrow as pa

from . import values
from .values import Reader

Row = dict[str, Any]
# A row and the line it begins in.
PlacedRow = tuple[int, Row]
# Rows that contradict others of their file, by line, and why.
RowsCheck = Callable[[list[PlacedRow]], Iterator[tuple[int, str]]]

TEXT: Final[pa.DataType] = pa.string()
COUNT: Final[pa.DataType] = pa.int64()
DAY: Final[pa.DataType] = pa.date32()
FLAG: Final[pa.DataType] = pa.bool_()

_READERS: Final[Mapping[pa.DataType, Reader]] = {
    TEXT: values.read_text,
    COUNT: values.read_count,
    DAY: values.read_day,
}
_JSON_SUFFIX: Final = "_json"


class NameTells(Enum):
    """What the name of a file must tell."""

    NOTHING = "nothing"
    DAY = "the day"
    PERIOD = "the period"


@dataclass(frozen=True)
class Column:
    """One column of a file.

    Attributes:
        name: Its name in the raw table; `_json` at the end is not in the file.
        kind: Type of the raw column.
        read: Reads a cell; the reader of the type if left out.
        is_required: Whether a file without the column is refused.
        has_value: Whether a row without a value is set aside.
        aliases: Other names that files give it.
    """

    name: str
    kind: pa.DataType = TEXT
    read: Reader | None = None
    is_required: bool = False
    has_value: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def header(self) -> str:
        """Its name in a file."""
        return self.name.removesuffix(_JSON_SUFFIX)

    def value(self, text: str) -> object:
        """Value of a cell.

        Raises:
            ValueError: The text cannot be read, or is missing; names the column, not the text.
        """
        if not text:
            if self.has_value:
                raise ValueError(f"{self.header} is empty")
            return None
        try:
            return (self.read or _READERS[self.kind])(text)
        except ValueError as error:
            raise ValueError(f"{self.header} {error}") from None


@dataclass(frozen=True)
class FileContract:
    """What the files of one raw table look like.

    Attributes:
        table: The raw table.
        columns: Its columns that stand in the file.
        part: Columns that name what a file replaces whole.
        keys: Columns that tell the rows of a part apart; equal ones are numbered.
        day: Column that is the day of a row.
        name_tells: What the file's name must tell.
        is_day_of_change: Whether a file whose name tells no day is of the day it was changed.
        marks: Columns of which a file of this table has at least one.
        ignored: Columns that are known and do not land.
        check_row: Raises ValueError when the values of a row contradict each other.
        check_rows: Names the rows that contradict others of their file.
    """

    table: str
    columns: tuple[Column, ...]
    part: tuple[str, ...]
    keys: tuple[str, ...]
    day: str
    name_tells: NameTells = NameTells.NOTHING
    is_day_of_change: bool = False
    marks: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    check_row: Callable[[Row], None] = field(default=lambda _: None)
    check_rows: RowsCheck = field(default=lambda _: iter(()))

    @cached_property
    def schema(self) -> pa.Schema:
        """Columns of the raw table."""
        columns: dict[str, pa.DataType] = {"row_key": TEXT, "date_day": DAY, "feed_name": TEXT}
        if self.name_tells is NameTells.PERIOD:
            columns |= {"period_start_date": DAY, "period_end_date": DAY}
        columns |= {column.name: column.kind for column in self.columns}
        columns |= {"source_file": TEXT, "source_line": COUNT}
        return pa.schema({**columns, "part_key": TEXT, "is_withdrawn": FLAG})

    def header_names(self, renamed: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """Names that each column may have in a file, the best first.

        Args:
            renamed: Names that the files of this site use, by column.
        """
        return {
            column.name: (renamed[column.header],)
            if column.header in renamed
            else (column.header, *column.aliases)
            for column in self.columns
        }


REJECTED_ROWS: Final = "rejected_rows"
# A line that was left out, or with no line a whole file.
_REJECTED_ROWS: Final[dict[str, pa.DataType]] = {
    "row_key": TEXT,
    "date_day": DAY,
    "table_name": TEXT,
    "source_file": TEXT,
    "source_line": COUNT,
    "reason": TEXT,
    "part_key": TEXT,
    "is_withdrawn": FLAG,
}
REJECTED_ROWS_SCHEMA: Final = pa.schema(_REJECTED_ROWS)
