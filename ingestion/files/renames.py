"""`columns.toml` beside the files: what a site calls the columns of a table."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from .contracts import FileContract
from .csv_table import header_name
from .errors import RefusedFile

FILE_NAME: Final = "columns.toml"

# By table and column.
Renames = Mapping[str, Mapping[str, str]]


def read_renames(directory: Path, contracts: Iterable[FileContract]) -> Renames:
    """Names of columns that hold for the files of a directory; none without a `columns.toml`.

    Raises:
        RefusedFile: The file cannot be read, or names a table or column that does not exist.
    """
    path = directory / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise RefusedFile(f"{FILE_NAME} beside it cannot be read") from None
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RefusedFile(f"{FILE_NAME} beside it is not TOML: {error}") from None
    known = {
        contract.table: {column.header for column in contract.columns} for contract in contracts
    }
    for table, names in tables.items():
        if table not in known or not isinstance(names, dict):
            raise RefusedFile(
                f"{FILE_NAME} beside it: {table} is no table; write one of"
                f" {', '.join(f'[{name}]' for name in known)}"
            )
        for column, name in names.items():
            if column not in known[table] or not isinstance(name, str):
                raise RefusedFile(f"{FILE_NAME} beside it: {table} has no column {column} to name")
    return {
        table: {column: header_name(name) for column, name in names.items()}
        for table, names in tables.items()
    }
