"""Defects seen in other systems that do this job: each case of the KPI definitions' last section.

Every test compares marts with numbers worked out by hand, and asks the raw rows in the naive way
that the guard prevents: that answer has to be the wrong one, or the case would show nothing.

Cases about pull requests, suppression of small groups and correlation come with the models that
hold them; usage joined to pull requests, the department of three and the trend of two weeks are
not here.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console

from pipeline import dbt, flow
from pipeline.settings import load_settings
from pipeline.steps import Steps
from tests.e2e.raw_rows import RawRows
from tests.ingestion.anthropic_enterprise.enterprise import (
    USERS,
    Enterprise,
    make_shelf,
    make_warehouse,
)
from tests.ingestion.anthropic_enterprise.examples import PERSON
from tests.ingestion.http.fake_api import failure

pytestmark = [pytest.mark.long, pytest.mark.minutes(1.5)]

AS_OF = date(2026, 10, 31)
CONSOLE_ID = "00000000-0000-4000-8000-00000000c0de"
ENTERPRISE_ID = "00000000-0000-4000-8000-00000000e0e0"
# One person for each case, so that none disturbs another.
PEOPLE = (
    *("ana", "ben", "cara", "dan", "eva", "fred", "gina", "hans", "ines", "jon", "kim"),
    *("leo", "mia", "ned", "olga", "pam"),
)
MODEL = "claude-sonnet-5"
MILLION = 1_000_000
ASKED = "anthropic_enterprise.user_activity"


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def noon(text: str, days: int = 0) -> datetime:
    return datetime.combine(day(text), datetime.min.time()) + timedelta(days=days, hours=12)


def person(name: str) -> dict[str, Any]:
    return {"user__id": f"user_{name}", "user__email_address": f"{name}@example.com"}


class Case:
    """A warehouse with all cases, built twice: as things were at first, and as they came to be."""

    def __init__(self, home: Path) -> None:
        self.settings = load_settings(
            {
                "CLAUDE_ANALYTICS_HOME": str(home),
                "CLAUDE_ANALYTICS_AS_OF": AS_OF.isoformat(),
                "CLAUDE_ANALYTICS_PSEUDONYM_KEY": "a key of a made-up company",
            }
        )
        self.raw = RawRows(self.settings.database)

    def build(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Build seeds and models; their tests have tests of their own."""
        self.raw.close()
        flow.prepare(self.settings, Steps(Console(quiet=True)))
        monkeypatch.setenv("DBT_INDIRECT_SELECTION", "empty")
        dbt.build(self.settings, select=["resource_type:seed", "resource_type:model"])

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the marts, or of raw tables."""
        with duckdb.connect(str(self.settings.database), read_only=True) as connection:
            connection.execute("set search_path = 'marts'")
            return connection.execute(sql).fetchall()

    def value(self, sql: str) -> Any:  # noqa: ANN401  # whatever was asked for
        """The only value of a query."""
        ((value,),) = self.query(sql)
        return value

    def key(self, name: str) -> str:
        """SQL of somebody's key."""
        return f"""(
            select distinct person_key from identity.int_identity__aliases
            where identity_kind = 'email' and identity_value = '{name}@example.com'
        )"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """All cases in one warehouse."""
    built = Case(tmp_path_factory.mktemp("cases"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        _at_first(built.raw)
        built.build(monkeypatch)
        _in_the_end(built.raw)
        built.build(monkeypatch)
    return built


def _at_first(raw: RawRows) -> None:
    raw.put(
        "people.roster",
        *(
            {
                "employee_id": f"E{number:05}",
                "email": f"{name}@example.com",
                "department": "Engineering",
                "team": "Team A",
            }
            for number, name in enumerate(PEOPLE)
            if name != "mia"
        ),
        feed_name="roster",
        date_day=day("10-28"),
        valid_from_date=day("01-01"),
        legal_entity="main",
    )
    # Moves in the middle of the month.
    for team, first, end in (("Team A", "01-01", "09-15"), ("Team B", "09-15", None)):
        raw.put(
            "people.roster",
            {
                "employee_id": "E00099",
                "email": "mia@example.com",
                "department": team,
                "team": team,
                "valid_from_date": day(first),
                "valid_to_date": end and day(end),
            },
            feed_name="roster",
            date_day=day("10-28"),
            legal_entity="main",
        )
    raw.observe("people.roster", day("10-28"), noon("10-28"))
    raw.put(
        "anthropic_enterprise.members",
        *(
            {"id": f"user_{name}", "email": f"{name}@example.com"}
            for name in PEOPLE
            if name not in {"ana", "cara"}
        ),
        date_day=day("10-29"),
        added_at=noon("08-31"),
    )
    raw.observe("anthropic_enterprise.members", day("10-29"), noon("10-29"))
    raw.put(
        "anthropic_console.organizations",
        {"id": CONSOLE_ID, "type": "organization", "name": "Console"},
        date_day=day("10-29"),
    )
    raw.observe("anthropic_console.organizations", day("10-29"), noon("10-29"))
    _console_reports(raw)
    _enterprise_reports(raw)
    _telemetry(raw)
    _cost(raw)


def _in_the_end(raw: RawRows) -> None:
    # A day is sent again with higher counters, and a cost is revised on its 25th day.
    raw.drop("anthropic_enterprise.user_activity", day("10-27"))
    _activity(raw, "gina", "10-27", chat_metrics__message_count=14)
    raw.observe(ASKED, day("10-27"), noon("10-30"))
    raw.drop("anthropic_enterprise.user_cost_report", day("10-05"))
    _cost_of(raw, "gina", "10-05", "12000")
    raw.observe("anthropic_enterprise.user_cost_report", day("10-05"), noon("10-30"))
    # Somebody's seat is taken away.
    raw.put(
        "anthropic_enterprise.members",
        *(
            {"id": f"user_{name}", "email": f"{name}@example.com"}
            for name in PEOPLE
            if name not in {"ana", "cara", "leo"}
        ),
        date_day=AS_OF,
        added_at=noon("08-31"),
    )
    raw.observe("anthropic_enterprise.members", AS_OF, noon("10-31"))


def _activity(raw: RawRows, name: str, when: str, **counters: int) -> None:
    raw.put(ASKED, {**person(name), "user__type": "user", **counters}, date_day=day(when))


def _console_reports(raw: RawRows) -> None:
    def row(name: str, when: str, sessions: int, terminal: str, **other: object) -> dict[str, Any]:
        return {
            "actor__type": "user_actor",
            "actor__email_address": f"{name}@example.com",
            "customer_type": "api",
            "terminal_type": terminal,
            "date_day": day(when),
            "organization_id": CONSOLE_ID,
            "core_metrics__num_sessions": sessions,
            "core_metrics__lines_of_code__added": sessions * 10,
            **other,
        }

    raw.put(
        "anthropic_console.claude_code_rows",
        # Several rows of one person and day.
        row("ana", "09-01", 2, "vscode"),
        row("ana", "09-01", 3, "iTerm.app"),
        row("ana", "09-01", 4, "vscode", customer_type="subscription", subscription_type="team"),
        # The person and day that three sources see.
        row(
            *("ben", "09-02", 3, "vscode"),
            customer_type="subscription",
            subscription_type="enterprise",
        ),
        # Nobody but a key.
        row("cara", "09-03", 5, "vscode"),
        {
            **row("", "09-04", 7, "ci"),
            "actor__type": "api_actor",
            "actor__email_address": None,
            "actor__api_key_name": "nightly-build",
        },
    )
    raw.put(
        "anthropic_console.api_keys",
        {
            "id": "apikey_nightly",
            "type": "api_key",
            "name": "nightly-build",
            "status": "active",
            "created_at": noon("08-01"),
        },
        date_day=day("10-29"),
    )
    raw.observe("anthropic_console.api_keys", day("10-29"), noon("10-29"))
    for when in ("09-01", "09-02", "09-03", "09-04"):
        raw.observe("anthropic_console.claude_code_rows", day(when), noon(when, days=1))

    def tokens(when: str, model: str = MODEL, **other: object) -> dict[str, Any]:
        return {
            "date_day": day(when),
            "api_key_id": "apikey_nightly",
            "model": model,
            "service_tier": "standard",
            "context_window": "0-200k",
            "inference_geo": "global",
            **dict.fromkeys(
                (
                    "uncached_input_tokens",
                    "cache_creation__ephemeral_5m_input_tokens",
                    "cache_creation__ephemeral_1h_input_tokens",
                    "cache_read_input_tokens",
                    "output_tokens",
                    "server_tool_use__web_search_requests",
                ),
                0,
            ),
            **other,
        }

    raw.put(
        "anthropic_console.messages_usage",
        tokens("09-04", uncached_input_tokens=MILLION),
        tokens("09-11", "claude-unheard-of-9", uncached_input_tokens=MILLION),
        # The price of cache reads is halved in between.
        tokens("10-06", "claude-sonnet-5-5", cache_read_input_tokens=MILLION),
        tokens("10-07", "claude-sonnet-5-5", cache_read_input_tokens=MILLION),
        tokens(
            "09-12",
            cache_creation__ephemeral_5m_input_tokens=MILLION,
            cache_creation__ephemeral_1h_input_tokens=MILLION,
        ),
        tokens("09-13", uncached_input_tokens=MILLION, service_tier="batch"),
        tokens(
            *("04-15", "claude-sonnet-4-5-20250929"),
            uncached_input_tokens=MILLION,
            context_window="200k-1M",
        ),
    )
    for when in ("09-04", "09-11", "10-06", "10-07", "09-12", "09-13", "04-15"):
        raw.observe("anthropic_console.messages_usage", day(when), noon(when, days=1))


def _enterprise_reports(raw: RawRows) -> None:
    sessions = "claude_code_metrics__core_metrics__distinct_session_count"
    _activity(raw, "ben", "09-02", **{sessions: 3})
    # Days that follow are not published yet, or may not be read any more.
    _activity(raw, "fred", "09-04", chat_metrics__message_count=5)
    _activity(raw, "gina", "10-27", chat_metrics__message_count=10)
    for when in ("09-14", "09-16"):
        _activity(raw, "mia", when, chat_metrics__message_count=3)
    _activity(raw, "ned", "04-30", chat_metrics__message_count=6)
    for when in ("04-30", "09-02", "09-04", "09-14", "09-16", "10-27"):
        raw.observe(ASKED, day(when), noon(when, days=1))
    raw.observe(ASKED, day("09-05"), noon("09-05", days=1), "not_published")
    for number in range(31):
        refused = day("05-01") + timedelta(days=number)
        raw.observe(ASKED, refused, noon("05-01", days=number + 1), "forbidden")


def _telemetry(raw: RawRows) -> None:
    def event(name: str, at: str, session: str, request: str, **other: object) -> dict[str, Any]:
        moment = datetime.fromisoformat(f"2026-{at}")
        return {
            "event_name": "api_request",
            "event_at": moment,
            "date_day": moment.date(),
            "session_id": session,
            "request_id": request,
            "user_account_id": f"user_{name}",
            "user_email": f"{name}@example.com",
            "organization_id": ENTERPRISE_ID,
            "model": MODEL,
            "app_version": "2.1.0",
            "input_tokens": 100,
            "output_tokens": 10,
            "query_source": "main",
            "cost_usd": 0.0003,
            **other,
        }

    raw.put(
        "claude_code_otel.events",
        *(event("ben", f"09-02T1{n}:00:00", f"ben-{n}", f"req-ben-{n}") for n in range(3)),
        # Half of a session's requests, then nothing.
        *(event("hans", f"09-08T1{n}:00:00", "hans-1", f"req-hans-{n}") for n in range(2)),
        # A subagent asks within the session of its parent.
        event("ines", "09-09T10:00:00", "ines-1", "req-ines-1"),
        event(
            *("ines", "09-09T10:01:00", "ines-1", "req-ines-2"),
            query_source="subagent",
            agent_name="reviewer",
        ),
    )
    # A client whose transcripts are known to lose output.
    raw.put(
        "claude_code_otel.events",
        event(
            *("pam", "09-15T12:00:00", "pam-1", "req-pam-1"),
            model="claude-sonnet-4-5-20250929",
            app_version="2.0.60",
            output_tokens=150,
        ),
    )
    for when in ("09-02", "09-08", "09-09", "09-15"):
        raw.observe("claude_code_otel.events", day(when), noon(when, days=1))
    # What the whole of that session used.
    raw.put(
        "anthropic_enterprise.user_usage_report",
        {
            "actor__type": "user_actor",
            "actor__user_id": "user_hans",
            "actor__email": "hans@example.com",
            "product": "claude_code",
            "model": MODEL,
            "context_window": "0-200k",
            "uncached_input_tokens": 400,
            "output_tokens": 40,
            "cache_read_input_tokens": 0,
            "cache_creation__ephemeral_5m_input_tokens": 0,
            "cache_creation__ephemeral_1h_input_tokens": 0,
            "server_tool_use__web_search_requests": 0,
            "requests": 4,
            "total_tokens": 440,
        },
        date_day=day("09-08"),
    )
    raw.observe("anthropic_enterprise.user_usage_report", day("09-08"), noon("09-08", days=1))
    _metric_points(raw)
    _log_lines(raw)


def _metric_points(raw: RawRows) -> None:
    def point(
        *where: str, value: float, start: str, at: str, temporality: int = 2
    ) -> dict[str, Any]:
        name, session, series = where
        started, moment = (datetime.fromisoformat(f"2026-{text}") for text in (start, at))
        return {
            "metric_name": "claude_code.lines_of_code.count",
            "metric_kind": "sum",
            "metric_type": "added",
            "temporality": temporality,
            "is_monotonic": True,
            "series_key": series,
            "session_id": session,
            "user_account_id": f"user_{name}",
            "user_email": f"{name}@example.com",
            "organization_id": ENTERPRISE_ID,
            "start_at": started,
            "point_at": moment,
            "start_time_unix_nano": _nanoseconds(started),
            "time_unix_nano": _nanoseconds(moment),
            "date_day": moment.date(),
            "value": value,
        }

    one, two = ("eva", "eva-1", "series-1"), ("eva", "eva-1", "series-2")
    counted = ("jon", "jon-1", "series-3")
    increments = ("jon", "jon-2", "series-4")
    raw.put(
        "claude_code_otel.metric_points",
        # Two processes count up in one session, each from its own start: 9 and 7 lines.
        point(*one, value=5, start="09-10T09:00:00", at="09-10T09:01:00"),
        point(*two, value=3, start="09-10T09:00:30", at="09-10T09:01:30"),
        point(*one, value=9, start="09-10T09:00:00", at="09-10T09:02:00"),
        point(*two, value=7, start="09-10T09:00:30", at="09-10T09:02:30"),
        # A client that counts up, 15 lines, and one that tells increments, 4 and 6.
        point(*counted, value=10, start="09-10T09:00:00", at="09-10T09:01:00"),
        point(*counted, value=15, start="09-10T09:00:00", at="09-10T09:02:00"),
        point(*increments, value=4, start="09-10T09:00:00", at="09-10T09:01:00", temporality=1),
        point(*increments, value=6, start="09-10T09:01:00", at="09-10T09:02:00", temporality=1),
    )
    raw.observe("claude_code_otel.metric_points", day("09-10"), noon("09-10", days=1))


def _nanoseconds(moment: datetime) -> int:
    return (moment - datetime.fromisoformat("1970-01-01")) // timedelta(microseconds=1) * 1000


def _log_lines(raw: RawRows) -> None:
    def line(name: str, output: int) -> dict[str, Any]:
        return {
            "session_id": f"{name}-1",
            "message_id": f"msg-{name}-1",
            "request_id": f"req-{name}-1",
            "line_uuid": f"line-{name}-{output}",
            "source_file": f"{name}.jsonl",
            "source_offset": output,
            "output_tokens": output,
        }

    raw.put(
        "claude_code_logs.usage_lines",
        # A response that was written in three frames, the output growing.
        *(line("kim", output) for output in (8, 40, 120)),
        line("pam", 120),
        date_day=day("09-15"),
        logged_at=noon("09-15"),
        model="claude-sonnet-4-5-20250929",
        client_version="2.0.60",
        input_tokens=100,
        cache_read_tokens=0,
        cache_creation_tokens=0,
    )
    raw.observe("claude_code_logs.usage_lines", day("09-15"), noon("09-15", days=1))


def _cost_of(raw: RawRows, name: str, when: str, cents: str) -> None:
    raw.put(
        "anthropic_enterprise.user_cost_report",
        {
            "actor__type": "user_actor",
            "actor__user_id": f"user_{name}",
            "actor__email": f"{name}@example.com",
            "product": "chat",
            "model": MODEL,
            "cost_type": "tokens",
            "amount": cents,
            "list_amount": cents,
            "currency": "USD",
            "requests": 1,
        },
        date_day=day(when),
    )


def _cost(raw: RawRows) -> None:
    _cost_of(raw, "gina", "10-05", "10000")
    raw.observe("anthropic_enterprise.user_cost_report", day("10-05"), noon("10-06"))
    # As much as the limit, to the cent.
    raw.put(
        "anthropic_exports.spend_report",
        {
            "feed_name": "spend-report",
            "period_start_date": day("09-01"),
            "period_end_date": day("09-30"),
            "user_email": "olga@example.com",
            "user_id": "user_olga",
            "product": "Chat",
            "model": MODEL,
            "total_requests": 40,
            "total_net_spend_usd": "500.00",
            "total_gross_spend_usd": "500.00",
        },
        date_day=day("09-30"),
    )
    raw.observe("anthropic_exports.spend_report", day("09-30"), noon("10-01"))
    raw.put(
        "anthropic_enterprise.spend_limits",
        {
            "actor__user_id": "user_olga",
            "amount": "50000",
            "period_to_date_spend": "50000",
            "period": "monthly",
            "currency": "USD",
            "source__type": "seat_tier",
            "source__seat_tier": "enterprise_standard",
        },
        date_day=day("10-29"),
    )
    raw.observe("anthropic_enterprise.spend_limits", day("10-29"), noon("10-29"))
    raw.put(
        "invoices.invoice_lines",
        {
            "feed_name": "invoices",
            "invoice_id": "INV-1",
            "vendor": "Anthropic",
            "product": "claude_enterprise",
            "invoice_date": day("10-05"),
            "period_start_date": day("09-01"),
            "period_end_date": day("09-30"),
            "line_number": 1,
            "line_kind": "seat",
            "description": "Seats",
            "quantity": "12",
            "unit_price": "60",
            "amount": "720.00",
            "currency": "USD",
        },
        date_day=day("09-01"),
    )
    raw.observe("invoices.invoice_lines", day("09-01"), noon("10-06"))


# --- people and sources -----------------------------------------------------------------------


def test_several_rows_of_one_person_and_day_are_summed_once_each(case: Case) -> None:
    """Two terminals and two customer types. The last row alone would be four sessions."""
    used = f"""
        select sum(session_count), sum(lines_added_count), count(*)
        from fct_usage_daily where date_day = '2026-09-01' and person_key = {case.key("ana")}
    """
    assert case.query(used) == [(9, 90, 1)]
    last_row = """
        select arg_max(core_metrics__num_sessions, row_key)
        from raw_anthropic_console.claude_code_rows where date_day = '2026-09-01'
    """
    assert case.value(last_row) == 4


def test_what_three_sources_see_is_counted_once_and_all_are_evidence(case: Case) -> None:
    """Both APIs and telemetry saw three sessions. Added up they would be nine."""
    used = f"""
        select session_count, activity_source_id from fct_usage_daily
        where date_day = '2026-09-02' and person_key = {case.key("ben")}
    """
    assert case.query(used) == [(3, "enterprise_user_activity")]
    evidence = """
        select source_id, seen_count, chosen_count, outranked_count
        from fct_source_coverage_daily
        where
            date_day = '2026-09-02' and surface = 'claude_code' and channel = 'enterprise'
            and measure_group = 'activity' and source_id != '-1'
        order by source_id
    """
    assert case.query(evidence) == [
        ("console_claude_code_rows", 1, 0, 1),
        ("enterprise_user_activity", 1, 1, 0),
        ("otel_events", 1, 0, 1),
    ]
    added = """
        select
            (
                select sum(core_metrics__num_sessions) from raw_anthropic_console.claude_code_rows
                where date_day = '2026-09-02'
            )
            + (
                select sum(claude_code_metrics__core_metrics__distinct_session_count)
                from raw_anthropic_enterprise.user_activity where date_day = '2026-09-02'
            )
            + (
                select count(distinct session_id) from raw_claude_code_otel.events
                where date_day = '2026-09-02'
            )
    """
    assert case.value(added) == 9


def test_without_a_source_of_chat_its_counters_are_null(case: Case) -> None:
    """The Console knows no chat. A report that fills with zeros would call her inactive there."""
    used = f"""
        select surface, session_count, message_count, conversation_count from fct_usage_daily
        where date_day = '2026-09-03' and person_key = {case.key("cara")}
    """
    assert case.query(used) == [("claude_code", 5, None, None)]
    filled = f"""
        select coalesce(sum(message_count), 0) from fct_usage_daily
        where date_day = '2026-09-03' and person_key = {case.key("cara")}
    """
    assert case.value(filled) == 0


def test_an_actor_without_an_address_is_a_service_actor_with_its_cost(case: Case) -> None:
    """A million tokens at $2. Joined to people by e-mail they would be gone."""
    cost = """
        select person_key, actor_key != '-1', actor_name, list_cost_usd
        from fct_token_cost_daily left join dim_actors using (actor_key)
        where date_day = '2026-09-04'
    """
    assert case.query(cost) == [("-1", True, "nightly-build", Decimal(2))]
    used = """
        select person_key, actor_key != '-1', session_count from fct_usage_daily
        where date_day = '2026-09-04' and surface = 'claude_code'
    """
    assert case.query(used) == [("-1", True, 7)]
    assert case.value("select count(*) from dim_people where not is_unknown") == len(PEOPLE)
    by_email = """
        select coalesce(sum(core_metrics__num_sessions), 0)
        from raw_anthropic_console.claude_code_rows
        inner join raw_people.roster on actor__email_address = email
        where claude_code_rows.date_day = '2026-09-04'
    """
    assert case.value(by_email) == 0


def test_activity_stays_with_the_team_of_the_day(case: Case) -> None:
    """She moved on the 15th. With the team of today, all of it would be Team B's."""
    used = f"""
        select date_day, org_unit_name, message_count from fct_usage_daily
        inner join dim_org_units using (org_unit_key)
        where person_key = {case.key("mia")} order by date_day
    """
    assert case.query(used) == [
        (day("09-14"), "Team A", 3),
        (day("09-16"), "Team B", 3),
    ]
    of_today = """
        select team, sum(chat_metrics__message_count)
        from raw_anthropic_enterprise.user_activity
        inner join raw_people.roster on user__email_address = email and valid_to_date is null
        where email = 'mia@example.com' group by team
    """
    assert case.query(of_today) == [("Team B", 6)]


