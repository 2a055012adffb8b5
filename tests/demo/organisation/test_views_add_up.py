"""Telemetry, session logs and bills add up to the truth, by hand, at two sizes and two seeds."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from demo.organisation.generator import write_truth
from demo.organisation.parameters import Parameters
from demo.organisation.views.files import write_files
from demo.organisation.views.telemetry import bodies
from tests.demo.organisation.landed import assert_same, connect_landed
from tests.demo.organisation.small_truth import write_small_truth

ORGANISATIONS = {
    "by hand": None,
    "seed 1": Parameters(people=60, start=date(2026, 9, 20), until=date(2026, 11, 3), seed=1),
    "seed 5": Parameters(people=150, start=date(2026, 10, 20), until=date(2026, 11, 8), seed=5),
}


@pytest.fixture(scope="module", params=ORGANISATIONS)
def views(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The truth, what clients sent and kept of it as it lands, and `invoice_lines`."""
    out = tmp_path_factory.mktemp("organisation")
    parameters = ORGANISATIONS[request.param]
    if parameters:
        write_truth(out / "truth", parameters)
    else:
        parameters = Parameters(start=date(2026, 6, 15), until=date(2026, 7, 10))
        write_small_truth(out / "truth", parameters.until)
    write_files(out, parameters)
    sent = list(bodies(out / "truth", parameters.start, parameters.until))
    with connect_landed(out, sent, tmp_path_factory.mktemp("landed")) as connection:
        invoices = str(out / "files" / "invoices" / "invoices_*.csv")
        connection.read_csv(invoices, all_varchar=True).create_view("invoice_lines")
        yield connection


def test_requests_are_those_that_telemetry_has_seen(views: duckdb.DuckDBPyConnection) -> None:
    assert_same(
        views,
        """
        select
            request_id, date_trunc('millisecond', event_at), date_day, session_id, input_tokens,
            output_tokens, cache_read_tokens, cache_creation_5m_tokens, cache_creation_1h_tokens,
            cache_creation_tokens, cost_usd, cost_usd_micros
        from events where event_name = 'api_request' order by request_id
        """,
        """
        select
            request_id, date_trunc('millisecond', requested_at), date_day, session_id,
            input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens,
            cache_write_1h_tokens, cache_write_5m_tokens + cache_write_1h_tokens,
            cost_usd::double, round(cost_usd * 1000000)::bigint
        from requests where seen_by_telemetry order by request_id
        """,
    )


def test_metrics_add_up_to_the_requests(views: duckdb.DuckDBPyConnection) -> None:
    assert_same(
        views,
        """
        select
            date_day, session_id,
            regexp_replace(model, '^global[.]anthropic[.]|-v1(:0)?$', '', 'g'),
            sum(value) filter (metric_type = 'input')::bigint,
            sum(value) filter (metric_type = 'output')::bigint,
            coalesce(sum(value) filter (metric_type = 'cacheRead'), 0)::bigint,
            coalesce(sum(value) filter (metric_type = 'cacheCreation'), 0)::bigint,
            round(sum(value) filter (metric_name = 'claude_code.cost.usage'), 6)
        from points
        where metric_name in ('claude_code.token.usage', 'claude_code.cost.usage')
        group by all order by all
        """,
        """
        select
            date_day, session_id, claude_model_id, sum(input_tokens)::bigint,
            sum(output_tokens)::bigint, sum(cache_read_tokens)::bigint,
            sum(cache_write_5m_tokens + cache_write_1h_tokens)::bigint,
            round(sum(cost_usd::double), 6)
        from requests where seen_by_telemetry
        group by all order by all
        """,
    )


