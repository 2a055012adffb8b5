"""Organisations with one way to use Claude get complete marts from their own sources.

Of one simulated company each lands what an organisation of its kind has: one API, or files and the
telemetry of its own people. The whole flow runs, gates and release included.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

import duckdb
import pytest
from rich.console import Console

from demo.organisation import Parameters
from pipeline import flow
from pipeline.steps import Steps
from tests.e2e.company import hand_in_logs, make_company, send_telemetry_of
from tests.e2e.truth.harness import open_with_truth

pytestmark = [pytest.mark.long, pytest.mark.minutes(5)]

PARAMETERS: Final = Parameters(
    people=120, start=date(2026, 9, 20), until=date(2026, 10, 31), seed=6
)
_ONE_IN_HANDS_IN_LOGS: Final = 3
# What the truth's counters are called in the marts, where it is otherwise.
_TRUE_COUNTERS: Final = {
    "edit_accepted_count": "edit_accepted_count + write_accepted_count",
    "edit_rejected_count": "edit_rejected_count + write_rejected_count",
}
_CODE: Final = (
    "session_count",
    "lines_added_count",
    "lines_removed_count",
    "commit_count",
    "pull_request_count",
    "edit_accepted_count",
    "edit_rejected_count",
)
_CHAT: Final = (
    "message_count",
    "conversation_count",
    "project_used_count",
    "project_created_count",
    "artifact_created_count",
    "file_uploaded_count",
    "skill_used_count",
    "connector_used_count",
)
_TELEMETRY_MARTS: Final = frozenset(
    {
        "fct_claude_requests",
        "fct_claude_sessions",
        "fct_reconciliation_daily",
        "fct_telemetry_events_daily",
        "fct_telemetry_metrics_daily",
        "fct_tool_decisions_daily",
    }
)
# What every organisation has.
_MARTS: Final = frozenset(
    {
        "fct_identity_coverage",
        "fct_observed_days",
        "fct_project_cost_daily",
        "fct_source_coverage_daily",
        "fct_token_cost_daily",
        "fct_usage_daily",
    }
)
_IN_TEAM: Final = "legal_entity = 'team_subsidiary'"
_OF_TEAM: Final = f"person_id in (select person_id from truth.people where {_IN_TEAM})"
_BEDROCK_REQUEST: Final = "requests where route = 'bedrock'"
_ON_BEDROCK: Final = f"person_id in (select person_id from truth.{_BEDROCK_REQUEST})"
_SEEN_DAY: Final = """exists (
    select 1 from truth.requests
    where
        requests.seen_by_telemetry and requests.person_id = usage_daily.person_id
        and requests.route = usage_daily.route and requests.date_day = usage_daily.date_day
)"""
# Searches are in no event of telemetry, so they are not in its cost.
_COST_WITHOUT_SEARCHES: Final = """cost_usd - web_search_count * (
    select usd_per_unit from warehouse.pricing.unit_prices where unit = 'web_search'
)"""


@dataclass(frozen=True)
class Organisation:
    """A kind of organisation and what it must get.

    Args:
        sources: What it has configured.
        tokens: Rows of the truth whose tokens its sources see.
        cost: Their list cost.
        usage: Rows of the truth's use of which its sources tell the counters.
        counters: Counters of use that its sources tell; all others are unseen.
        marts: Facts with rows besides those that everybody has.
        sources_prefix: What the names of its sources begin with.
        channels: Who is billed for its tokens.
        own_people: Condition on the truth's people: whose clients send telemetry.
        seats: Rows of the truth's seats on its last day.
        unseen: Channels and surfaces of which it knows people whom no source of its shows.
    """

    sources: tuple[str, ...]
    tokens: str
    cost: str
    usage: str
    counters: tuple[str, ...]
    marts: frozenset[str]
    sources_prefix: str
    channels: frozenset[str]
    own_people: str | None = None
    seats: str = "select * from truth.seats_daily where false"
    unseen: frozenset[tuple[str, str]] = frozenset()


ORGANISATIONS: Final = {
    "Console": Organisation(
        sources=("anthropic_console",),
        tokens="select * from truth.tokens_daily where route = 'console'",
        cost="list_cost_usd",
        # Of members of both organisations the Console tells what Enterprise pays, too.
        usage="""
            select * from truth.usage_daily
            where
                surface = 'claude_code' and route = 'console'
                or surface = 'claude_code' and route = 'enterprise' and (date_day, person_id) in (
                    select (date_day, person_id) from truth.planted
                    join truth.people on split_part(note, ' is in both', 1) in (email, former_email)
                    where planted.kind = 'overlap'
                )
        """,
        counters=_CODE,
        marts=frozenset({"fct_billed_cost_daily", "fct_invites", "fct_reconciliation_daily"}),
        sources_prefix="console_",
        channels=frozenset({"console"}),
        # Of members whom it sees use Enterprise it knows that it does not see what else they do.
        unseen=frozenset(
            ("enterprise", surface)
            for surface in ("chat", "chrome", "claude_code", "cowork", "design", "office")
        ),
    ),
    "Enterprise": Organisation(
        sources=("anthropic_enterprise",),
        tokens="select * from truth.tokens_daily where route = 'enterprise'",
        cost="list_cost_usd",
        # Its list of activity tells nothing of the browser extension, conversations of chats alone,
        # and no connectors of Claude Code.
        usage="""
            select * replace (
                case when surface = 'chat' then conversation_count end as conversation_count,
                case when surface != 'claude_code' then connector_used_count end
                    as connector_used_count
            )
            from truth.usage_daily
            where route = 'enterprise' and surface != 'chrome'
        """,
        counters=(*_CODE, *_CHAT),
        marts=frozenset(
            {
                "fct_billed_cost_daily",
                "fct_feature_use_daily",
                "fct_invites",
                "fct_reconciliation_daily",
                "fct_seats_daily",
            }
        ),
        sources_prefix="enterprise_",
        channels=frozenset({"enterprise"}),
        seats="select * from truth.seats_daily where system = 'enterprise'",
    ),
    "Team": Organisation(
        sources=("anthropic_exports", "claude_code_otel"),
        own_people=_IN_TEAM,
        tokens=f"select * from truth.requests where seen_by_telemetry and {_OF_TEAM}",
        cost=_COST_WITHOUT_SEARCHES,
        usage=f"""
            select * from truth.usage_daily
            where surface = 'claude_code' and {_OF_TEAM} and {_SEEN_DAY}
        """,
        counters=(*_CODE, "active_seconds"),
        marts=_TELEMETRY_MARTS | {"fct_billed_cost_daily", "fct_seats_daily"},
        sources_prefix="(otel|exports_)",
        channels=frozenset({"team"}),
        seats="select * from truth.seats_daily where system = 'team'",
        unseen=frozenset({("team", "chat"), ("team", "claude_code")}),
    ),
    "Bedrock": Organisation(
        sources=("claude_code_otel",),
        # The truth alone, read where no warehouse lies beside it.
        own_people=f"person_id in (select person_id from {_BEDROCK_REQUEST})",
        tokens=f"select * from truth.requests where seen_by_telemetry and {_ON_BEDROCK}",
        cost=_COST_WITHOUT_SEARCHES,
        usage=f"""
            select * from truth.usage_daily
            where surface = 'claude_code' and {_ON_BEDROCK} and {_SEEN_DAY}
        """,
        counters=(*_CODE, "active_seconds"),
        marts=_TELEMETRY_MARTS,
        sources_prefix="otel",
        channels=frozenset({"bedrock"}),
        unseen=frozenset({("bedrock", "claude_code")}),
    ),
    "local logs": Organisation(
        sources=("claude_code_logs",),
        tokens="select * from truth.requests where seen_by_logs",
        cost="cost_usd",
        usage="""
            select distinct on (date_day, session_id)
                date_day, session_id, 1 as session_count
            from truth.requests where seen_by_logs
        """,
        counters=("session_count",),
        marts=frozenset({"fct_claude_requests", "fct_claude_sessions"}),
        sources_prefix="local_logs",
        # A transcript of Bedrock may name the model as the vendor does itself.
        channels=frozenset({"unknown"}),
    ),
}


@dataclass(frozen=True)
class Run:
    """What the whole flow of an organisation came to.

    Args:
        organisation: Which.
        marts: Its warehouse beside the truth.
        release: The file that was published.
    """

    organisation: Organisation
    marts: duckdb.DuckDBPyConnection
    release: Path


@pytest.fixture(scope="module", params=ORGANISATIONS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Land what the organisation has, and do the whole flow."""
    organisation = ORGANISATIONS[request.param]
    path = tmp_path_factory.mktemp("organisation")
    company = make_company(path / "company", PARAMETERS)
    hand_in_logs(company, _ONE_IN_HANDS_IN_LOGS)
    if organisation.own_people:
        send_telemetry_of(company, organisation.own_people)
    settings = company.land(path / "home", sources=organisation.sources)
    result = flow.run(settings, Steps(Console(quiet=True)))
    assert result.problems == ()
    with open_with_truth(settings, company) as marts:
        yield Run(organisation, marts, result.release.path)


