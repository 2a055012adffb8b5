"""A source, or a table of one, is added in so few files, and then everybody knows of it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.project.conftest import ROOT
from tests.project.manifest_rules import RULES

pytestmark = pytest.mark.slow

# All that the three commands need; of the models only those that the new ones lean on.
COPIED = (
    "dbt_project.yml",
    "pyproject.toml",
    "README.md",
    "ingestion",
    "macros",
    "models/docs",
    "models/staging/ingestion",
    "pipeline",
    "profiles.example.yml",
    "seeds/mappings",
    "tests/dbt/generic",
)
GENERATED = {"_sources.yml", "sources.csv", "landed_tables.sql"}


class Tree:
    """A copy of the project in which sources are added.

    Args:
        root: Where it lies.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in COPIED:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, root / name, ignore=ignored)
            else:
                shutil.copy(ROOT / name, root / name)
        self._before = dict(self._texts())

    def _texts(self) -> Iterator[tuple[Path, bytes]]:
        for path in self.root.rglob("*"):
            inside = path.relative_to(self.root)
            if path.is_file() and path.suffix != ".pyc" and inside.parts[0] != "home":
                yield inside, path.read_bytes()

    def touched(self) -> set[Path]:
        """Files written or changed by hand; a model and its properties count once."""
        changed = {path for path, text in self._texts() if self._before.get(path) != text}
        by_hand = {
            path for path in changed if path.name not in GENERATED and path != Path("README.md")
        }
        return {path.with_suffix(".sql") if path.suffix == ".yml" else path for path in by_hand}

    def run(self, *arguments: str) -> str:
        """Run Python in the tree; what it printed."""
        own = {
            "CLAUDE_ANALYTICS_HOME": str(self.root / "home"),
            "PYTHONPATH": str(self.root),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env={**os.environ, **own},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def known(self, source_id: str, table: str) -> dict[str, Any]:
        """What the rest of the house knows of a table."""
        facts: dict[str, Any] = json.loads(self.run("-c", FACTS, source_id, table))
        return facts

    def dbt(self, *arguments: str) -> dict[str, Any]:
        """Run dbt; its manifest."""
        shutil.copy(self.root / "profiles.example.yml", self.root / "profiles.yml")
        os.environ["CLAUDE_ANALYTICS_DATABASE"] = str(self.root / "home" / "warehouse.duckdb")
        self.run("-m", "dbt.cli.main", *arguments)
        manifest: dict[str, Any] = json.loads((self.root / "target/manifest.json").read_text())
        return manifest


FACTS = """
import json, sys
from ingestion.sources import declared_tables, raw_tables
from pipeline.configured_sources import SOURCES
source_id, table = sys.argv[1:]
source, name = SOURCES[source_id], f"raw_{source_id}.{table}"
print(json.dumps({
    "is_made": name in {f"{dataset}.{raw}" for dataset, raw, _ in raw_tables()},
    "measures": source.declared.measures[table],
    "personal": declared_tables()[name].personal,
    "age_hours": source.declared.max_ages.get(table, source.declared.freshness.max_age)
    .total_seconds() / 3600,
    "setting": source.setting,
}))
"""
LANDED = """
import sys, duckdb
with duckdb.connect("home/warehouse.duckdb") as connection:
    print(connection.execute(sys.argv[1]).fetchall())
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    monkeypatch.setenv("CLAUDE_ANALYTICS_DATABASE", "")
    return Tree(tmp_path)


def test_a_csv_source_is_three_files_and_lands(tree: Tree) -> None:
    tree.run("-m", "ingestion.new_source", "cloud_bills")
    assert tree.touched() == {
        Path("ingestion/sources/cloud_bills/declaration.py"),
        Path("ingestion/sources/cloud_bills/README.md"),
        Path("models/staging/cloud_bills/stg_cloud_bills__records.sql"),
    }
    assert tree.known("cloud_bills", "records") == {
        "is_made": True,
        "measures": ["item_count"],
        "personal": ["user_email"],
        "age_hours": 35 * 24,
        "setting": "CLAUDE_ANALYTICS_CLOUD_BILLS_PATHS",
    }
    seed = (tree.root / "seeds/mappings/sources.csv").read_text().splitlines()
    assert seed[-1].startswith("cloud_bills_records,Cloud bills,file export,cloud_bills,records,24")

    (tree.root / "home").mkdir()
    bills = tree.root / "home" / "cloud_bills_2026-08.csv"
    bills.write_text(
        "record_id,recorded_date,user_email,item_count,secret\n"
        "a,2026-08-03,Ana@Example.com,3,x\nb,2026-08-04,,,y\nc,no day,,1,z\n"
    )
    tree.run("-m", "pipeline", "ingest", "cloud_bills", "--path", str(bills))
    manifest = tree.dbt("run", "--select", "stg_cloud_bills__records")
    rows = tree.run(
        "-c",
        LANDED,
        "select record_id, user_email, item_count, date_day "
        "from staging.stg_cloud_bills__records order by 1",
    )
    assert rows.strip() == (
        "[('a', 'ana@example.com', 3, datetime.date(2026, 8, 3)), "
        "('b', None, None, datetime.date(2026, 8, 4))]"
    )
    seen = "select status, row_count from raw_ingestion.observed_days order by date_day"
    assert tree.run("-c", LANDED, seen).strip() == "[('landed', 1), ('landed', 1)]"

    broken = [problem for rule in RULES for problem in rule(manifest) if "cloud_bills" in problem]
    assert broken == []
    lint = ["-m", "ruff", "check", "--no-cache", "ingestion/sources/cloud_bills"]
    assert "All checks passed" in tree.run(*lint)
    tree.run("-m", "ruff", "format", "--check", "--no-cache", "ingestion/sources/cloud_bills")


TABLE = """\
    _objects(
        "service_accounts",
        {**dict.fromkeys(("id", "name"), TEXT), "created_at": MOMENT},
        " and service account",
        "One row per service account",
        persons=(Person({"account_id": "id"}),),
    ),
    PULLS_TABLE,
"""
STAGING = """\
select row_key, id as service_account_id, date_day
from {{ source('anthropic_console', 'service_accounts') }}
"""
ASK = """
import httpx
from datetime import date
from pathlib import Path
from ingestion.http.run import land_api
from ingestion.sources.anthropic_console.reader import open_console

def answer(request):
    if request.url.path.endswith("/me"):
        return httpx.Response(200, json={"id": "o", "type": "organization", "name": "O"})
    found = [{"id": "s1", "name": "bot", "created_at": "2026-11-01T00:00:00Z"}]
    data = found if request.url.path.endswith("/service_accounts") else []
    return httpx.Response(200, json={"data": data, "has_more": False})

source = open_console(
    api_url="https://api.test",
    admin_key="sk-ant-admin01-0123456789",
    requests_per_minute=100000,
    transport=httpx.MockTransport(answer),
)
landing = land_api(
    source,
    database=Path("home/warehouse.duckdb").absolute(),
    working_dir=Path("home/dlt").absolute(),
    since=date.today(),
)
print(landing.rows["service_accounts"])
"""


def test_a_table_of_an_api_is_two_files_and_lands(tree: Tree) -> None:
    declaration = tree.root / "ingestion/sources/anthropic_console/declaration.py"
    text = declaration.read_text()
    assert text.count("    PULLS_TABLE,\n)") == 1
    declaration.write_text(text.replace("    PULLS_TABLE,\n)", f"{TABLE})"))
    staging = tree.root / "models/staging/anthropic_console"
    staging.mkdir(parents=True, exist_ok=True)
    (staging / "stg_anthropic_console__service_accounts.sql").write_text(STAGING)
    (staging / "stg_anthropic_console__service_accounts.yml").write_text("models: []\n")
    tree.run("-m", "ingestion.generate")

    assert tree.touched() == {
        Path("ingestion/sources/anthropic_console/declaration.py"),
        Path("models/staging/anthropic_console/stg_anthropic_console__service_accounts.sql"),
    }
    assert tree.known("anthropic_console", "service_accounts") == {
        "is_made": True,
        "measures": [],
        "personal": ["id"],
        "age_hours": 48,
        "setting": "CLAUDE_ANALYTICS_CONSOLE_ADMIN_KEY",
    }
    for generated in ("seeds/mappings/sources.csv", "macros/landings/landed_tables.sql"):
        assert "service_accounts" in (tree.root / generated).read_text()
    (tree.root / "home").mkdir()
    assert tree.run("-c", ASK).strip() == "1"
    tree.dbt("run", "--select", "stg_anthropic_console__service_accounts")