def test_a_seat_that_was_taken_away_keeps_its_history(case: Case) -> None:
    """Removed on the 31st of October. Who is a member today tells of no day before."""
    seats = f"""
        select seat_status, min(date_day), max(date_day), count(*) from fct_seats_daily
        where person_key = {case.key("leo")} group by seat_status order by seat_status
    """
    assert case.query(seats) == [
        ("assigned", day("08-31"), day("10-29"), 60),
        ("removed", AS_OF, AS_OF, 1),
    ]
    of_today = """
        select count(*) from raw_anthropic_enterprise.members
        where id = 'user_leo' and date_day = (
            select max(date_day) from raw_anthropic_enterprise.members
        )
    """
    assert case.value(of_today) == 0


# --- lag and restatement ----------------------------------------------------------------------


def test_a_source_that_lags_three_days_loses_and_repeats_no_day(tmp_path: Path) -> None:
    """Four daily runs. One that asked for yesterday alone would land nothing, every day."""
    api, warehouse = Enterprise(), make_warehouse(tmp_path)
    first, today = date(2026, 8, 16), date(2026, 8, 20)
    api.people = {first + timedelta(days=number): [PERSON] for number in range(8)}
    published = []
    for number in range(4):
        now = today + timedelta(days=number)
        api.clock.move_to(datetime.combine(now, datetime.min.time()) + timedelta(hours=12))
        api.newest = now - timedelta(days=4)
        published.append(api.newest)
        assert warehouse.land(api, since=first).problems == ()
        # What a cursor of the run's time asks for is never there yet.
        assert warehouse.said("user_activity")[now - timedelta(days=1)] == "not_published"
    landed = "select date_day, count(*) from user_activity group by 1 order by 1"
    assert warehouse.query(landed) == [(published_day, 1) for published_day in published]
    assert published == [first + timedelta(days=number) for number in range(4)]


