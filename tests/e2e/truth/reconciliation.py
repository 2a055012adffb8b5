"""Differences between sources, and their causes, against the truth.

Each side of a pair adds up to what the truth says that its source saw, day by day. What was
planted to differ comes back with its cause and amount: members whom the Console tells of although
Enterprise pays, people and days without telemetry, and searches that only the estimate has.
"""

from typing import Final

_TOKENS: Final = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
_CONTRIBUTIONS: Final = (
    "session_count",
    "lines_added_count",
    "lines_removed_count",
    "commit_count",
    "pull_request_count",
)
_CACHE_WRITES: Final = "cache_write_5m_tokens + cache_write_1h_tokens"
# A pair begins when both of its sides were landed; telemetry is the later one.
_SINCE: Final = "(select min(date_day) from truth.requests where seen_by_telemetry)"
_SETTLED_PAIRS: Final = """(
    'console_report:otel_events', 'enterprise_usage:otel_events',
    'console_report:otel_metrics', 'enterprise_activity:otel_metrics',
    'otel_events:otel_metrics', 'otel_events:local_logs', 'otel_metrics:local_logs',
    'list_cost:reported_cost'
)"""

_OVERLAPS: Final = """
    overlap_days as (
        select date_day, person_id, person_key
        from truth.planted
        join truth.people on split_part(note, ' is in both', 1) in (email, former_email)
        join truth.person_keys using (person_id)
        where kind = 'overlap'
    )
"""


def _long(relation: str, measures: tuple[str, ...], keys: str) -> str:
    """SQL of one row per key and measure."""
    return " union all ".join(
        f"select {keys}, '{measure}' as measure, {_sum(measure)} as total from {relation}"
        f" group by {keys}"
        for measure in measures
    )


def _sum(measure: str) -> str:
    column = _CACHE_WRITES if measure == "cache_write_tokens" else measure
    column = {"reported_cost_usd": "list_cost_usd"}.get(measure, column)
    return f"sum(coalesce({column}, 0))"


def _sides_add_up() -> str:
    """SQL of each day and measure on which a side of a pair is not what the truth says."""
    console = f"""(
        select * from truth.tokens_daily
        where route = 'console' and surface = 'claude_code' and date_day >= {_SINCE}
    )"""
    enterprise = console.replace("'console'", "'enterprise'")
    console_use = console.replace("tokens_daily", "usage_daily")
    enterprise_use = enterprise.replace("tokens_daily", "usage_daily")
    sent = """(
        select * exclude (cost_usd), cost_usd as list_cost_usd, 1 as request_count
        from truth.requests where seen_by_telemetry and route = 'console'
    )"""
    sent_by_seats = sent.replace("'console'", "'enterprise'")
    parts = [
        (pair_id, side, _long(relation, measures, "date_day"))
        for pair_id, measures, left, right in (
            ("console_report:otel_events", (*_TOKENS, "reported_cost_usd"), console, sent),
            (
                "enterprise_usage:otel_events",
                (*_TOKENS, "request_count"),
                enterprise,
                sent_by_seats,
            ),
            ("console_report:otel_metrics", _CONTRIBUTIONS, console_use, None),
            ("enterprise_activity:otel_metrics", _CONTRIBUTIONS, enterprise_use, None),
        )
        for side, relation in (("left", left), ("right", right))
        if relation
    ]
    expected = " union all ".join(
        f"select '{pair_id}' as pair_id, '{side}' as side, * from ({query})"
        for pair_id, side, query in parts
    )
    # Members whose seat is paid elsewhere stand in the Console's report, and are no use of its own.
    return f"""
        with expected as (
            select pair_id, side, date_day, measure, total from ({expected}) where total != 0
        ),
        found as (
            select pair_id, side, date_day, measure, sum(value) as total
            from (
                select pair_id, date_day, measure, unnest([
                    {{'side': 'left', 'value': left_value}},
                    {{'side': 'right', 'value': right_value}}
                ], recursive := true)
                from marts.fct_reconciliation_daily
                where cut_key in ('agreed', 'console', 'enterprise') and cause_code != 'overlap'
            )
            where (pair_id, side) in (select (pair_id, side) from expected)
            group by all
        )
        -- The mart holds doubles: a billionth of a dollar is no difference.
        select pair_id, side, date_day, measure, expected.total, found.total
        from expected
        full join found using (pair_id, side, date_day, measure)
        where abs(coalesce(expected.total, 0) - coalesce(found.total, 0)) > 0.000000001
    """


