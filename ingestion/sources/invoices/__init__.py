"""Invoices of vendors, loaded as one dlt source."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dlt
from dlt.sources import DltResource

from ingestion.files.resources import RAW_CONTRACT, file_resources

from .settings import CONTRACTS

__all__ = ["invoices"]


@dlt.source(name="invoices", max_table_nesting=0, schema_contract=RAW_CONTRACT)
def invoices(paths: Sequence[Path]) -> Iterator[DltResource]:
    """Lines of invoices, and the exchange rates of their currencies.

    Args:
        paths: Directories to search, or single files.

    Raises:
        FileNotFoundError: There is nothing at one of the paths.
    """
    yield from file_resources("invoices", paths, CONTRACTS)
