"""A backfill passes no limit of the vendor and wastes little of what they allow."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import httpx
import pytest

from demo.api.clock import MovableClock
from demo.organisation import Parameters, generate
from ingestion.sources.anthropic_console import declaration as console
from ingestion.sources.anthropic_enterprise import declaration as enterprise
from tests.e2e.vendor import Vendor, evening

pytestmark = pytest.mark.long

# A tenth of 5,000 people and of the page size: as many requests, from a tenth of the rows.
PEOPLE = 500
PAGE_ROWS = 100
FIRST = date(2026, 8, 1)
UNTIL = date(2026, 10, 31)
DAYS = (UNTIL - FIRST).days + 1
# The vendor's numbers, requests per minute.
ANALYTICS = 60
CLAUDE_CODE = 60
REPORT_QUERIES = 1
# What a report answers at most in one query, in days.
REPORT_DAYS = 31
USER_REPORT_DAYS = 7
EXCESS = 1.2


class SmallPages(httpx.BaseTransport):
    """Asks for a tenth of the rows that the client asked for."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask."""
        if request.url.params.get("limit") == "1000":
            request.url = request.url.copy_set_param("limit", PAGE_ROWS)
        return self._transport.handle_request(request)


@dataclass
class SmallVendor(Vendor):
    """A stand-in with small pages."""

    @property
    def transport(self) -> httpx.BaseTransport:
        """A way to it that makes pages small."""
        return SmallPages(super().transport)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quarter of a year; the whole one is measured by the benchmarks."""
    data_dir = tmp_path_factory.mktemp("company")
    generate(data_dir, Parameters(people=PEOPLE, start=FIRST, until=UNTIL, seed=5))
    return data_dir


@pytest.fixture
def vendor(company: Path, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    """Within the documented limits, when all of the days are to be had."""
    monkeypatch.setattr(MovableClock, "sleep", together)
    return SmallVendor(company, evening(UNTIL + timedelta(days=3)))


def together(clock: MovableClock, seconds: float) -> None:
    """Threads that wait at the same time wait no longer than the one that waits longest."""
    until = clock.now() + timedelta(seconds=seconds)
    if until > clock.now():
        clock.move_to(until)


def pages(vendor: Vendor, table: str, days: int = 1) -> int:
    """Pages of all queries that span so many days each; an empty answer is a page."""
    source, _, name = table.partition(".")
    view = vendor.data_dir / "views" / source / f"{name}.parquet"
    with duckdb.connect() as connection:
        has_cut = "cut" in connection.read_parquet(str(view)).columns
        cut = "cut" if has_cut else "''"
        counts = connection.execute(
            f"""
            select {cut}, date_diff('day', $first, date_day) // $days, count(*)
            from read_parquet('{view}')
            where coalesce(visible_from, $now) <= $now and coalesce(visible_to, 'infinity') > $now
            group by all
            """,
            {"first": FIRST, "days": days, "now": vendor.clock.now()},
        ).fetchall()
    queries = math.ceil(DAYS / days) * (2 if has_cut else 1)
    assert len(counts) <= queries
    filled = sum(math.ceil(int(count) / PAGE_ROWS) for _, _, count in counts)
    return queries - len(counts) + filled


def test_enterprise_takes_little_longer_than_its_limit(vendor: Vendor, tmp_path: Path) -> None:
    per_day = ("user_activity", "chat_projects", "skills", "connectors", "plugins", "artifacts")
    needed = sum(pages(vendor, f"anthropic_enterprise.{name}") for name in per_day)
    needed += sum(
        pages(vendor, f"anthropic_enterprise.{name}", USER_REPORT_DAYS)
        for name in ("user_usage_report", "user_cost_report")
    )
    # Summaries, and two reports in two cuts: a page holds as many days as a query may span.
    needed += 5 * math.ceil(DAYS / REPORT_DAYS)
    started_at = vendor.clock.now()
    landing = vendor.land(tmp_path, sources=["anthropic_enterprise"], since=FIRST)
    assert landing["anthropic_enterprise"].problems == ()
    assert vendor.limits.violations == []
    assert vendor.clock.now() - started_at <= EXCESS * timedelta(minutes=needed / ANALYTICS)


def test_console_takes_little_longer_than_its_limits(vendor: Vendor, tmp_path: Path) -> None:
    allowed = max(
        pages(vendor, "anthropic_console.claude_code_rows") / CLAUDE_CODE,
        math.ceil(DAYS / REPORT_DAYS) / REPORT_QUERIES,
    )
    started_at = vendor.clock.now()
    landing = vendor.land(tmp_path, sources=["anthropic_console"], since=FIRST)
    assert landing["anthropic_console"].problems == ()
    assert vendor.limits.violations == []
    assert vendor.clock.now() - started_at <= EXCESS * timedelta(minutes=allowed)


@pytest.mark.parametrize(
    ("source_id", "setting", "per_minute", "days", "budget"),
    [
        # Twice as many: with a few more, other waits of the run may spread them over a minute.
        ("anthropic_enterprise", "ANALYTICS_REQUESTS_PER_MINUTE", 120, 30, "enterprise_analytics"),
        # More days than a report tells in one query.
        ("anthropic_console", "POLLS_PER_MINUTE", 2, 62, "console_reports"),
    ],
)
def test_a_limiter_that_lets_more_pass_is_caught(
    vendor: Vendor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    source_id: str,
    setting: str,
    per_minute: int,
    days: int,
    budget: str,
) -> None:
    declared = {"anthropic_console": console, "anthropic_enterprise": enterprise}[source_id]
    monkeypatch.setattr(declared, setting, per_minute)
    vendor.land(tmp_path, sources=[source_id], since=UNTIL - timedelta(days=days))
    assert {violation.budget for violation in vendor.limits.violations} == {budget}
