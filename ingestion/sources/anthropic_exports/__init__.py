"""CSV files exported from claude.ai, loaded as one dlt source."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dlt
from dlt.sources import DltResource

from ingestion.files.names import Period
from ingestion.files.resources import RAW_CONTRACT, file_resources

from .settings import CONTRACTS

__all__ = ["anthropic_exports"]


@dlt.source(name="anthropic_exports", max_table_nesting=0, schema_contract=RAW_CONTRACT)
def anthropic_exports(
    paths: Sequence[Path], *, period: Period | None = None
) -> Iterator[DltResource]:
    """Spend reports, contributions and members; which of them a file is, its columns tell.

    Args:
        paths: Directories to search, or single files.
        period: Period of files whose name tells none.

    Raises:
        FileNotFoundError: There is nothing at one of the paths.
    """
    yield from file_resources("anthropic_exports", paths, CONTRACTS, period)
