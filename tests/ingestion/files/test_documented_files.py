"""The files that the pages of the sources show are files that land."""

import re
from pathlib import Path

import pytest

from tests.ingestion.files.csv_home import CsvHome

DOCS = Path(__file__).parents[3] / "docs" / "sources"


@pytest.mark.parametrize(
    ("source_id", "name", "table", "count"),
    [
        ("anthropic_exports", "spend_2026-08.csv", "spend_report", 2),
        ("people", "roster_2026-11-20.csv", "roster", 3),
        ("invoices", "invoices.csv", "invoice_lines", 4),
        ("invoices", "exchange_rates.csv", "exchange_rates", 2),
    ],
)
def test_the_example_lands(
    tmp_path: Path, source_id: str, name: str, table: str, count: int
) -> None:
    page = (DOCS / f"{source_id.replace('_', '-')}.md").read_text(encoding="utf-8")
    examples = {
        "exchange_rates" if "usd_per_unit" in text else kind: text
        for kind, text in re.findall(r"```(csv|toml)\n(.*?)```", page, re.DOTALL)
    }
    home = CsvHome(tmp_path, source_id)
    home.write_bytes(name, examples[table if table in examples else "csv"].encode())
    tables = home.read()
    assert len(tables[table]) == count
    assert tables["rejected_rows"] == []
    assert {row["unknown_fields"] for row in tables["pulls"]} == {None}
    # Names that the page renames exist; the example has the usual ones, so it is refused now.
    home.write_bytes("columns.toml", examples["toml"].encode())
    assert all("columns.toml" not in row["reason"] for row in home.read()["rejected_rows"])
