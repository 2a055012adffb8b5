"""A directory of CSV files, read over and over as a landing does, or landed for real."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.files.changed_files import Reading
from ingestion.files.contracts import FileContract
from ingestion.files.find import find_files
from ingestion.files.names import Period
from ingestion.files.resources import csv_source
from ingestion.landing import land
from ingestion.raw_tables import LandingResult
from ingestion.sources import declaration

Row = dict[str, Any]


class CsvHome:
    """Files, and what readings of them remember.

    Args:
        directory: A directory of the test's own.
        source_id: The source that reads.
        contracts: What its files may look like; what the source declares if left out.
    """

    def __init__(
        self, directory: Path, source_id: str, contracts: Sequence[FileContract] | None = None
    ) -> None:
        self.files = directory / "files"
        self.files.mkdir()
        self.database = directory / "warehouse.duckdb"
        self._working_dir = directory / "dlt"
        self._source_id = source_id
        declared = contracts or declaration(source_id).forms(FileContract).values()
        self._contracts = tuple(declared)
        self._state: dict[str, Any] = {}

    def write(self, name: str, *lines: str, modified: str = "2026-11-01") -> Path:
        """Write a file that was last changed at noon of a day."""
        return self.write_bytes(name, "".join(f"{line}\n" for line in lines).encode(), modified)

    def write_bytes(self, name: str, content: bytes, modified: str = "2026-11-01") -> Path:
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        moment = datetime.fromisoformat(f"{modified}T12:00").replace(tzinfo=UTC).timestamp()
        os.utime(path, (moment, moment))
        return path

    def read(self, *paths: Path, period: Period | None = None) -> dict[str, list[Row]]:
        """What a landing would bring, by table; the next one knows of it."""
        reading = Reading(self._source_id, self._contracts, period, self._state)
        tables: dict[str, pa.Table] = reading.read(find_files(paths or [self.files]))
        return {name: table.to_pylist() for name, table in tables.items()}

    def land(self) -> LandingResult:
        """Land the files in a warehouse."""
        return land(
            csv_source(self._source_id, [self.files], self._contracts),
            source_id=self._source_id,
            database=self.database,
            working_dir=self._working_dir,
        )

    def query(self, sql: str) -> list[Any]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def pick(rows: Sequence[Row], *names: str) -> list[tuple[Any, ...]]:
    """Some columns of rows, in the order of the rows."""
    return [tuple(row[name] for name in names) for row in rows]


def rejections(tables: dict[str, list[Row]]) -> list[tuple[int | None, str]]:
    """Line and reason of what was set aside."""
    return [(row["source_line"], row["reason"]) for row in tables["rejected_rows"]]
