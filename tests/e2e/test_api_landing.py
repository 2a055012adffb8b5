"""What landed is what the vendor's stand-ins served, on any day, after any fault."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from demo.api.faults import Fault, Kind
from demo.organisation import Parameters, generate
from ingestion.sources.anthropic_console import declaration as console
from tests.e2e.vendor import Vendor, differences, evening

FIRST = date(2026, 8, 1)
# The pace that the vendor's account team may grant; the limits have a test of their own.
GRANTED = 1_000_000


def organisation(path: Path, people: int, days: int, seed: int) -> Path:
    """A simulated company from the first day of August on."""
    until = FIRST + timedelta(days=days - 1)
    generate(path, Parameters(people=people, start=FIRST, until=until, seed=seed))
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty people, twenty days."""
    return organisation(tmp_path_factory.mktemp("small"), people=60, days=20, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize(("people", "days", "seed"), [(60, 25, 3), (240, 35, 4)])
def test_what_landed_is_what_was_served(tmp_path: Path, people: int, days: int, seed: int) -> None:
    data_dir = organisation(tmp_path / "organisation", people, days, seed)
    vendor = Vendor(data_dir, evening(FIRST + timedelta(days=days)), granted=GRANTED)
    landings = vendor.land(tmp_path, since=FIRST)
    assert [landing.problems for landing in landings.values()] == [(), ()]
    assert differences(vendor, tmp_path) == {}


FAULTS = {
    "429 storm": [Fault(Kind.RATE_LIMIT_STORM, count=7, retry_after=20)],
    "429 storm without a time": [Fault(Kind.RATE_LIMIT_STORM, count=5, retry_after=None)],
    "500": [Fault(Kind.SERVER_ERROR, count=3, status=500)],
    "503": [Fault(Kind.SERVER_ERROR, count=3, status=503)],
    "504": [Fault(Kind.SERVER_ERROR, count=2, status=504)],
    "529": [Fault(Kind.SERVER_ERROR, count=3, status=529, skip=20)],
    "slow": [Fault(Kind.SLOW, count=10, seconds=20)],
    "truncated": [Fault(Kind.TRUNCATED_BODY, count=3, skip=5)],
    "dying cursor": [Fault(Kind.EXPIRED_CURSOR, count=2)],
    "edition D": [Fault(Kind.EDITION)],
    "unknown fields": [Fault(Kind.UNKNOWN_FIELDS)],
    "number as text": [Fault(Kind.NUMBER_AS_TEXT, field="output_tokens")],
    "short pages": [Fault(Kind.SHORT_PAGES)],
    "long pages": [Fault(Kind.LONG_PAGES)],
}


@pytest.mark.long
@pytest.mark.parametrize("name", FAULTS)
def test_a_passing_fault_leaves_the_data_whole(
    small: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small pages, so that there are cursors.
    monkeypatch.setattr(console, "PAGE_ROWS", 3)
    vendor = Vendor(small, evening(FIRST + timedelta(days=20)), granted=GRANTED)
    vendor.faults.add(*FAULTS[name])
    landings = vendor.land(tmp_path, since=FIRST + timedelta(days=14))
    assert [landing.problems for landing in landings.values()] == [(), ()]
    assert all(fault["hits"] for fault in vendor.faults.described())


ANALYTICS = "/v1/organizations/analytics/"
ACTIVITY = {"user_activity", "summaries", "chat_projects", "skills", "connectors", "plugins"}
REPORTS = {"usage_report", "cost_report", "user_usage_report", "user_cost_report"}
ENTERPRISE_KEY = "CLAUDE_ANALYTICS_ENTERPRISE_KEY"
ENTERPRISE_ADMIN_KEY = "CLAUDE_ANALYTICS_ENTERPRISE_ADMIN_KEY"
CONSOLE_KEY = "CLAUDE_ANALYTICS_CONSOLE_ADMIN_KEY"

# Fault; the tables that it keeps from landing; status; words that its line must have.
LASTING: dict[str, tuple[Fault, set[str], str, tuple[str, ...]]] = {
    "revoked analytics key": (
        Fault(Kind.REVOKED_KEY, path=ANALYTICS),
        {f"anthropic_enterprise.{table}" for table in ACTIVITY | REPORTS | {"artifacts"}},
        "forbidden",
        (ENTERPRISE_KEY, "read:analytics"),
    ),
    "analytics hide from the key": (
        Fault(Kind.NOT_FOUND, path=ANALYTICS),
        {f"anthropic_enterprise.{table}" for table in ACTIVITY | REPORTS | {"artifacts"}},
        "forbidden",
        (ENTERPRISE_KEY, "read:analytics"),
    ),
    "missing scope": (
        Fault(Kind.MISSING_SCOPE, path="/v1/organizations/spend_limits"),
        {"anthropic_enterprise.spend_limits"},
        "forbidden",
        (ENTERPRISE_ADMIN_KEY, "read:spend_limits"),
    ),
    "revoked Console key": (
        Fault(Kind.REVOKED_KEY, path="/v1/organizations/usage_report"),
        {
            "anthropic_console.claude_code_rows",
            "anthropic_console.claude_code_models",
            "anthropic_console.messages_usage",
        },
        "forbidden",
        (CONSOLE_KEY,),
    ),
    "a report that always fails": (
        Fault(Kind.SERVER_ERROR, path=f"{ANALYTICS}user_cost_report", status=503),
        {"anthropic_enterprise.user_cost_report"},
        "failed",
        ("503", "user_cost_report"),
    ),
    "a report that is always cut off": (
        Fault(Kind.TRUNCATED_BODY, path="/v1/organizations/cost_report"),
        {"anthropic_console.cost_report"},
        "failed",
        ("cost_report",),
    ),
    "a number that became a word": (
        Fault(
            Kind.NUMBER_AS_TEXT,
            path=f"{ANALYTICS}user_usage_report",
            field="output_tokens",
            text="many",
        ),
        {"anthropic_enterprise.user_usage_report"},
        "failed",
        ("output_tokens", "user_usage_report"),
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("name", LASTING)
def test_a_lasting_fault_harms_nothing_else_and_heals(
    small: Path, tmp_path: Path, name: str
) -> None:
    fault, tables, status, words = LASTING[name]
    vendor = Vendor(small, evening(FIRST + timedelta(days=20)), granted=GRANTED)
    vendor.faults.add(fault)
    landings = vendor.land(tmp_path, since=FIRST)
    problems = [problem for landing in landings.values() for problem in landing.problems]
    assert {problem.status for problem in problems} == {status}
    assert len(problems) == 1
    assert "\n" not in problems[0].message
    assert all(word in problems[0].message for word in words), problems[0].message
    assert set(differences(vendor, tmp_path)) == tables
    assert _last_statuses(tmp_path, tables) == {status}

    vendor.faults.clear()
    landings = vendor.land(tmp_path)
    assert [landing.problems for landing in landings.values()] == [(), ()]
    assert differences(vendor, tmp_path) == {}


@pytest.mark.slow
def test_days_published_late_are_waited_for(small: Path, tmp_path: Path) -> None:
    vendor = Vendor(small, evening(FIRST + timedelta(days=20)), granted=GRANTED)
    vendor.faults.add(Fault(Kind.LATE_PUBLICATION, days=3))
    landings = vendor.land(tmp_path, since=FIRST)
    assert [landing.problems for landing in landings.values()] == [(), ()]
    assert _last_statuses(tmp_path, {"anthropic_enterprise.user_activity"}) == {"not_published"}
    vendor.faults.clear()
    vendor.land(tmp_path)
    assert differences(vendor, tmp_path) == {}


def _last_statuses(home: Path, tables: set[str]) -> set[str]:
    """What observed_days says of the newest day of each table."""
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        rows = connection.execute(
            """
            select distinct last(status order by date_day, observed_at)
            from raw_ingestion.observed_days
            where list_contains($tables, source_id || '.' || table_name)
            group by source_id, table_name
            """,
            {"tables": sorted(tables)},
        ).fetchall()
    return {status for (status,) in rows}