def test_counters_of_a_day_equal_the_truth(views: duckdb.DuckDBPyConnection) -> None:
    assert_same(
        views,
        """
        with clients as (
            select distinct session_id, date_day, person_id, actor_id, route from requests
        ),
        counted as (
            select
                date_day, person_id, actor_id, route,
                sum(value) filter (metric_name = 'claude_code.session.count'),
                sum(value) filter (metric_type = 'added'),
                sum(value) filter (metric_type = 'removed'),
                sum(value) filter (metric_name = 'claude_code.commit.count'),
                sum(value) filter (metric_name = 'claude_code.pull_request.count'),
                sum(value) filter (tool_name = 'Edit' and decision = 'accept'),
                sum(value) filter (tool_name = 'Edit' and decision = 'reject'),
                sum(value) filter (tool_name = 'Write' and decision = 'accept'),
                sum(value) filter (tool_name = 'Write' and decision = 'reject')
            from points inner join clients using (session_id, date_day)
            group by all
        )
        select date_day, person_id, actor_id, route, coalesce(columns(* exclude (
            date_day, person_id, actor_id, route
        )), 0)
        from counted order by all
        """,
        """
        select
            date_day, person_id, actor_id, route, session_count, lines_added_count,
            lines_removed_count, commit_count, pull_request_count, edit_accepted_count,
            edit_rejected_count, write_accepted_count, write_rejected_count
        from usage_daily
        where
            surface = 'claude_code'
            and exists (
                from requests
                where
                    seen_by_telemetry
                    and requests.date_day = usage_daily.date_day
                    and requests.route = usage_daily.route
                    and requests.person_id is not distinct from usage_daily.person_id
                    and requests.actor_id is not distinct from usage_daily.actor_id
            )
        order by all
        """,
    )


def test_decisions_are_events_too(views: duckdb.DuckDBPyConnection) -> None:
    assert_same(
        views,
        """
        select
            date_day, session_id, decision, tool_name, decision_source, count(*),
            count(distinct tool_use_id)
        from events where event_name = 'tool_decision'
        group by all order by all
        """,
        """
        select
            date_day, session_id, decision, tool_name, decision_source, sum(value)::bigint,
            sum(value)::bigint
        from points where metric_name = 'claude_code.code_edit_tool.decision'
        group by all order by all
        """,
    )
    # What was accepted was done, and nothing else.
    assert_same(
        views,
        "select tool_use_id from events where event_name = 'tool_result' and success order by all",
        """
        select tool_use_id from events
        where event_name = 'tool_decision' and decision = 'accept' order by all
        """,
    )


def test_session_logs_hold_the_requests_of_their_machines(
    views: duckdb.DuckDBPyConnection,
) -> None:
    assert_same(
        views,
        """
        select
            request_id, min(logged_at), min(date_day), min(session_id), min(model),
            min(input_tokens), max(output_tokens), min(cache_read_tokens),
            min(cache_creation_5m_tokens), min(cache_creation_1h_tokens), min(web_search_count),
            count(distinct message_id)
        from usage_lines group by request_id order by request_id
        """,
        """
        select
            request_id, date_trunc('millisecond', requested_at), date_day, session_id,
            claude_model_id, input_tokens, output_tokens, cache_read_tokens,
            cache_write_5m_tokens, cache_write_1h_tokens, web_search_count, 1
        from requests where seen_by_logs order by request_id
        """,
        # In a small company nobody may hand in logs.
        may_be_empty=True,
    )


def test_bills_add_up_to_the_list_value(views: duckdb.DuckDBPyConnection) -> None:
    billed = views.execute(
        """
        select product, period_start_date::date, period_end_date::date, count(*),
            sum((case product when 'bedrock' then quantity else amount end)::decimal(18, 2))
        from invoice_lines where line_kind = 'usage' group by all
        """
    ).fetchall()
    assert billed
    for product, start, end, line_count, amount in billed:
        route = product.removeprefix("claude_")
        (list_value,) = views.execute(
            """
            select sum(list_cost_usd) from tokens_daily
            where route = $route and date_day between $start and $end
            """,
            {"route": route, "start": start, "end": end},
        ).fetchone() or (None,)
        expected = list_value * (Decimal("0.8") if route == "enterprise" else 1)
        assert abs(amount - expected) <= line_count * Decimal("0.005")