def test_a_day_that_is_not_published_is_unobserved_not_inactive(case: Case) -> None:
    """Fred wrote on the 4th; of the 5th nothing is known. A filled calendar says he was idle."""
    observed = """
        select date_day, status, row_count from fct_observed_days
        where source_id = 'enterprise_user_activity' and date_day in ('2026-09-04', '2026-09-05')
        order by date_day
    """
    assert case.query(observed) == [
        (day("09-04"), "landed", 1),
        (day("09-05"), "not_published", None),
    ]
    used = f"select date_day from fct_usage_daily where person_key = {case.key('fred')}"
    assert case.query(used) == [(day("09-04"),)]
    filled = f"""
        select coalesce(message_count, 0) from dim_days
        left join fct_usage_daily
            on
                dim_days.date_day = fct_usage_daily.date_day
                and person_key = {case.key("fred")}
        where dim_days.date_day = '2026-09-05'
    """
    assert case.value(filled) == 0


def test_the_latest_word_on_a_day_wins_and_the_ledger_has_both(case: Case) -> None:
    """Ten messages became 14 after three days, $100 became $120 in 25. Added: 24, $220."""
    used = f"""
        select message_count from fct_usage_daily
        where date_day = '2026-10-27' and person_key = {case.key("gina")}
    """
    assert case.query(used) == [(14,)]
    billed = f"""
        select sum(reported_cost_usd) from fct_billed_cost_daily
        where date_day = '2026-10-05' and person_key = {case.key("gina")}
    """
    assert case.value(billed) == Decimal(120)
    ledger = """
        select source_id, previous_value, restated_value, change_value from fct_restatements
        where
            (measure_name = 'chat_metrics__message_count' and date_day = '2026-10-27')
            or (measure_name = 'amount' and date_day = '2026-10-05')
        order by source_id
    """
    assert case.query(ledger) == [
        ("enterprise_user_activity", 10, 14, 4),
        ("enterprise_user_cost_report", 10000, 12000, 2000),
    ]
    added = """
        select measure_name, sum(measure_value) from raw_ingestion.observed_measures
        where
            (measure_name = 'chat_metrics__message_count' and date_day = '2026-10-27')
            or (measure_name = 'amount' and date_day = '2026-10-05')
        group by measure_name order by measure_name
    """
    assert case.query(added) == [("amount", 22000), ("chat_metrics__message_count", 24)]


