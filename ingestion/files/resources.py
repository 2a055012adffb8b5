"""CSV files as resources of a dlt source: what changed since the last landing, nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import dlt
import pyarrow as pa
from dlt.common.schema.typing import TSchemaContractDict
from dlt.sources import DltResource

from ingestion.pulls import PULLS

from .contracts import REJECTED_ROWS, FileContract
from .find import find_files
from .names import Period
from .reading import Reading

RAW_CONTRACT: Final[TSchemaContractDict] = {
    "tables": "evolve",
    "columns": "evolve",
    "data_type": "freeze",
}


def file_resources(
    source_id: str,
    paths: Sequence[Path],
    contracts: Sequence[FileContract],
    period: Period | None = None,
) -> Iterator[DltResource]:
    """Resources of a source that reads CSV files.

    Args:
        source_id: The source.
        paths: Directories to search, or single files.
        contracts: What the files may look like.
        period: Period of files whose name tells none.

    Raises:
        FileNotFoundError: There is nothing at one of the paths.
    """
    files = find_files(paths)

    # All tables come of one reading; whichever resource is asked first does it.
    @cache
    def tables() -> Mapping[str, pa.Table]:
        return Reading(source_id, contracts, period, dlt.current.source_state()).read(files)

    def rows(name: str) -> Iterator[pa.Table]:
        table = tables()[name]
        if table.num_rows:
            yield table

    for name in (*(contract.table for contract in contracts), REJECTED_ROWS):
        yield dlt.resource(
            rows,
            name=name,
            write_disposition={"disposition": "merge", "strategy": "delete-insert"},
            merge_key="part_key",
            columns={"is_withdrawn": {"hard_delete": True, "data_type": "bool"}},
        )(name)
    yield dlt.resource(
        rows,
        name=PULLS,
        write_disposition={"disposition": "merge", "strategy": "delete-insert"},
        primary_key="pull_key",
    )(PULLS)
