"""The manifest of a release: what it holds, from which day and revision, with checksums."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from .duckdb_file import STORAGE_VERSION
from .tables import SCHEMA, Column, Table

MANIFEST_NAME: Final = "manifest.json"
# Raise when a reader of the manifest would have to change.
MANIFEST_VERSION: Final = 1


@dataclass(frozen=True)
class FileEntry:
    """A file of the release; the path is relative to the release."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class TableEntry:
    """A mart of the release with its Parquet file."""

    name: str
    description: str
    rows: int
    file: FileEntry
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Manifest:
    """What a release holds.

    Attributes:
        manifest_version: Version of this format.
        release_id: Name of the release directory.
        created_at: UTC time of publishing.
        as_of: Reporting day of the marts.
        git_revision: Revision of the project; None outside a git clone.
        product_version: Version of the project.
        schema: Schema of the tables in the DuckDB file.
        storage_version: Format of the DuckDB file.
        database: The DuckDB file.
        tables: The marts.
    """

    manifest_version: int
    release_id: str
    created_at: str
    as_of: str
    git_revision: str | None
    product_version: str
    schema: str
    storage_version: str
    database: FileEntry
    tables: tuple[TableEntry, ...]


def make_manifest(
    directory: Path,
    *,
    release_id: str,
    created_at: datetime,
    as_of: date,
    revision: str | None,
    database: Path,
    parquet_dir: Path,
    tables: Sequence[Table],
    rows: Mapping[str, int],
) -> Manifest:
    """Describe the files of a release as they lie in `directory`."""
    return Manifest(
        manifest_version=MANIFEST_VERSION,
        release_id=release_id,
        created_at=created_at.isoformat(),
        as_of=as_of.isoformat(),
        git_revision=revision,
        product_version=version("claude-analytics"),
        schema=SCHEMA,
        storage_version=STORAGE_VERSION,
        database=_file_entry(directory, database),
        tables=tuple(
            TableEntry(
                name=table.name,
                description=table.description,
                rows=rows[table.name],
                file=_file_entry(directory, parquet_dir / f"{table.name}.parquet"),
                columns=table.columns,
            )
            for table in tables
        ),
    )


def write_manifest(manifest: Manifest, directory: Path) -> None:
    """Write the manifest into the release."""
    content = json.dumps(asdict(manifest), indent=2, ensure_ascii=False)
    (directory / MANIFEST_NAME).write_text(content + "\n", encoding="utf-8")


def _file_entry(directory: Path, path: Path) -> FileEntry:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileEntry(path.relative_to(directory).as_posix(), path.stat().st_size, digest)
