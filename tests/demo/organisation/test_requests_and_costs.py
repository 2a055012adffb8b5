"""Requests, tokens, models and list cost of the truth."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from demo.organisation.prices import PRICES, priced
from tests.demo.organisation.truths import Ask

# Input, output, 5-minute write, 1-hour write and read, as published for these months.
PUBLISHED = {
    "claude-fable-5": "10 50 12.50 20 1.00",
    "claude-opus-4-6": "5 25 6.25 10 0.50",
    "claude-opus-4-7": "5 25 6.25 10 0.50",
    "claude-opus-4-8": "5 25 6.25 10 0.50",
    "claude-opus-5": "5 25 6.25 10 0.50",
    "claude-sonnet-4-6": "3 15 3.75 6 0.30",
    "claude-sonnet-5": "2 10 2.50 4 0.20",
    "claude-haiku-4-5-20251001": "1 5 1.25 2 0.10",
}
LAUNCHED = {
    "claude-opus-4-6": date(2026, 2, 5),
    "claude-opus-4-7": date(2026, 4, 16),
    "claude-opus-4-8": date(2026, 5, 28),
    "claude-opus-5": date(2026, 7, 24),
    "claude-sonnet-4-6": date(2026, 2, 17),
    "claude-sonnet-5": date(2026, 6, 30),
    "claude-fable-5": date(2026, 6, 9),
    "claude-haiku-4-5-20251001": date(2025, 10, 15),
}


def test_requests_add_up_to_the_tokens_of_their_day(ask: Ask) -> None:
    sums = """
        sum(input_tokens), sum(output_tokens), sum(cache_read_tokens), sum(cache_write_5m_tokens),
        sum(cache_write_1h_tokens), sum(web_search_count)
    """
    requests = ask(
        f"""
        select
            date_day, person_id, actor_id, route, claude_model_id, {sums}, count(*), sum(cost_usd)
        from requests group by all
        """
    )
    tokens = ask(
        f"""
        select
            date_day, person_id, actor_id, route, claude_model_id, {sums}, sum(request_count),
            sum(list_cost_usd)
        from tokens_daily where surface = 'claude_code' group by all
        """
    )
    assert len(requests) > 100
    assert set(requests) <= set(tokens)


def test_requests_are_those_of_everybody_who_shows_any(ask: Ask) -> None:
    missing = """
        select date_day, person_id, route, claude_model_id
        from tokens_daily join people using (person_id)
        where
            surface = 'claude_code'
            and ((has_telemetry and date_day >= telemetry_from_date) or has_local_logs)
        except
        select date_day, person_id, route, claude_model_id from requests
    """
    assert ask(missing) == []
    assert ask("select * from requests where requested_at::date != date_day") == []
    assert (
        ask("select * from requests where requested_at != date_trunc('millisecond', requested_at)")
        == []
    )
    seen_by_nothing = ask(
        "select distinct date_day from requests where not seen_by_telemetry and not seen_by_logs"
    )
    gap = ask("select distinct date_day from planted where kind = 'telemetry_gap'")
    assert sorted(seen_by_nothing) == sorted(gap)


def test_no_request_reaches_a_long_prompt(ask: Ask) -> None:
    longest = """
        select max(
            input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens
        ) from requests where claude_model_id {} 'claude-haiku-%'
    """
    assert ask(longest.format("like"))[0][0] <= 100_000
    assert ask(longest.format("not like"))[0][0] <= 200_000


def test_the_cache_is_written_first_and_read_later(large: Ask) -> None:
    ((first_read, later_read, first_written, later_written),) = large(
        """
        with numbered as (
            select
                *, cache_write_5m_tokens + cache_write_1h_tokens as written,
                row_number() over (
                    partition by session_id, claude_model_id order by requested_at
                ) as nth
            from requests
        )
        select
            avg(cache_read_tokens) filter (nth = 1), avg(cache_read_tokens) filter (nth > 5),
            avg(written) filter (nth = 1), avg(written) filter (nth > 5)
        from numbered
        """
    )
    assert later_read > 3 * first_read
    assert first_written > 2 * later_written
    hours = "sum(cache_write_5m_tokens) > 0, sum(cache_write_1h_tokens) > 0"
    found = large(f"select route, {hours} from tokens_daily group by all order by all")
    assert found == [
        ("bedrock", True, False),
        ("console", True, False),
        ("enterprise", False, True),
        ("team", False, True),
    ]


def test_list_cost_follows_from_published_prices(ask: Ask) -> None:
    rows = ask(
        """
        select
            claude_model_id, service_tier, input_tokens, output_tokens, cache_write_5m_tokens,
            cache_write_1h_tokens, cache_read_tokens, web_search_count, list_cost_usd
        from tokens_daily
        """
    )
    tiers = set()
    for model, tier, *tokens, searches, found in rows:
        prices = [Decimal(price) for price in PUBLISHED[model].split()]
        cost = sum(count * price for count, price in zip(tokens, prices, strict=True))
        cost = cost / (2 if tier == "batch" else 1) / 1_000_000 + searches * Decimal("0.01")
        assert found == cost, (model, tier)
        tiers.add((tier, searches > 0))
    assert tiers == {("standard", False), ("standard", True), ("batch", False)}


@pytest.mark.parametrize(
    ("model", "day", "tier", "tokens", "expected"),
    [
        # 1 x 0.01 / 1,000,000, and half of it.
        ("claude-haiku-5-5", "2026-11-01", "standard", (0, 0, 1, 0, 0, 0), "0.0000000100"),
        ("claude-haiku-5-5", "2026-11-01", "batch", (0, 0, 1, 0, 0, 0), "0.0000000050"),
        # 1 x 0.125 / 1,000,000 and its half have the most decimals of all prices.
        ("claude-haiku-5-5", "2026-11-01", "batch", (0, 0, 0, 1, 0, 0), "0.0000000625"),
        # Cache reads of Sonnet 5.5 cost 0.20 until 2026-10-06, 0.10 from then on.
        ("claude-sonnet-5-5", "2026-10-06", "standard", (0, 0, 10**6, 0, 0, 0), "0.2000000000"),
        ("claude-sonnet-5-5", "2026-10-07", "standard", (0, 0, 10**6, 0, 0, 0), "0.1000000000"),
        # More digits than a binary fraction holds.
        (
            "claude-opus-5",
            "2026-08-01",
            "standard",
            (0, 2 * 10**12, 1, 0, 0, 3),
            "50000000.0300005000",
        ),
    ],
)
def test_costs_are_exact(
    model: str, day: str, tier: str, tokens: tuple[int, ...], expected: str
) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"create table prices as {PRICES}")
        connection.execute(
            f"""
            create table used as select
                date '{day}' as date_day, '{model}' as claude_model_id, '{tier}' as service_tier,
                {tokens[0]}::bigint as input_tokens, {tokens[1]}::bigint as output_tokens,
                {tokens[2]}::bigint as cache_read_tokens,
                {tokens[3]}::bigint as cache_write_5m_tokens,
                {tokens[4]}::bigint as cache_write_1h_tokens,
                {tokens[5]}::bigint as web_search_count
            """
        )
        cost = connection.execute(f"select cost from ({priced('used', 'cost')})").fetchone()
    assert cost == (Decimal(expected),)


def test_models_are_used_from_their_launch_on(ask: Ask) -> None:
    first_days = ask("select claude_model_id, min(date_day) from tokens_daily group by all")
    assert [model for model, first in first_days if first < LAUNCHED[model]] == []
    assert len(first_days) >= 4


def test_all_use_takes_tokens_and_all_tokens_are_of_use(ask: Ask) -> None:
    keys = "date_day, person_id, actor_id, surface, route"
    for one, other in (("usage_daily", "tokens_daily"), ("tokens_daily", "usage_daily")):
        assert ask(f"select {keys} from {one} except select {keys} from {other}") == []


def test_a_new_model_is_taken_up_over_weeks(large: Ask) -> None:
    def share(first: str, last: str) -> float:
        ((found,),) = large(
            f"""
            select avg((claude_model_id = 'claude-sonnet-5')::int) from tokens_daily
            where claude_model_id like 'claude-sonnet-%'
                and date_day between date '{first}' and date '{last}'
            """
        )
        return float(found)

    assert share("2026-06-20", "2026-06-29") == 0
    assert 0 < share("2026-07-01", "2026-07-06") < 0.5
    assert share("2026-08-01", "2026-08-28") == 1


def test_a_key_runs_away_for_days_and_over_a_hundred_thousand_dollars(ask: Ask) -> None:
    days = ask(
        """
        select date_day, sum(list_cost_usd)
        from tokens_daily join actors using (actor_id)
        where is_runaway group by all order by all
        """
    )
    costs = [cost for _, cost in days]
    assert len(costs) == 3
    assert costs[0] < costs[-1]
    assert costs[-1] > 100_000
    planted = ask("select date_day from planted where kind = 'runaway_key' order by date_day")
    assert [day for day, _ in days] == [day for (day,) in planted]