# Who used Claude Code by a seat on a day on which telemetry saw nothing of it.
_UNSEEN: Final = f"""
    unseen as (
        select date_day, person_key, claude_model_id, sum(output_tokens)::double as left_value
        from truth.tokens_daily as days
        join truth.person_keys using (person_id)
        where
            route = 'enterprise' and surface = 'claude_code' and date_day >= {_SINCE}
            and (date_day, person_id) not in (
                select (date_day, person_id) from truth.requests
                where seen_by_telemetry and route = 'enterprise' and person_id is not null
            )
        group by all
        having sum(output_tokens) != 0
    ),
    missing as (
        select date_day, person_key, claude_model_id, left_value
        from marts.fct_reconciliation_daily
        where
            pair_id = 'enterprise_usage:otel_events' and measure = 'output_tokens'
            and cause_code = 'missing_population' and right_value is null
    )
"""

_SEARCHES: Final = """
    planted_searches as (
        select date_day, person_id, actor_id, claude_model_id, sum(web_search_count) as total
        from truth.requests
        where seen_by_telemetry and not seen_by_logs
        group by all
        having total > 0
    ),
    searches as (
        select date_day, sum(total) as search_count
        from planted_searches
        group by all
    ),
    found as (
        select date_day, cast(round(sum(-difference) * 100, 4) as decimal(18, 4)) as search_count
        from marts.fct_reconciliation_daily
        where cause_code = 'unseen_searches'
        group by all
    )
"""

CHECKS: Final[dict[str, str]] = {
    "nothing_stays_unexplained": """
        select * from marts.fct_reconciliation_daily where not is_explained
    """,
    "sides_add_up_to_what_the_source_saw": _sides_add_up(),
    "members_of_both_organisations_overlap": f"""
        with {_OVERLAPS},
        found as (
            select distinct date_day, person_key
            from marts.fct_reconciliation_daily
            where
                pair_id = 'console_report:otel_events' and cut_key = 'enterprise'
                and cause_code = 'overlap' and right_value is null
        )
        (
            select date_day, person_key from overlap_days where date_day >= {_SINCE}
            except from found
        )
        union all
        (from found except select date_day, person_key from overlap_days)
    """,
    "people_without_telemetry_are_missing": f"""
        with {_UNSEEN}
        (from unseen except from missing) union all (from missing except from unseen)
    """,
    "gaps_of_telemetry_are_missing": f"""
        with {_UNSEEN},
        gaps as (
            select date_day, person_key
            from truth.planted
            join truth.person_keys on note = 'person ' || person_id || ' worked and sent nothing'
            join truth.tokens_daily using (date_day, person_id)
            where
                kind = 'telemetry_gap' and route = 'enterprise' and surface = 'claude_code'
                and date_day >= {_SINCE}
        )
        select date_day, person_key from gaps except select date_day, person_key from missing
    """,
    "searches_that_only_the_estimate_has": f"""
        with {_SEARCHES}
        (from searches except from found) union all (from found except from searches)
    """,
    "the_workbench_is_no_claude_code": """
        select fact.*
        from truth.planted
        join truth.actors on starts_with(note, key_name || ' was not used')
        join truth.actor_keys using (actor_id)
        join marts.fct_reconciliation_daily as fact
            on
                fact.date_day = planted.date_day and fact.actor_key = actor_keys.actor_key
                and fact.pair_id like 'console_report:%'
        where planted.kind = 'workbench'
    """,
    # All that the APIs still correct was landed as it came out in the end.
    "nothing_lags_when_all_is_settled": f"""
        select * from marts.fct_reconciliation_daily
        where cause_code = 'lag' and pair_id in {_SETTLED_PAIRS}
    """,
}

COUNTS: Final[dict[str, str]] = {
    "nothing_stays_unexplained": "select count(*) from marts.fct_reconciliation_daily",
    "sides_add_up_to_what_the_source_saw": """
        select count(distinct (pair_id, date_day, measure)) from marts.fct_reconciliation_daily
    """,
    "members_of_both_organisations_overlap": f"with {_OVERLAPS} select count(*) from overlap_days",
    "people_without_telemetry_are_missing": f"with {_UNSEEN} select count(*) from unseen",
    "gaps_of_telemetry_are_missing": """
        select count(*) from truth.planted where kind = 'telemetry_gap'
    """,
    "searches_that_only_the_estimate_has": f"with {_SEARCHES} select count(*) from searches",
    "the_workbench_is_no_claude_code": """
        select count(*) from truth.planted where kind = 'workbench'
    """,
    "nothing_lags_when_all_is_settled": f"""
        select count(*) from marts.fct_reconciliation_daily where pair_id in {_SETTLED_PAIRS}
    """,
}
