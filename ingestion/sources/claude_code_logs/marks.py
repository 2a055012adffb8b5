"""How far each transcript was read, kept in the warehouse beside the rows that it gave."""

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

import duckdb

_READ_FILES: Final = "raw_claude_code_logs.read_files"
_COLUMNS: Final = {
    "path_key": "varchar",
    "root_key": "varchar",
    "size": "bigint",
    "mtime_ns": "bigint",
    "inode": "ubigint",
    "offset": "bigint",
    "fingerprint": "varchar",
}


class Mark(NamedTuple):
    """How far a transcript was read, and what it looked like then.

    Attributes:
        size: Size when it was listed.
        mtime_ns: Time of its last change when it was listed.
        inode: Its number in the file system.
        offset: Bytes that were read.
        fingerprint: Hash of the first bytes and of those just before the offset.
    """

    size: int
    mtime_ns: int
    inode: int
    offset: int
    fingerprint: str


class Marks(NamedTuple):
    """What is known of transcripts.

    Attributes:
        read: The mark of each, by the key of its path.
        roots: The key of the path that it was found beneath.
    """

    read: dict[str, Mark]
    roots: dict[str, str]


def key_of(path: str) -> str:
    """Key of a path: a hash, for what stands above a project names the account."""
    return blake2b(path.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def load_marks(connection: duckdb.DuckDBPyConnection) -> Marks:
    """Read all marks; none where no logs were landed."""
    types = ", ".join(f'"{name}" {kind}' for name, kind in _COLUMNS.items())
    connection.execute(f"create table if not exists {_READ_FILES} ({types})")
    rows = connection.execute(f"from {_READ_FILES}").fetchall()
    return Marks(
        {path: Mark(*mark) for path, _, *mark in rows}, {path: root for path, root, *_ in rows}
    )


def save_marks(
    connection: duckdb.DuckDBPyConnection,
    marks: Mapping[str, Mark],
    roots: Mapping[str, str],
    gone: Iterable[str],
    file: Path,
) -> None:
    """Replace the marks of transcripts that were read, and drop those of some that are gone.

    Args:
        connection: The warehouse, in the transaction that writes the rows.
        marks: The mark of each transcript that was read, by the key of its path.
        roots: The key of the path that each was found beneath.
        gone: Keys of the paths of the others.
        file: Where the marks are put for DuckDB to read.
    """
    lines = [{"path_key": key, "root_key": roots[key], **marks[key]._asdict()} for key in marks]
    lines += [{"path_key": key} for key in gone]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="ascii")
    new = read_json([file], _COLUMNS)
    connection.execute(
        f"delete from {_READ_FILES} where path_key in (select path_key from {new})"  # noqa: S608  # constants
    )
    connection.execute(f"insert into {_READ_FILES} from {new} where root_key is not null")


def read_json(files: Iterable[Path], columns: Mapping[str, str], more: str = "") -> str:
    """SQL that reads files of one object a line.

    Args:
        files: The files.
        columns: Type of each column.
        more: Further options.
    """
    names = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    return f"read_json([{names}], format = 'newline_delimited', columns = {{{types}}}{more})"
