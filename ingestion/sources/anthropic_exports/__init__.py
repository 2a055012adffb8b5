"""CSV files exported from claude.ai, loaded as one dlt source."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dlt
from dlt.sources import DltResource

from ingestion.files.names import parse_period
from ingestion.files.resources import RAW_CONTRACT, file_resources

from .settings import CONTRACTS

__all__ = ["anthropic_exports"]


@dlt.source(name="anthropic_exports", max_table_nesting=0, schema_contract=RAW_CONTRACT)
def anthropic_exports(paths: Sequence[Path], *, period: str | None = None) -> Iterator[DltResource]:
    """Spend reports, contributions and members; which of them a file is, its columns tell.

    Args:
        paths: Directories to search, or single files.
        period: Month, day or two days that files are about whose name tells none.

    Raises:
        FileNotFoundError: There is nothing at one of the paths.
        ValueError: The period is none.
    """
    told = parse_period(period) if period else None
    if period and not told:
        raise ValueError(
            f"{period!r} is no period; write 2026-08, 2026-08-15 or 2026-08-01_2026-08-31"
        )
    yield from file_resources("anthropic_exports", paths, CONTRACTS, told)
