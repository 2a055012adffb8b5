"""The whole flow of an organisation that has set up nothing but the Console's key."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion.sources import raw_tables
from tests.e2e.outcome import Cli
from tests.ingestion.anthropic_console.console import DAY, NOON, USAGE_ROW, Console

pytestmark = [pytest.mark.long, pytest.mark.minutes(2)]


@pytest.fixture
def run_on(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Do the whole flow on a reporting day.

    The vendor's examples of tokens and of cost are not of the same use, and the gate says so.
    """

    def run(day: date) -> None:
        monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", day.isoformat())
        outcome = cli("run")
        assert outcome.code == 1, outcome
        assert "token_cost:cost_report cost_usd" in outcome.err

    return run


def test_what_the_console_restates_is_listed_and_nothing_else(
    home: Path, cli: Cli, console: Console, run_on: Callable[[date], None]
) -> None:
    run_on(NOON.date())
    # Two days later one number of a past day is higher, and the cost of that day was withdrawn.
    later = NOON + timedelta(days=2)
    console.clock.move_to(later)
    console.usage[DAY] = [{**USAGE_ROW, "output_tokens": 44_700}]
    console.cost = {}
    run_on(later.date())

    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as marts:
        query = marts.execute
        moved = query(
            """
            select source_id, date_day, measure_name, previous_value, restated_value, change_value,
                first_value, first_observed_at, restated_at
            from marts.fct_restatements
            order by all
            """
        ).fetchall()
        days = query(
            """
            select source_id, status, last_asked_status, row_count, gap_days, restatement_count
            from marts.fct_observed_days
            where date_day = ? and source_id like 'console_%'
            order by source_id
            """,
            [DAY],
        ).fetchall()
        # A day before anything happened, and the day after the last one.
        around = query(
            """
            select date_day, status
            from marts.fct_observed_days
            where source_id = 'console_cost_report'
            order by date_day
            """
        ).fetchall()
        assert query("select count(*) from marts.fct_claude_requests").fetchall() == [(0,)]
    first, second = (
        datetime.fromisoformat("2026-08-21"),
        datetime.fromisoformat("2026-08-23"),
    )
    seen = (first, second)
    cost = ("console_cost_report", DAY)
    assert [
        (*row[:7], tuple(each.replace(microsecond=0) for each in row[7:])) for row in moved
    ] == [
        (*cost, "amount", Decimal("608.5"), Decimal(0), Decimal("-608.5"), Decimal("608.5"), seen),
        (*cost, "row_count", Decimal(2), Decimal(0), Decimal(-2), Decimal(2), seen),
        (
            *("console_messages_usage", DAY, "output_tokens"),
            *(Decimal(44_100), Decimal(44_700), Decimal(600), Decimal(44_100), seen),
        ),
    ]
    assert days == [
        ("console_claude_code_models", "landed", "landed", 1, 0, 0),
        ("console_claude_code_rows", "landed", "landed", 2, 0, 0),
        ("console_cost_report", "empty", "empty", 0, 0, 1),
        ("console_messages_usage", "landed", "landed", 1, 0, 1),
    ]
    # 90 days by default, and the two that came after; each of them was answered.
    assert {status for _, status in around} == {"empty"}
    assert (around[0][0], around[-1][0], len(around)) == (
        date(2026, 5, 22), date(2026, 8, 21), 92
    )  # fmt: skip

    status = cli("status")
    assert status.code == 0, status
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        for dataset, table, _ in raw_tables():
            relation = f"{dataset}.{table}"
            (count,) = warehouse.execute(f"select count(*) from {relation}").fetchone() or (None,)
            is_set_up = dataset in {"raw_anthropic_console", "raw_identity", "raw_ingestion"}
            assert count == 0 or is_set_up, relation
