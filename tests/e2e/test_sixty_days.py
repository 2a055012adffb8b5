"""Sixty daily runs end where one backfill ends, and tell what was restated on the way."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from demo.organisation import Parameters, generate
from ingestion.raw_tables import ensure_raw_tables
from ingestion.sources import declaration
from pipeline import dbt
from pipeline.settings import load_settings
from tests.e2e.vendor import API_SOURCES, Vendor, differences, evening, is_snapshot

pytestmark = [pytest.mark.long, pytest.mark.minutes(6)]

START = date(2026, 7, 2)
RUNS = 60
# Days that are over before the first daily run.
BACKFILLED = 30
UNTIL = START + timedelta(days=BACKFILLED + RUNS - 1)
FIRST_RUN = evening(START + timedelta(days=BACKFILLED))
# So early that the engagement reports of the last day are not published.
LAST_RUN = evening(UNTIL) - timedelta(hours=2)
GRANTED = 1_000_000
STAMPS = {"pulled_at", "data_refreshed_at"}


@dataclass(frozen=True)
class Runs:
    """Sixty daily runs over one organisation.

    Args:
        vendor: The stand-in, at the moment of the last run.
        home: Holds the warehouse, built once after the last run.
        organisation: Holds the truth.
    """

    vendor: Vendor
    home: Path
    organisation: Path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Land day after day, then build."""
    home = tmp_path_factory.mktemp("daily")
    organisation = tmp_path_factory.mktemp("organisation")
    generate(organisation, Parameters(people=30, start=START, until=UNTIL, seed=11))
    vendor = Vendor(organisation, FIRST_RUN, granted=GRANTED)
    for run in range(RUNS):
        moment = evening(START + timedelta(days=BACKFILLED + run))
        vendor.clock.move_to(min(moment, LAST_RUN))
        landings = vendor.land(home, since=START if run == 0 else None)
        assert [landing.problems for landing in landings.values()] == [(), ()]
    ensure_raw_tables(home / "warehouse.duckdb")
    environment = {
        "CLAUDE_ANALYTICS_HOME": str(home),
        "CLAUDE_ANALYTICS_AS_OF": UNTIL.isoformat(),
    }
    dbt.build(load_settings(environment))
    return Runs(vendor, home, organisation)


def test_no_day_is_skipped_none_is_doubled_and_what_was_withdrawn_is_gone(runs: Runs) -> None:
    assert differences(runs.vendor, runs.home) == {}


def test_one_backfill_at_the_end_lands_the_same_rows(runs: Runs, tmp_path: Path) -> None:
    runs.vendor.land(tmp_path, since=START)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{runs.home / 'warehouse.duckdb'}' as daily (read_only)")
        connection.execute(f"attach '{tmp_path / 'warehouse.duckdb'}' as once (read_only)")
        compared = 0
        for source_id in API_SOURCES:
            for table, schema in declaration(source_id).schemas.items():
                if table == "pulls" or is_snapshot(source_id, table):
                    continue
                columns = ", ".join(name for name in schema.names if name not in STAMPS)
                relation = f"raw_{source_id}.{table}"
                for left, right in (("daily", "once"), ("once", "daily")):
                    only_left = connection.execute(
                        f"""
                        select count(*) from (
                            select {columns} from {left}.{relation}
                            except all
                            select {columns} from {right}.{relation}
                        )
                        """
                    ).fetchone()
                    assert only_left == (0,), f"{relation}: rows only in {left}"
                compared += 1
    assert compared == 15


def test_all_planted_restatements_are_listed_and_no_others(runs: Runs) -> None:
    # What had changed before the first run, nobody saw change. A mart's totals have four decimals.
    expected = f"""
        select
            table_name, date_day, measure_name, round(value_before, 4) as previous_value,
            round(value_after, 4) as restated_value, changed_at::date as restated_date
        from read_parquet('{runs.organisation / "truth" / "planted_restatements.parquet"}')
        where changed_at > timestamp '{FIRST_RUN}'
    """
    listed = """
        select
            sources.landing_source_id || '.' || table_name, date_day, measure_name,
            previous_value, restated_value, restated_at::date
        from marts.fct_restatements
        inner join mappings.sources using (source_id)
    """
    with duckdb.connect(str(runs.home / "warehouse.duckdb"), read_only=True) as connection:
        planted, found = (
            connection.execute(f"select * from ({query}) order by all").fetchall()
            for query in (expected, listed)
        )
    assert len(planted) > 100
    assert found == planted


def test_a_day_that_is_not_published_reads_as_unobserved(runs: Runs) -> None:
    with duckdb.connect(str(runs.home / "warehouse.duckdb"), read_only=True) as connection:
        newest = connection.execute(
            """
            select date_day, status, row_count, first_observed_at
            from marts.fct_observed_days
            where table_name = 'user_activity'
            order by date_day desc
            limit 1
            """
        ).fetchall()
        asked = connection.execute(
            f"""
            select
                late.table_name, late.date_day, days.status,
                days.observed_at >= late.published_at as is_published
            from read_parquet('{runs.organisation / "views" / "publication.parquet"}') as late
            inner join raw_ingestion.observed_days as days
                on
                    split_part(late.table_name, '.', -1) = days.table_name
                    and late.date_day = days.date_day
                    and days.source_id = 'anthropic_enterprise'
            where late.date_day >= $first_day and late.date_day < $last_day
            """,
            {"first_day": FIRST_RUN.date(), "last_day": UNTIL},
        ).fetchall()
    assert newest == [(UNTIL, "not_published", None, None)]
    # Days that were published late were asked for in vain every day until then.
    before = {status for *_, status, is_published in asked if not is_published}
    afterwards = {status for *_, status, is_published in asked if is_published}
    assert before == {"not_published"}
    assert afterwards == {"landed", "empty"} or afterwards == {"landed"}
