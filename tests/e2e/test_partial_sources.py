"""An organisation that has set up only some sources gets whole marts from those."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from demo.organisation import Parameters, generate
from ingestion.sources import raw_tables
from pipeline import flow
from pipeline.settings import Settings, load_settings
from pipeline.steps import Steps
from tests.e2e.vendor import Vendor, evening

pytestmark = [pytest.mark.long, pytest.mark.minutes(3)]

START = date(2026, 9, 1)
UNTIL = date(2026, 9, 30)
FILES = {
    "anthropic_exports": ("EXPORT_PATHS", "exports"),
    "people": ("PEOPLE_PATHS", "people"),
    "invoices": ("INVOICE_PATHS", "invoices"),
    "claude_code_logs": ("LOG_PATHS", "logs"),
}


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company of a month."""
    path = tmp_path_factory.mktemp("organisation")
    generate(path, Parameters(people=40, start=START, until=UNTIL, seed=5))
    return path


def _settings(home: Path, organisation: Path, files: tuple[str, ...]) -> Settings:
    paths = {
        f"CLAUDE_ANALYTICS_{variable}": str(organisation / "files" / folder)
        for source_id, (variable, folder) in FILES.items()
        if source_id in files
    }
    return load_settings(
        {
            "CLAUDE_ANALYTICS_HOME": str(home),
            "CLAUDE_ANALYTICS_AS_OF": UNTIL.isoformat(),
            **paths,
        }
    )


@pytest.mark.parametrize(
    ("api", "files"),
    [
        (("anthropic_enterprise",), ()),
        ((), ("anthropic_exports", "people", "invoices")),
        (("anthropic_console",), ("people", "claude_code_logs")),
    ],
    ids=["Enterprise alone", "files alone", "Console, roster and logs"],
)
def test_the_flow_works_on_some_sources(
    tmp_path: Path, organisation: Path, api: tuple[str, ...], files: tuple[str, ...]
) -> None:
    settings = _settings(tmp_path, organisation, files)
    if api:
        Vendor(organisation, evening(UNTIL), granted=1_000_000).land(
            tmp_path, sources=api, since=START + timedelta(days=10)
        )
    result = flow.run(settings, Steps(Console(quiet=True)))
    assert result.problems == ()
    with duckdb.connect(str(settings.database), read_only=True) as warehouse:
        seen = {
            source_id
            for (source_id,) in warehouse.execute(
                "select distinct source_id from raw_ingestion.observed_days"
            ).fetchall()
        }
        # Without a log of anybody in the company, the logs have no day.
        assert set(api) | set(files) - {"claude_code_logs"} <= seen <= set(api) | set(files)
        configured = {f"raw_{source_id}" for source_id in (*api, *files)}
        for dataset, table, _ in raw_tables():
            rows = warehouse.execute(f"select count(*) from {dataset}.{table}").fetchone()
            assert rows is not None
            if dataset not in {*configured, "raw_ingestion", "raw_identity"}:
                assert rows == (0,), f"{dataset}.{table}"
        marts = warehouse.execute(
            "select count(distinct source_id) from marts.fct_observed_days"
        ).fetchone()
    assert marts is not None
    assert marts[0] >= len(files) + 4 * len(api)
    assert (result.release.path / "claude_analytics.duckdb").exists()
