"""The manifest of a release: what it holds, from which day and revision, with checksums."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from .duckdb_file import STORAGE_VERSION
from .tables import SCHEMA, Column, LeftOut, PrivacyMode, Selection

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
    """A table of the release with its Parquet file; the schema is that of the DuckDB file."""

    name: str
    schema: str
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
        privacy_mode: What the release may tell about people.
        database: The DuckDB file.
        tables: The marts; and `person_lookup` where people may be named.
        left_out: Marts that this privacy mode keeps back, with the reason.
    """

    manifest_version: int
    release_id: str
    created_at: str
    as_of: str
    git_revision: str | None
    product_version: str
    schema: str
    storage_version: str
    privacy_mode: PrivacyMode
    database: FileEntry
    tables: tuple[TableEntry, ...]
    left_out: tuple[LeftOut, ...]


def make_manifest(
    directory: Path,
    *,
    release_id: str,
    created_at: datetime,
    as_of: date,
    revision: str | None,
    database: Path,
    parquet_dir: Path,
    privacy_mode: PrivacyMode,
    selection: Selection,
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
        privacy_mode=privacy_mode,
        database=_file_entry(directory, database),
        tables=tuple(
            TableEntry(
                name=table.name,
                schema=table.schema,
                description=table.description,
                rows=rows[table.name],
                file=_file_entry(directory, parquet_dir / f"{table.name}.parquet"),
                columns=table.columns,
            )
            for table in selection.tables
        ),
        left_out=selection.left_out,
    )


def write_manifest(manifest: Manifest, directory: Path) -> None:
    """Write the manifest into the release."""
    content = json.dumps(asdict(manifest), indent=2, ensure_ascii=False)
    (directory / MANIFEST_NAME).write_text(content + "\n", encoding="utf-8")


def _file_entry(directory: Path, path: Path) -> FileEntry:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileEntry(path.relative_to(directory).as_posix(), path.stat().st_size, digest)