def test_tokens_and_cost_are_the_truth_of_what_is_seen(run: Run) -> None:
    columns = """
        sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
        sum(cache_write_5m_tokens + cache_write_1h_tokens)
    """
    (true,) = run.marts.execute(
        f"select {columns}, sum({run.organisation.cost}) from ({run.organisation.tokens})"
    ).fetchall()
    (found,) = run.marts.execute(
        f"select {columns}, sum(list_cost_usd) from fct_token_cost_daily"
    ).fetchall()
    assert true[0] > 0
    assert found == true


def test_counters_are_the_truth_of_what_is_seen_and_null_else(run: Run) -> None:
    names = [
        name
        for (name,) in run.marts.execute(
            """
            select column_name from duckdb_columns()
            where
                database_name = 'warehouse' and schema_name = 'marts'
                and table_name = 'fct_usage_daily'
                and (column_name like '%\\_count' escape '\\' or column_name = 'active_seconds')
            """
        ).fetchall()
    ]
    told = run.organisation.counters
    assert set(told) <= set(names)
    found = _sums(run.marts, names, "fct_usage_daily")
    # The truth has no time of work; that it is told is enough.
    compared = [name for name in told if name != "active_seconds"]
    true = _sums(run.marts, compared, f"({run.organisation.usage})", _TRUE_COUNTERS)
    assert {name: found[name] for name in compared} == true
    assert {name for name, value in found.items() if value is not None} == set(told)


