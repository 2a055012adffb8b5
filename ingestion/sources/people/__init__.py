"""Rosters of employees, loaded as one dlt source."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dlt
from dlt.sources import DltResource

from ingestion.files.resources import RAW_CONTRACT, file_resources

from .settings import CONTRACTS

__all__ = ["people"]


@dlt.source(name="people", max_table_nesting=0, schema_contract=RAW_CONTRACT)
def people(paths: Sequence[Path]) -> Iterator[DltResource]:
    """Rosters with history; each file is a complete snapshot.

    Args:
        paths: Directories to search, or single files.

    Raises:
        FileNotFoundError: There is nothing at one of the paths.
    """
    yield from file_resources("people", paths, CONTRACTS)
