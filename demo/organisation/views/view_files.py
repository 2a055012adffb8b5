"""Writes views as Parquet files, a stretch of days after the other."""

from pathlib import Path
from types import TracebackType
from typing import Final, Self

import duckdb
import pyarrow.parquet as pq

# The stand-in finds a day by the statistics of its row group.
_ROWS_PER_GROUP: Final = 50_000


class ViewFiles:
    """The files of all views, open until the last day is written.

    Args:
        connection: Answers the queries.
        directory: Gets `<source>/<table>.parquet`.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, directory: Path) -> None:
        self._connection = connection
        self._directory = directory
        self._writers: dict[str, pq.ParquetWriter] = {}

    def add(self, table: str, query: str) -> None:
        """Add the rows of a query to a file.

        Args:
            table: `<source>.<table>`, or the bare name of a file.
            query: SQL that orders its rows.
        """
        reader = self._connection.execute(query).to_arrow_reader(_ROWS_PER_GROUP)
        if table not in self._writers:
            path = self._directory / f"{table.replace('.', '/')}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writers[table] = pq.ParquetWriter(path, reader.schema, compression="zstd")
        for batch in reader:
            self._writers[table].write_batch(batch)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the files."""
        for writer in self._writers.values():
            writer.close()
