"""The demo lands the simulated company whole, and shows from where."""

import csv
import re
from datetime import datetime
from pathlib import Path

import duckdb
import orjson
import pytest

from demo.api.served import served_rows
from demo.organisation import Parameters, generate
from demo.organisation.views.telemetry import bodies
from demo.replay import RECORDED_DIR, recorded_bodies
from ingestion.sources import declaration
from tests.e2e.system import PROJECT, System
from tests.e2e.vendor import API_SOURCES

MORNING_AFTER = datetime(2026, 11, 21, 11)  # noqa: DTZ001  # UTC without a zone


def test_bodies_are_replayed_as_they_came() -> None:
    bodies = recorded_bodies()
    assert len(bodies) == 21
    assert bodies[0].name == "dev1_feature.01.logs.json"
    assert bodies[-1].name.startswith("dev6_old_pr")
    assert {body.name[:4] for body in bodies if body.is_chunked} == {"dev6"}
    gzipped = {body.name for body in bodies if body.headers.get("content-encoding") == "gzip"}
    assert gzipped == {"dev4_denied.01.logs.pb.gz", "dev4_denied.02.metrics.pb.gz"}
    for body in bodies:
        assert body.path == f"/v1/{body.name.split('.')[2]}"
        assert body.body == (RECORDED_DIR / "otlp" / body.name).read_bytes()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[System, str]:
    """The demo of a small company, and what it printed."""
    system = System(tmp_path_factory.mktemp("demo"))
    return system, system.run("demo", "--people", "60", "--days", "30")


@pytest.mark.slow
def test_the_demo_says_what_landed_from_where(demo: tuple[System, str]) -> None:
    system, output = demo
    company = system.home / "demo" / "company"
    shown = dict(re.findall(r"(?m)^ +((?:console|enterprise)_\w+) +([\d,]+) ", output))
    expected = {
        f"{source_id.removeprefix('anthropic_')}_{table}": served_rows(
            company, f"{source_id}.{table}", MORNING_AFTER
        ).num_rows
        for source_id in API_SOURCES
        for table in declaration(source_id).schemas
        if table != "pulls"
    }
    assert {name: int(rows.replace(",", "")) for name, rows in shown.items()} == expected
    assert "Synthetic data" in output
    # The user's own home holds nothing of the demo but its directory.
    assert [path.name for path in system.home.iterdir()] == ["demo"]
    release = re.search(r"Release: (\S+)", output)
    assert release
    assert (system.home / "demo" / "releases" / "current").resolve() == Path(release[1])


@pytest.mark.slow
def test_the_demo_counts_the_requests_that_were_made(demo: tuple[System, str]) -> None:
    system, _ = demo
    requests = system.home / "demo" / "company" / "truth" / "requests.parquet"
    truth = duckdb.sql(
        f"""
        select
            count(*), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
            sum(cache_write_5m_tokens + cache_write_1h_tokens),
            sum(cost_usd - web_search_count * 0.01)
        from read_parquet('{requests}')
        where seen_by_telemetry or seen_by_logs
        """
    ).fetchone()
    with duckdb.connect(
        str(system.home / "demo" / "releases" / "current" / "claude_analytics.duckdb"),
        read_only=True,
    ) as release:
        counted = release.execute(
            """
            select
                count(*), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
                sum(cache_write_5m_tokens + cache_write_1h_tokens), sum(list_cost_usd)
            from marts.fct_claude_requests
            """
        ).fetchone()
    # Clients do not tell their web searches, so no telemetry can price them.
    assert truth is not None
    assert truth[0] > 0
    assert counted == truth


@pytest.mark.long
def test_the_readme_shows_what_the_demo_lands(tmp_path: Path) -> None:
    parameters = Parameters()
    generate(tmp_path, parameters)
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    shown = {
        name: int(rows.replace(",", ""))
        for name, rows in re.findall(r"(?m)^ +(\w+) +([\d,]+) +2026-", readme)
    }
    expected = {
        name: served_rows(
            tmp_path, f"anthropic_{name.replace('_', '.', 1)}", MORNING_AFTER
        ).num_rows
        for name in shown
        if name.startswith(("console_", "enterprise_"))
    }
    requests = duckdb.read_parquet(str(tmp_path / "truth" / "requests.parquet"))
    expected["local_logs"] = len(requests.filter("seen_by_logs"))
    expected["otel_events"] = sum(
        len(scope["logRecords"])
        for body in bodies(tmp_path / "truth", parameters.start, parameters.until)
        for resource in orjson.loads(body.body).get("resourceLogs", [])
        for scope in resource["scopeLogs"]
    )
    (roster,) = (tmp_path / "files" / "people").glob("*.csv")
    with roster.open(encoding="utf-8", newline="") as file:
        expected["people_roster"] = sum(1 for _ in csv.DictReader(file))
    assert shown == expected
