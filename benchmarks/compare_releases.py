"""Compare all marts of two releases: `python -m benchmarks.compare_releases LEFT RIGHT`."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

import duckdb
from rich.console import Console
from rich.table import Table

from publishing.release import DATABASE_NAME
from publishing.tables import SCHEMA, identifier, text

# When a row was last looked at: it says when a build looked, not what it saw. A full build takes
# the newest of all sources' moments of the day, a daily one that of what landed when it rebuilt it.
NOT_COMPARED: Final = ("observed_through_at",)
SIDES: Final = ("left", "right")
_WORST: Final = 3
_EXAMPLES: Final = 3
_HELP: Final = """\
examples:
  python -m benchmarks.compare_releases var/releases/20261120T120000000000Z var/releases/current
  python -m benchmarks.compare_releases before/warehouse.duckdb var/warehouse.duckdb
  python -m benchmarks.compare_releases LEFT RIGHT --except-column billed_cost_usd

exit code: 0 all marts are equal, 1 they differ, 2 wrong use
"""


class ComparisonError(Exception):
    """Two releases cannot be compared; the message says which one and what to do."""


@dataclass
class Mart:
    """What the comparison of one mart found.

    Attributes:
        name: Its name.
        rows: How many rows each side has; none where the mart is missing.
        only: How many rows each side alone has, in the columns that are compared.
        columns: Columns that only one side has, or that have two types.
        examples: Rows that differ, a line each: their key, and what each side says.
    """

    name: str
    rows: tuple[int | None, int | None]
    only: tuple[int, int]
    columns: list[str]
    examples: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        """Whether both sides have the mart, with the same columns and the same rows."""
        return None not in self.rows and self.only == (0, 0) and not self.columns


def compare(
    left: Path, right: Path, *, except_columns: Sequence[str] = NOT_COMPARED, schema: str = SCHEMA
) -> list[Mart]:
    """Compare the marts of two releases; a row counts as often as it comes.

    Args:
        left: A release or a DuckDB file.
        right: Another one.
        except_columns: Columns that are not compared.
        schema: Schema of the files that holds the marts.

    Raises:
        ComparisonError: One of the two holds no marts that can be read.
    """
    with duckdb.connect() as connection:
        left_marts, right_marts = (
            _open(connection, side, path, schema)
            for side, path in zip(SIDES, (left, right), strict=True)
        )
        marts = [
            _compare(connection, name, left_marts.get(name), right_marts.get(name), except_columns)
            for name in sorted({*left_marts, *right_marts})
        ]
        for mart in sorted(marts, key=lambda mart: -sum(mart.only))[:_WORST]:
            if any(mart.only) and None not in mart.rows:
                mart.examples = list(_examples(connection, mart.name))
        return marts


def _open(
    connection: duckdb.DuckDBPyConnection, side: str, path: Path, schema: str
) -> dict[str, dict[str, str]]:
    """Bring the marts of a file into the schema of a side; return their types by column."""
    file = path / DATABASE_NAME if path.is_dir() else path
    if not file.is_file():
        raise ComparisonError(f"there is no {file}; name the directory of a release, or a file")
    try:
        connection.execute(f"create schema {identifier(side)}")
        connection.execute(f"create schema {identifier(f'only {side}')}")
        # A view knows the file by the name under which it was built, so it is read before the
        # other side comes, and copied.
        connection.execute(f"attach {text(file)} as {identifier(file.stem)} (read_only)")
        relations = connection.execute(
            "select view_name, true from duckdb_views()"
            " where database_name = $catalog and schema_name = $schema"
            " union all select table_name, false from duckdb_tables()"
            # What a killed build left behind is no mart.
            " where database_name = $catalog and schema_name = $schema"
            " and not contains(table_name, '__dbt_')",
            {"catalog": file.stem, "schema": schema},
        ).fetchall()
        for name, is_view in relations:
            if is_view:
                connection.execute(
                    f"create table {identifier(side, name)} as"
                    f" from {identifier(file.stem, schema, name)}"
                )
        connection.execute(f"detach {identifier(file.stem)}")
        connection.execute(f"attach {text(file)} as {identifier(f'{side} file')} (read_only)")
        for name, is_view in relations:
            if not is_view:
                connection.execute(
                    f"create view {identifier(side, name)} as"
                    f" from {identifier(f'{side} file', schema, name)}"
                )
        columns = connection.execute(
            "select table_name, column_name, data_type from duckdb_columns()"
            " where database_name = current_database() and schema_name = $1"
            " order by table_name, column_index",
            [side],
        ).fetchall()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise ComparisonError(f"{file} cannot be read: {reason}") from error
    if not columns:
        raise ComparisonError(f"{file} has no schema {schema} with tables; build or publish first")
    marts: dict[str, dict[str, str]] = {}
    for table, column, data_type in columns:
        marts.setdefault(table, {})[column] = data_type
    return marts


def _compare(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    left: dict[str, str] | None,
    right: dict[str, str] | None,
    except_columns: Sequence[str],
) -> Mart:
    left_rows = _count(connection, "left", name) if left else None
    right_rows = _count(connection, "right", name) if right else None
    if left is None or right is None:
        return Mart(name, (left_rows, right_rows), (left_rows or 0, right_rows or 0), [])
    columns = []
    for column in dict.fromkeys([*left, *right]):
        if column in except_columns or left.get(column) == right.get(column):
            continue
        if column in left and column in right:
            columns.append(f"{column} is {left[column]} left and {right[column]} right")
        else:
            columns.append(f"{column} only {'left' if column in left else 'right'}")
    shared = [column for column in left if column in right and column not in except_columns]
    chosen = ", ".join(map(identifier, shared)) or "true as row_exists"
    for side, other in (SIDES, SIDES[::-1]):
        connection.execute(
            f"create table {identifier(f'only {side}', name)} as"
            f" select {chosen} from {identifier(side, name)}"
            f" except all select {chosen} from {identifier(other, name)}"
        )
    only = (_count(connection, "only left", name), _count(connection, "only right", name))
    return Mart(name, (left_rows, right_rows), only, columns)


def _count(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> int:
    ((count,),) = connection.execute(f"select count(*) from {identifier(schema, name)}").fetchall()
    return int(count)


def _examples(connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[str]:
    """Tell of some rows that differ what their key is and what each side says.

    The key is the shortest run of first columns that tells the differing rows of a side apart.
    """
    left, right = (identifier(f"only {side}", name) for side in SIDES)
    columns = connection.table(left).columns
    key = next(
        (
            columns[:length]
            for length in range(1, len(columns))
            if _is_key(connection, left, columns[:length])
            and _is_key(connection, right, columns[:length])
        ),
        columns,
    )
    joined = connection.execute(
        "select here, there"
        f" from (select {left} as here from {left}) as lefts"
        f" full join (select {right} as there from {right}) as rights on "
        + " and ".join(
            f"here.{identifier(column)} is not distinct from there.{identifier(column)}"
            for column in key
        )
        + f" order by all limit {_EXAMPLES}"
    ).fetchall()
    for here, there in joined:
        row = here or there
        known = ", ".join(f"{column}={row[column]}" for column in key)
        if here and there:
            told = "; ".join(
                f"{column}: {here[column]} left, {there[column]} right"
                for column in columns
                if here[column] != there[column]
            )
        else:
            told = f"only {'left' if here else 'right'}"
        yield f"{known}: {told}"


def _is_key(connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]) -> bool:
    chosen = ", ".join(map(identifier, columns))
    ((is_key,),) = connection.execute(
        f"select count(*) = count(distinct row({chosen})) from {relation}"
    ).fetchall()
    return bool(is_key)


def _show(marts: Sequence[Mart], except_columns: Sequence[str], console: Console) -> None:
    table = Table("mart", "left", "right", "only left", "only right", "columns")
    for column in table.columns[1:5]:
        column.justify = "right"
    for mart in marts:
        counts = ("missing" if rows is None else f"{rows:,}" for rows in mart.rows)
        table.add_row(mart.name, *counts, *(f"{n:,}" for n in mart.only), ", ".join(mart.columns))
    console.print(table)
    for mart in marts:
        for example in mart.examples:
            console.print(f"{mart.name}: {example}", markup=False, soft_wrap=True)
    different = sum(not mart.is_equal for mart in marts)
    console.print(f"{len(marts)} marts, {different} of them different", highlight=False)
    if except_columns:
        console.print(f"not compared: {', '.join(except_columns)}", highlight=False)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say in one line what is wrong, and stop."""
        self.exit(2, f"error: {message}; see --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare two releases and show a table of their marts.

    Args:
        arguments: The command line; that of the process if none.

    Returns:
        0 if all marts are equal, 1 if they differ.
    """
    parser = _Parser(
        prog="python -m benchmarks.compare_releases",
        description="Compare all marts of two releases row by row, both ways.",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for side in SIDES:
        parser.add_argument(
            side, type=Path, metavar=side.upper(), help="directory of a release, or DuckDB file"
        )
    parser.add_argument(
        "--except-column",
        action="append",
        metavar="NAME",
        help="column that is not compared, again for more; if none is named:"
        f" {', '.join(NOT_COMPARED)}, when a build looked at a row last",
    )
    parser.add_argument("--schema", default=SCHEMA, help=f"schema of the marts; {SCHEMA}")
    chosen = parser.parse_args(arguments)
    except_columns = chosen.except_column or NOT_COMPARED
    try:
        marts = compare(
            chosen.left, chosen.right, except_columns=except_columns, schema=chosen.schema
        )
    except ComparisonError as error:
        parser.error(str(error))
    _show(marts, except_columns, Console())
    return int(any(not mart.is_equal for mart in marts))


if __name__ == "__main__":
    sys.exit(main())
