"""A PostgreSQL server of a test's own, and tables that go there and back."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import psycopg2  # type: ignore[import-untyped]  # its stubs are a package of their own

from ingestion.sources import raw_tables

# Where Debian's package puts what only a server needs; another system has it on its path.
_BINARIES: Final = "/usr/lib/postgresql/*/bin/initdb"
# The server refuses to be run by root.
_SERVER_USER: Final = "postgres"
_TYPES: Final = {"VARCHAR": "text", "DOUBLE": "double precision"}


def server_binaries() -> Path | None:
    """Where the newest server is installed; None if there is none."""
    found = [path.parent for path in Path("/").glob(_BINARIES.lstrip("/"))]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return max(found, default=None, key=lambda path: path.parts[-2])


@dataclass(frozen=True)
class Server:
    """A server that listens on a socket in its directory, and on no port.

    Args:
        directory: Holds its data and its socket.
    """

    directory: Path

    @property
    def variables(self) -> dict[str, str]:
        """How its clients reach it; it asks for no password."""
        return {
            "PGHOST": str(self.directory),
            "PGUSER": _SERVER_USER,
            "PGPASSWORD": "none",
            "PGDATABASE": "postgres",
        }

    def connect(self) -> Any:  # noqa: ANN401  # the driver has no types
        """Open a connection."""
        return psycopg2.connect(host=str(self.directory), user=_SERVER_USER, dbname="postgres")

    def take_raw_tables(self, warehouse: Path) -> None:
        """Replace all raw tables by those of a DuckDB file, keeping the views that read them.

        Args:
            warehouse: The file.
        """
        rows = self.directory / "rows.csv"
        with self.connect() as connection, duckdb.connect(str(warehouse), read_only=True) as source:
            cursor = connection.cursor()
            for schema, table, _ in raw_tables():
                name = f"{schema}.{table}"
                columns = ", ".join(
                    f"{column} {_TYPES.get(kind, kind)}"
                    for column, kind, *_ in source.execute(f"describe {name}").fetchall()
                )
                cursor.execute(f"create schema if not exists {schema}")
                cursor.execute(f"create table if not exists {name} ({columns})")
                cursor.execute(f"truncate {name}")
                source.execute(
                    f"copy {name} to '{rows}' (header false, nullstr '\\N', force_quote *)"
                )
                with rows.open(encoding="utf-8") as file:
                    cursor.copy_expert(f"copy {name} from stdin (format csv, null '\\N')", file)
        rows.unlink()

    def bring_schema(self, schema: str, file: Path) -> None:
        """Copy the tables of a schema into a new DuckDB file, in the types that the server names.

        Args:
            schema: Which.
            file: The file.
        """
        rows = self.directory / "rows.csv"
        with self.connect() as connection, duckdb.connect(str(file)) as target:
            cursor = connection.cursor()
            target.execute(f"create schema {schema}")
            cursor.execute(
                "select relname, string_agg(quote_ident(attname) || ' ' || "
                "replace(format_type(atttypid, atttypmod), ' without time zone', ''), ', ' "
                "order by attnum) from pg_attribute inner join pg_class on attrelid = pg_class.oid "
                "where relnamespace = %s::regnamespace and relkind in ('r', 'v') "
                "and attnum > 0 and not attisdropped group by relname",
                [schema],
            )
            for table, columns in cursor.fetchall():
                with rows.open("w", encoding="utf-8") as sink:
                    cursor.copy_expert(
                        f"copy (select * from {schema}.{table}) to stdout "
                        "(format csv, null '\\N', force_quote *)",
                        sink,
                    )
                target.execute(f"create table {schema}.{table} ({columns})")
                target.execute(
                    f"copy {schema}.{table} from '{rows}' (format csv, header false, "
                    "nullstr '\\N', auto_detect false, allow_quoted_nulls false)"
                )
        rows.unlink(missing_ok=True)


@contextmanager
def running_server(binaries: Path) -> Iterator[Server]:
    """Make a server, run it, and end it.

    Args:
        binaries: Where its programs are.
    """
    # Of its own: a socket's path must be short, and the server's user must reach it.
    with TemporaryDirectory(prefix="postgres-") as place:
        directory = Path(place)
        user = None
        if os.geteuid() == 0:
            user = _SERVER_USER
            shutil.chown(directory, user)
        # What is written need not outlive the machine.
        settings = f"-c listen_addresses='' -k {directory} -c fsync=off -c timezone=UTC -c jit=off"

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [str(binaries / program), "-D", str(directory / "data"), *arguments],
                user=user,
                cwd=directory,
                stdout=subprocess.DEVNULL,
                check=True,
            )

        # Text sorts by its bytes, as it does in DuckDB.
        run("initdb", "--username", _SERVER_USER, "--auth=trust", "--no-sync", "--locale=C.UTF-8")
        run("pg_ctl", "-w", "-l", str(directory / "log"), "-o", settings, "start")
        try:
            yield Server(directory)
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