def test_a_month_without_access_is_a_failure_not_zero(case: Case) -> None:
    """May was refused. A count of its messages says none were written."""
    observed = """
        select status, count(*), count(row_count) from fct_observed_days
        where
            source_id = 'enterprise_user_activity'
            and date_day between '2026-05-01' and '2026-05-31'
        group by status
    """
    assert case.query(observed) == [("forbidden", 31, 0)]
    used = """
        select count(*) from fct_usage_daily
        where
            date_day between '2026-05-01' and '2026-05-31'
            and activity_source_id = 'enterprise_user_activity'
    """
    assert case.value(used) == 0
    counted = f"""
        select coalesce(sum(message_count), 0) from fct_usage_daily
        where
            date_day between '2026-05-01' and '2026-05-31' and person_key = {case.key("ned")}
    """
    assert case.value(counted) == 0


def test_an_access_that_was_revoked_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty answer and a refused one bring the same rows: none."""
    api, shelf = Enterprise(), make_shelf(tmp_path, monkeypatch)
    api.handlers[USERS] = lambda _: failure(403, "permission_error", "No.")
    (problem,) = shelf.land(api, since=date(2026, 8, 16)).problems
    assert (problem.table_name, problem.status) == ("user_activity", "forbidden")
    assert set(shelf.said("user_activity").values()) == {"forbidden"}
    assert shelf.count("user_activity") == 0


# --- telemetry --------------------------------------------------------------------------------


def test_two_processes_that_count_up_in_one_session_add_up(case: Case) -> None:
    """Nine lines and seven. The highest count of the session, its last one too, is less."""
    counted = f"""
        select sum(increment_value) from fct_telemetry_metrics_daily
        where person_key = {case.key("eva")}
    """
    assert case.value(counted) == 16
    by_session = """
        select max(value), arg_max(value, point_at)
        from raw_claude_code_otel.metric_points where session_id = 'eva-1'
    """
    assert case.query(by_session) == [(9.0, 7.0)]


def test_counts_and_increments_are_not_mixed(case: Case) -> None:
    """15 counted up, ten in increments. All values added: 35; last values only: 21."""
    counted = f"""
        select sum(increment_value) from fct_telemetry_metrics_daily
        where person_key = {case.key("jon")}
    """
    assert case.value(counted) == 25
    naive = """
        select sum(value), sum(value) filter (point_at = '2026-09-10 09:02:00')
        from raw_claude_code_otel.metric_points where session_id in ('jon-1', 'jon-2')
    """
    assert case.query(naive) == [(35.0, 21.0)]


def test_frames_of_one_response_are_one_request(case: Case) -> None:
    """An old client wrote 8, 40 and 120 tokens of one response. Every line counted: 168."""
    request = """
        select output_tokens, input_tokens, client_version from fct_claude_requests
        where session_id = 'kim-1'
    """
    assert case.query(request) == [(120, 100, "2.0.60")]
    lines = """
        select sum(output_tokens), sum(input_tokens) from raw_claude_code_logs.usage_lines
        where session_id = 'kim-1'
    """
    assert case.query(lines) == [(168, 300)]


def test_a_client_with_a_known_fault_is_flagged_by_its_version(case: Case) -> None:
    """The event has 150 tokens, the transcript kept 120. Without the version it is unexplained."""
    found = """
        select left_value, right_value, cause_code from fct_reconciliation_daily
        where
            date_day = '2026-09-15' and pair_id = 'otel_events:local_logs'
            and measure = 'output_tokens' and difference != 0
    """
    assert case.query(found) == [(150, 120, "client_version")]


def test_a_session_that_goes_silent_is_seen_by_half(case: Case) -> None:
    """Telemetry saw 20 tokens of 40. Taken for the whole, half of the session never was."""
    tokens = f"""
        select source_id, output_tokens from fct_token_cost_daily
        where date_day = '2026-09-08' and person_key = {case.key("hans")}
    """
    assert case.query(tokens) == [("enterprise_user_usage_report", 40)]
    # Seen by both, but not as whole as each other.
    seen = """
        select left_value, right_value from fct_reconciliation_daily
        where
            date_day = '2026-09-08' and pair_id = 'enterprise_usage:otel_events'
            and measure = 'output_tokens'
    """
    assert case.query(seen) == [(40, 20)]
    telemetry = "select sum(output_tokens) from fct_claude_requests where session_id = 'hans-1'"
    assert case.value(telemetry) == 20


def test_a_subagent_belongs_to_the_session_and_person_of_its_parent(case: Case) -> None:
    """Two requests, one by a subagent. By agent they would be two sessions."""
    session = f"""
        select session_id, request_count, person_key = {case.key("ines")}
        from fct_claude_sessions where session_id = 'ines-1'
    """
    assert case.query(session) == [("ines-1", 2, True)]
    requests = """
        select query_source, output_tokens from fct_claude_requests
        where session_id = 'ines-1' order by query_source
    """
    assert case.query(requests) == [("main", 10), ("subagent", 10)]
    by_agent = """
        select count(distinct (session_id, coalesce(agent_name, '')))
        from raw_claude_code_otel.events where session_id = 'ines-1'
    """
    assert case.value(by_agent) == 2


# --- cost -------------------------------------------------------------------------------------


def _list_cost(case: Case, when: str) -> Decimal:
    cost = case.value(
        f"select sum(list_cost_usd) from fct_token_cost_daily where date_day = '{day(when)}'"
    )
    assert isinstance(cost, Decimal)
    return cost


def test_an_unknown_model_is_an_error_row_without_a_cost(case: Case) -> None:
    """No price, no guess. Filled with zero, a million tokens would have been free."""
    cost = """
        select claude_model_id, price_status, input_tokens, list_cost_usd
        from fct_token_cost_daily where date_day = '2026-09-11'
    """
    assert case.query(cost) == [("-1", "unknown_model", MILLION, None)]
    filled = cost.replace("list_cost_usd", "coalesce(list_cost_usd, 0)")
    assert case.query(filled)[0][3] == 0


def test_a_price_holds_on_its_days(case: Case) -> None:
    """Cache reads of that model were halved on the 7th of October. At today's price: $0.20."""
    assert _list_cost(case, "10-06") == Decimal("0.20")
    assert _list_cost(case, "10-07") == Decimal("0.10")
    of_today = """
        select sum(cache_read_input_tokens * cache_read_usd_per_mtok)
        from raw_anthropic_console.messages_usage
        inner join pricing.token_prices on model = claude_model_id
        where
            date_day in ('2026-10-06', '2026-10-07') and platform = 'anthropic'
            and token_prices.speed = 'standard' and valid_to_date is null
    """
    assert case.value(of_today) == Decimal("0.20") * MILLION


