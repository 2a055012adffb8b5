"""Where runs of an API source land: a warehouse, or memory."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ingestion.http.endpoints import ApiSource
from ingestion.http.run import ApiLanding, land_api
from ingestion.raw_tables import LandingResult
from ingestion.sources import declaration
from tests.ingestion.http.fake_api import FakeApi

Open = Callable[[FakeApi], ApiSource]


class ApiWarehouse:
    """A home with a warehouse that runs of a source land in.

    Args:
        home: Its directory.
        source_id: The source.
        open_source: Opens the source on a fake API.
    """

    def __init__(self, home: Path, source_id: str, open_source: Open) -> None:
        self.home = home
        self.declared = declaration(source_id)
        self.open_source = open_source
        self._database = home / "warehouse.duckdb"

    def land(
        self, api: FakeApi, since: date | None = None, until: date | None = None
    ) -> ApiLanding:
        """Run the source once."""
        return land_api(
            self.open_source(api),
            database=self._database,
            working_dir=self.home / "dlt",
            since=since,
            until=until,
            now=api.clock.now(),
        )

    def query(self, sql: str) -> list[Any]:
        """Rows of the warehouse."""
        with duckdb.connect(str(self._database)) as connection:
            connection.execute(f"set search_path = '{self.declared.dataset}'")
            return connection.execute(sql).fetchall()

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Rows of a raw table, without what the loader adds to each."""
        loader = ("row_key", "pulled_at", "is_withdrawn", "_dlt_load_id")
        names = [name for (name, *_) in self.query(f"describe {table}") if name not in loader]
        found = self.query(f"select {', '.join(names)} from {table} order by all")
        return [dict(zip(names, row, strict=True)) for row in found]

    def count(self, table: str) -> int:
        """Rows in a raw table."""
        return int(self.query(f"select count(*) from {table}")[0][0])

    def said(self, table: str) -> dict[date, str]:
        """What was last said about each day."""
        return dict(
            self.query(
                f"""
                select date_day, max_by(status, pulled_at) from pulls
                where table_name = '{table}' group by date_day order by date_day
                """
            )
        )


class ApiShelf(ApiWarehouse):
    """Keeps what runs would land in memory: much faster, where landing is not the question."""

    def __init__(
        self, home: Path, source_id: str, open_source: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        super().__init__(home, source_id, open_source)
        self._tables = {
            name: [schema.empty_table()] for name, schema in self.declared.schemas.items()
        }
        monkeypatch.setattr(
            "ingestion.http.batch.dlt.source", lambda *_, **__: lambda tables: tables
        )
        monkeypatch.setattr("ingestion.http.batch.land", self._put)

    def query(self, sql: str) -> list[Any]:
        with duckdb.connect() as connection:
            for name, tables in self._tables.items():
                if name in sql:
                    connection.register(name, pa.concat_tables(tables))
            return connection.execute(sql).fetchall()

    def _put(self, tables: Mapping[str, pa.Table], **_settings: object) -> LandingResult:
        for name, table in tables.items():
            is_row = pc.is_null(table["is_withdrawn"]) if name != "pulls" else None
            self._tables[name].append(table if is_row is None else table.filter(is_row))
        return LandingResult(self.declared.dataset, {}, ())
