"""The marts equal the truth of a simulated company, for whomever any source can see.

Each area says in `tests/e2e/truth` what its marts must hold, as queries that must find no
difference, and how many rows they compare.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

import duckdb
import pytest
from rich.console import Console

from demo.organisation import Parameters
from pipeline import flow
from pipeline.steps import Steps
from tests.e2e.company import make_company
from tests.e2e.truth import (
    billed,
    features,
    identity,
    reconciliation,
    seats,
    tokens,
    totals,
    usage,
)
from tests.e2e.truth.harness import differing, open_with_truth

AREAS: Final = {
    "billed": billed,
    "features": features,
    "identity": identity,
    "reconciliation": reconciliation,
    "seats": seats,
    "tokens": tokens,
    "totals": totals,
    "usage": usage,
}
# Two sizes and two seeds. The larger one has transcripts, too.
COMPANIES: Final = {
    "small": Parameters(people=40, start=date(2026, 9, 15), until=date(2026, 10, 31), seed=7),
    "large": Parameters(people=240, start=date(2026, 7, 15), until=date(2026, 10, 31), seed=11),
}
pytestmark = [pytest.mark.long, pytest.mark.minutes(4)]
_QUIET: Final = Steps(Console(quiet=True))


@pytest.fixture(scope="module", params=list(COMPANIES))
def warehouse(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """All sources of a company, landed when nothing changes any more, and built."""
    path = tmp_path_factory.mktemp("company")
    company = make_company(path / "company", COMPANIES[request.param])
    settings = company.land(path / "home")
    flow.prepare(settings, _QUIET)
    flow.build(settings, _QUIET)
    with open_with_truth(settings, company) as connection:
        yield connection


@pytest.mark.parametrize(
    ("area", "check"), [(name, check) for name, area in AREAS.items() for check in area.CHECKS]
)
def test_marts_equal_the_truth(warehouse: duckdb.DuckDBPyConnection, area: str, check: str) -> None:
    assert differing(warehouse, AREAS[area].CHECKS[check]) == []


@pytest.mark.parametrize(
    ("area", "count"), [(name, count) for name, area in AREAS.items() for count in area.COUNTS]
)
def test_there_is_something_to_compare(
    warehouse: duckdb.DuckDBPyConnection, area: str, count: str
) -> None:
    (found,) = warehouse.execute(AREAS[area].COUNTS[count]).fetchall()
    assert found[0] > 0


# A fact, a column of it that is damaged, and the area that must see it.
_DAMAGE: Final = (
    ("fct_usage_daily", "lines_added_count", "usage"),
    ("fct_usage_daily", "org_unit_key", "usage"),
    ("fct_token_cost_daily", "output_tokens", "tokens"),
    ("fct_token_cost_daily", "list_cost_usd", "tokens"),
    ("fct_billed_cost_daily", "reported_cost_usd", "billed"),
    ("fct_billed_cost_daily", "invoiced_cost_usd", "billed"),
    ("fct_feature_use_daily", "use_count", "features"),
    ("fct_seats_daily", "seat_status", "seats"),
    ("fct_invites", "invited_at", "seats"),
)


@pytest.mark.parametrize(("fact", "column", "area"), _DAMAGE)
def test_one_wrong_value_is_found(
    warehouse: duckdb.DuckDBPyConnection, fact: str, column: str, area: str
) -> None:
    """The comparisons above can fail: a copy of the fact with one wrong value hides the fact."""
    (kind,) = warehouse.execute(
        "select data_type from duckdb_columns() where database_name = 'warehouse' "
        "and schema_name = 'marts' and table_name = ? and column_name = ?",
        [fact, column],
    ).fetchall()
    other = {
        "VARCHAR": "'-1'",
        "TIMESTAMP": f"{column} + interval 1 day",
    }.get(kind[0], f"{column} + 1")
    if column == "org_unit_key":
        other = (
            f"(select max(org_unit_key) from dim_org_units where org_unit_key != facts.{column})"
        )
    warehouse.execute(
        f"""
        create or replace table memory.main.{fact} as
        select * exclude (number) replace (
            case when number = 1 then {other} else {column} end as {column}
        )
        from (
            select *, row_number() over (
                order by ({column} is null or {column}::varchar = '-1')::int, facts
            ) as number
            from warehouse.marts.{fact} as facts
        ) as facts
        """
    )
    warehouse.execute("set search_path = 'memory.main,warehouse.marts'")
    try:
        found = [
            check for check, query in AREAS[area].CHECKS.items() if differing(warehouse, query, 1)
        ]
    finally:
        warehouse.execute(f"drop table memory.main.{fact}")
        warehouse.execute("set search_path = 'warehouse.marts,memory.main'")
    assert found
