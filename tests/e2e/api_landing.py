"""Lands both APIs in a process that a test may kill."""

from datetime import date, datetime
from pathlib import Path
from unittest.mock import patch

from demo.api.keys import CONSOLE_ADMIN_KEY, ENTERPRISE_ADMIN_KEY, ENTERPRISE_ANALYTICS_KEY
from ingestion.http import run
from ingestion.sources.anthropic_console.reader import open_console
from ingestion.sources.anthropic_enterprise.reader import open_enterprise

# The pace that the vendor's account team may grant.
GRANTED = 1_000_000


def land(api_url: str, home: Path, since: date, now: datetime) -> None:
    """Do what `ingest` does for both sources, landing after every stretch of days."""
    sources = (
        open_console(api_url=api_url, admin_key=CONSOLE_ADMIN_KEY, requests_per_minute=GRANTED),
        open_enterprise(
            api_url=api_url,
            analytics_key=ENTERPRISE_ANALYTICS_KEY,
            admin_key=ENTERPRISE_ADMIN_KEY,
            requests_per_minute=GRANTED,
        ),
    )
    # As a backfill does that takes hours.
    with patch.object(run, "_LANDING_SECONDS", -1):
        for source in sources:
            landing = run.land_api(
                source,
                database=home / "warehouse.duckdb",
                working_dir=home / "dlt",
                since=since,
                now=now,
            )
            assert landing.problems == ()
