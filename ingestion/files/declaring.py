"""What every source of CSV files declares alike: how it is opened, and where it notes what."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingestion.declared import PULLS_TABLE, Columns, Files, Table

from .contracts import REJECTED_ROWS, REJECTED_ROWS_SCHEMA, FileContract, NameTells

if TYPE_CHECKING:
    from dlt.extract import DltSource

NOTES: Final = (
    Table(
        REJECTED_ROWS,
        Columns(REJECTED_ROWS_SCHEMA),
        grain="line or file that was set aside, with its reason",
        texts=("source_file", "reason"),
        key_note="Hash of file and line, made by the loader",
    ),
    PULLS_TABLE,
)


def csv_files(source_id: str, setting: str, *contracts: FileContract) -> Files:
    """CSV files of these contracts; which of them a file is, its columns tell.

    Args:
        source_id: The source.
        setting: The variable, without its prefix, that names their paths.
        contracts: What the files may look like.
    """

    def open_files(paths: Sequence[Path], period: str | None = None) -> "DltSource":
        from .resources import csv_source

        return csv_source(source_id, paths, contracts, period)

    has_period = any(contract.name_tells is NameTells.PERIOD for contract in contracts)
    return Files(setting, open_files, has_period=has_period)
