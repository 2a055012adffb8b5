"""A generated company as the vendor's APIs see it, ready to be asked in SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from demo.organisation.generator import write_truth
from demo.organisation.parameters import Parameters
from demo.organisation.views.api_views import write_api_views

COMPANIES = {
    "60 people, seed 1": Parameters(
        people=60, start=date(2026, 6, 10), until=date(2026, 7, 31), seed=1
    ),
    "200 people, seed 5": Parameters(
        people=200, start=date(2026, 1, 1), until=date(2026, 2, 14), seed=5
    ),
}
EMAIL_THEN = "case when date_day < email_changed_date then former_email else email end"
TOKEN_SUMS = (
    "sum(uncached_input_tokens), sum(output_tokens), sum(cache_read_input_tokens), "
    "sum(cache_creation__ephemeral_5m_input_tokens), "
    "sum(cache_creation__ephemeral_1h_input_tokens), sum(server_tool_use__web_search_requests)"
)
TRUE_TOKEN_SUMS = (
    "sum(input_tokens), sum(output_tokens), sum(cache_read_tokens), sum(cache_write_5m_tokens), "
    "sum(cache_write_1h_tokens), sum(web_search_count)"
)
SOURCES = ("anthropic_console", "anthropic_enterprise")


@dataclass(frozen=True)
class Company:
    """The truth and the views of one company.

    Tables of the truth have their own names; a view is `<source>.<table>` with all versions, and
    `final.<source>_<table>` with what is served in the end.

    Args:
        out: Directory of the company.
        parameters: What it was made from.
        db: Connection.
    """

    out: Path
    parameters: Parameters
    db: duckdb.DuckDBPyConnection

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return self.db.execute(sql).fetchall()

    def tables(self) -> Iterator[tuple[str, str]]:
        """Source and table of each view."""
        for source in SOURCES:
            for file in sorted((self.out / "views" / source).glob("*.parquet")):
                yield source, file.stem

    def same(self, found: str, expected: str) -> None:
        """Two queries have the same rows, and there are some.

        Args:
            found: About the views.
            expected: About the truth.
        """
        rows = self.ask(expected)
        assert rows
        assert sorted(self.ask(found), key=repr) == sorted(rows, key=repr)


def make_company(out: Path, parameters: Parameters) -> Company:
    """Write the truth and the views of the APIs, and connect to both."""
    write_truth(out / "truth", parameters)
    write_api_views(out)
    db = duckdb.connect()
    for file in (out / "truth").glob("*.parquet"):
        db.execute(f"create view {file.stem} as from '{file}'")
    db.execute(f"create view publication as from '{out / 'views' / 'publication.parquet'}'")
    db.execute("create schema final")
    company = Company(out, parameters, db)
    for source in SOURCES:
        db.execute(f"create schema {source}")
    for source, table in company.tables():
        file = out / "views" / source / f"{table}.parquet"
        db.execute(f"create view {source}.{table} as from '{file}'")
        db.execute(
            f"""create view final.{source}_{table} as
            select * exclude (visible_from, visible_to) from '{file}' where visible_to is null"""
        )
    return company