def _sums(
    marts: duckdb.DuckDBPyConnection,
    names: Sequence[str],
    relation: str,
    otherwise: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, object]:
    sums = ", ".join(f"sum({otherwise.get(name, name)})::bigint" for name in names)
    (row,) = marts.execute(f"select {sums} from {relation}").fetchall()
    return dict(zip(names, row, strict=True))


def test_marts_that_can_have_rows_have_them(run: Run) -> None:
    facts = _tables(run.marts)
    filled = {
        name for name in facts if run.marts.execute(f"select 1 from {name} limit 1").fetchone()
    }
    # Whether something was restated depends on when it was asked for: here, once.
    assert filled - {"fct_restatements"} == _MARTS | run.organisation.marts


def test_rows_are_of_the_own_sources_and_channels(run: Run) -> None:
    for fact, columns in _tables(run.marts).items():
        if fact == "fct_observed_days":
            continue
        for column in columns:
            if column.endswith("source_id"):
                foreign = run.marts.execute(
                    f"""
                    select distinct {column} from {fact}
                    where not regexp_matches({column}, '^({run.organisation.sources_prefix})')
                        and {column} != '-1'
                    """
                ).fetchall()
                assert foreign == [], f"{fact}.{column}"
    found = run.marts.execute("select distinct channel from fct_token_cost_daily").fetchall()
    assert {channel for (channel,) in found} == run.organisation.channels


def test_seats_of_the_last_day_are_the_truth(run: Run) -> None:
    last_day = "date_day = (select max(date_day) from truth.calendar) and seat_status = 'assigned'"
    (true,) = run.marts.execute(
        f"select count(*) from ({run.organisation.seats}) where {last_day}"
    ).fetchall()
    (found,) = run.marts.execute(
        f"select count(*) from fct_seats_daily where {last_day}"
    ).fetchall()
    assert found == true


def test_coverage_says_whom_no_source_shows(run: Run) -> None:
    found = run.marts.execute(
        """
        select distinct channel, surface from fct_source_coverage_daily
        where source_id = '-1' and unseen_count > 0 and measure_group = 'activity'
        """
    ).fetchall()
    assert set(found) == run.organisation.unseen


def test_the_release_has_what_was_built(run: Run) -> None:
    with duckdb.connect(str(run.release / "claude_analytics.duckdb"), read_only=True) as release:
        for fact in _tables(run.marts):
            count = f"select count(*) from marts.{fact}"
            assert (
                release.execute(count).fetchall()
                == run.marts.execute(f"select count(*) from {fact}").fetchall()
            ), fact


def _tables(marts: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Facts of the marts with their columns."""
    return dict(
        marts.execute(
            """
            select table_name, list(column_name)
            from duckdb_columns()
            where
                database_name = 'warehouse' and schema_name = 'marts'
                and starts_with(table_name, 'fct_')
            group by table_name
            """
        ).fetchall()
    )