def test_cache_writes_of_an_hour_cost_more_than_those_of_five_minutes(case: Case) -> None:
    """A million of each, $2.50 and $4. All at the price of five minutes: $5."""
    assert _list_cost(case, "09-12") == Decimal("6.5")
    at_five_minutes = """
        select 2.5 * sum(
            cache_creation__ephemeral_5m_input_tokens + cache_creation__ephemeral_1h_input_tokens
        ) / 1000000
        from raw_anthropic_console.messages_usage where date_day = '2026-09-12'
    """
    assert case.value(at_five_minutes) == 5


def test_a_batch_costs_half(case: Case) -> None:
    """A million tokens at $2, in a batch."""
    assert _list_cost(case, "09-13") == Decimal(1)
    assert _at(case, "09-13", 2) == 2


def test_a_long_prompt_reprices_the_whole_request(case: Case) -> None:
    """Above 200,000 tokens that model took $6 instead of $3 in April."""
    assert _list_cost(case, "04-15") == Decimal(6)
    assert _at(case, "04-15", 3) == 3


def _at(case: Case, when: str, price: int) -> Decimal:
    """Cost of a day's input at one price, whatever the tier and the length of the prompt."""
    cost = case.value(
        f"""
        select {price} * sum(uncached_input_tokens) / 1000000
        from raw_anthropic_console.messages_usage where date_day = '{day(when)}'
        """
    )
    return Decimal(cost)


