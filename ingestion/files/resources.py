"""CSV files as a dlt source: what changed since the last landing, nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import dlt
import pyarrow as pa
from dlt.extract import DltSource
from dlt.sources import DltResource

from ingestion.declared import PULLS
from ingestion.landing import RAW_CONTRACT, merged

from .changed_files import Reading
from .contracts import REJECTED_ROWS, FileContract
from .find import find_files
from .names import parse_period


def csv_source(
    source_id: str,
    paths: Sequence[Path],
    contracts: Sequence[FileContract],
    period: str | None = None,
) -> DltSource:
    """A source that reads CSV files.

    Args:
        source_id: The source.
        paths: Directories to search, or single files.
        contracts: What the files may look like.
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
    files = find_files(paths)

    # All tables come of one reading; whichever resource is asked first does it.
    @cache
    def tables() -> Mapping[str, pa.Table]:
        return Reading(source_id, contracts, told, dlt.current.source_state()).read(files)

    def rows(name: str) -> Iterator[pa.Table]:
        table = tables()[name]
        if table.num_rows:
            yield table

    def resources() -> Iterator[DltResource]:
        for name in (*(contract.table for contract in contracts), REJECTED_ROWS):
            yield merged(rows, name, part="part_key")(name)
        yield merged(rows, PULLS)(PULLS)

    source: DltSource = dlt.source(
        resources, name=source_id, max_table_nesting=0, schema_contract=RAW_CONTRACT
    )()
    return source