def test_extra_usage_is_what_is_billed_not_what_passes_the_ceiling(case: Case) -> None:
    """$500 above the seat, and $500 was the limit. The excess over the limit is nothing."""
    billed = f"""
        select sum(extra_usage_cost_usd) from fct_billed_cost_daily
        where period_end_date = '2026-09-30' and person_key = {case.key("olga")}
    """
    assert case.value(billed) == Decimal(500)
    excess = """
        select greatest(0, cast(period_to_date_spend as integer) - cast(amount as integer))
        from raw_anthropic_enterprise.spend_limits
    """
    assert case.value(excess) == 0


def test_list_value_extra_usage_and_invoice_are_never_one_total(case: Case) -> None:
    """With seats, the report tells extra usage only: $500, beside seats of $720. Never $1,220."""
    kinds = """
        select sum(extra_usage_cost_usd), sum(invoiced_cost_usd) from fct_billed_cost_daily
        where date_day between '2026-09-01' and '2026-09-30'
    """
    assert case.query(kinds) == [(Decimal(500), Decimal(720))]
    both = """
        select count(*) from fct_billed_cost_daily
        where extra_usage_cost_usd is not null and invoiced_cost_usd is not null
    """
    assert case.value(both) == 0
    totals = """
        select table_name || '.' || column_name from information_schema.columns
        where table_schema = 'marts' and column_name like '%total%cost%'
    """
    assert case.query(totals) == []
    added = kinds.replace("), sum(", ") + sum(")
    assert case.value(added) == Decimal(1220)
