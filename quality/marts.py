# ruff: noqa: S608  # queries are put together from constants of this module alone
"""Suites of the marts gate: is what is about to be published plausible?

dbt tests the days that a build rewrote; these frames span the whole mart, so they also see what a
rebuilt dimension did to older facts.
"""

from collections.abc import Sequence
from typing import Final

from .suites import Check, Suite, zero

# The dearest request that can be built (a prompt of one million tokens written to the cache at fast
# rates, the longest answer) stays far below; more is a wrong price, not a large request.
REQUEST_COST_MAX_USD: Final = 1000
# Clients quote the same list prices. A factor of two is a client with negotiated rates or a price
# of ours that is out of date.
COST_RATIO_MIN: Final = 0.5
COST_RATIO_MAX: Final = 2.0
# Below one US cent the rounding of the client decides the ratio.
COST_RATIO_MIN_USD: Final = 0.01
# A new model is unpriced for some days; with a fifth of all use unpriced, cost would mislead.
UNKNOWN_MODEL_SHARE_MAX: Final = 0.2
# Sources of the same use differ by lag and overlap, which is explained; the rest should be rare. A
# twentieth of all cells, or a hundredth of the money, is more than a client's fault or two.
UNEXPLAINED_SHARE_MAX: Final = 0.05
UNEXPLAINED_COST_SHARE_MAX: Final = 0.01
# One person's odd day must not stop an organisation that has just begun.
UNEXPLAINED_CELLS_MIN: Final = 20
UNEXPLAINED_COST_MIN_USD: Final = 1
# A tenth without a name is what API keys and forgotten installations leave; with more, what is said
# of teams misleads.
RESOLVED_SHARE_MIN: Final = 0.9
# A share of a handful says nothing.
RESOLVED_ACTIVITY_MIN: Final = 20
# Older differences do not move any more and were reported when they arose.
RECENT_DAYS: Final = 28

_REBUILD: Final = (
    "run `claude-analytics build --full-refresh`; if it stays, the models are at fault"
)
_PRICE: Final = (
    "add a row to seeds/pricing/token_prices.csv or to the file of CLAUDE_ANALYTICS_PRICE_OVERLAY"
)

_UNEXPLAINED: Final = (
    "look at the rows with cause_code = 'unexplained'; docs/quality.md tells how to go on"
)
_UNKNOWN_PEOPLE: Final = (
    "land a newer roster, name them in seeds/mappings/identity_overrides.csv, or let the launch"
    " wrapper send enduser.id"
)

# What a fact points at: column, dimension.
_DAY: Final = ("date_day", "dim_days")
_PERSON: Final = ("person_key", "dim_people")
_MODEL: Final = ("claude_model_id", "dim_claude_models")
_SOURCE: Final = ("source_id", "dim_sources")
_ACTOR: Final = ("actor_key", "dim_actors")
_ORG_UNIT: Final = ("org_unit_key", "dim_org_units")
_WORKSPACE: Final = ("workspace_key", "dim_workspaces")
_SURFACE: Final = ("surface", "dim_surfaces")

Reference = tuple[str, str]


def _orphan_counts(references: Sequence[Reference]) -> str:
    return ",\n    ".join(
        f"count(*) filter (fact.{column} is null"
        f" or fact.{column} not in (select known.{column} from marts.{dimension} as known))"
        f" as orphan_{column}_count"
        for column, dimension in references
    )


def _orphan_checks(references: Sequence[Reference]) -> tuple[Check, ...]:
    return tuple(
        zero(f"orphan_{column}_count", f"every {column} stands in {dimension}", _REBUILD)
        for column, dimension in references
    )


def _referring(fact: str, *references: Reference) -> Suite:
    """Suite of a fact whose rows have to point at known members."""
    return Suite(
        table=f"marts.{fact}",
        view="references",
        query=f"""
select
    fact.date_day,
    count(*) as row_count,
    {_orphan_counts(references)}
from marts.{fact} as fact
group by fact.date_day
order by fact.date_day
""",
        keys=("date_day",),
        checks=_orphan_checks(references),
    )


_REQUEST_REFERENCES: Final = (_DAY, _PERSON, _MODEL, _SOURCE)

REQUESTS: Final = Suite(
    table="marts.fct_claude_requests",
    query=f"""
with

requests as (

    select
        *,
        list_cost_usd is not null and reported_cost_usd is not null as has_both_costs
    from marts.fct_claude_requests

)

select
    fact.date_day,
    fact.claude_model_id,
    count(*) as row_count,
    cast(min(fact.list_cost_usd) as double) as min_list_cost_usd,
    cast(max(fact.list_cost_usd) as double) as max_list_cost_usd,
    cast(sum(fact.reported_cost_usd) filter (fact.has_both_costs) as double) as compared_cost_usd,
    case
        when compared_cost_usd >= {COST_RATIO_MIN_USD}
            then
                cast(sum(fact.list_cost_usd) filter (fact.has_both_costs) as double)
                / compared_cost_usd
    end as list_to_reported_ratio,
    {_orphan_counts(_REQUEST_REFERENCES)}
from requests as fact
group by fact.date_day, fact.claude_model_id
order by fact.date_day, fact.claude_model_id
""",
    keys=("date_day", "claude_model_id"),
    checks=(
        Check(
            "cost_not_negative",
            "min_list_cost_usd",
            "no request has a negative list cost",
            "correct the price of the model in the seed or the overlay",
            minimum=0,
        ),
        Check(
            "cost_plausible",
            "max_list_cost_usd",
            f"no request costs more than {REQUEST_COST_MAX_USD} US dollars",
            "correct the price of the model in the seed or the overlay",
            maximum=REQUEST_COST_MAX_USD,
        ),
        Check(
            "list_to_reported",
            "list_to_reported_ratio",
            "list cost and the client's own estimate agree within a factor of two",
            "compare the price of the model with the client's; negotiated rates differ rightly",
            minimum=COST_RATIO_MIN,
            maximum=COST_RATIO_MAX,
            severity="warning",
        ),
        *_orphan_checks(_REQUEST_REFERENCES),
    ),
)

REQUEST_MODELS: Final = Suite(
    table="marts.fct_claude_requests",
    view="models",
    query="""
select
    coalesce(raw_claude_model_id, '(no model sent)') as raw_claude_model_id,
    count(*) filter (price_status = 'unknown_model') as unknown_model_count,
    count(*) filter (price_status = 'range') as unpriced_day_count,
    sum(count(*) filter (price_status = 'unknown_model')) over ()
    / sum(count(*)) over () as unknown_model_share
from marts.fct_claude_requests
group by raw_claude_model_id
order by raw_claude_model_id
""",
    keys=("raw_claude_model_id",),
    checks=(
        zero("unknown_model_count", "every model is in the price table", _PRICE, "warning"),
        zero("unpriced_day_count", "a price covers each day of a known model", _PRICE, "warning"),
        Check(
            "unknown_models_are_few",
            "unknown_model_share",
            f"at most {UNKNOWN_MODEL_SHARE_MAX:.0%} of all requests are of unknown models",
            _PRICE,
            maximum=UNKNOWN_MODEL_SHARE_MAX,
            keys=(),
        ),
    ),
)

_COUNTS: Final = (
    "request_count",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "web_search_count",
)


# What stands where: counts of a relation, under which condition, with which request count.
_TOKEN_PARTS: Final = (
    ("counted", "marts.fct_token_cost_daily", "true", "request_count"),
    (
        "chosen",
        "intermediate.int_cost__token_candidates",
        "candidate_status = 'chosen'",
        "request_count",
    ),
    (
        "candidates",
        "intermediate.int_cost__token_candidates",
        "source_id in ('otel_events', 'local_logs')",
        "request_count",
    ),
    ("requests", "marts.fct_claude_requests", "true", "1"),
)


def _token_part(part: str, relation: str, condition: str, request_count: str) -> str:
    counts = ",\n    ".join(
        f"{request_count if column == 'request_count' else column} as {column}"
        for column in _COUNTS
    )
    return f"""
select
    '{part}' as part,
    date_day,
    source_id,
    {counts}
from {relation}
where {condition}
"""


def _part_difference(left: str, right: str, column: str) -> str:
    return f"""cast(
        coalesce(sum({column}) filter (part = '{left}'), 0)
        - coalesce(sum({column}) filter (part = '{right}'), 0) as bigint
    ) as {left}_{column}_difference"""


_TOKEN_DIFFERENCES: Final = (("counted", "chosen"), ("candidates", "requests"))
_TOKEN_DIFFERENCE_COLUMNS: Final = ",\n    ".join(
    _part_difference(left, right, column)
    for left, right in _TOKEN_DIFFERENCES
    for column in _COUNTS
)

TOKEN_COST: Final = Suite(
    table="marts.fct_token_cost_daily",
    query=f"""
with

parts as (
{"union all".join(_token_part(*part) for part in _TOKEN_PARTS)}
)

select
    date_day,
    source_id,
    {_TOKEN_DIFFERENCE_COLUMNS}
from parts
group by date_day, source_id
order by date_day, source_id
""",
    keys=("date_day", "source_id"),
    checks=(
        *(
            Check(
                f"{column}_as_chosen",
                f"counted_{column}_difference",
                f"{column} adds up to that of the candidates that were chosen",
                _REBUILD,
                minimum=0,
                maximum=0,
            )
            for column in _COUNTS
        ),
        *(
            Check(
                f"{column}_as_requests",
                f"candidates_{column}_difference",
                f"{column} of telemetry that was chosen, outranked or suppressed adds up to that of"
                " fct_claude_requests",
                _REBUILD,
                minimum=0,
                maximum=0,
            )
            for column in _COUNTS
        ),
    ),
)

RECONCILIATION: Final = Suite(
    table="marts.fct_reconciliation_daily",
    query=f"""
with

recent as (

    select
        *,
        abs(coalesce(left_value, 0) - coalesce(right_value, 0)) as net_difference
    from marts.fct_reconciliation_daily
    where date_day > $as_of - {RECENT_DAYS}

)

select
    pair_id,
    measure,
    sum(cell_count) as compared_cell_count,
    coalesce(sum(cell_count) filter (not is_explained), 0) as unexplained_cell_count,
    case
        when compared_cell_count >= {UNEXPLAINED_CELLS_MIN}
            then unexplained_cell_count / compared_cell_count
    end as unexplained_share,
    case
        when measure like '%usd'
            then greatest(coalesce(sum(left_value), 0), coalesce(sum(right_value), 0))
    end as compared_cost_usd,
    sum(net_difference) filter (measure like '%usd' and not is_explained)
        as unexplained_cost_usd,
    case
        when unexplained_cost_usd >= {UNEXPLAINED_COST_MIN_USD}
            then unexplained_cost_usd / nullif(compared_cost_usd, 0)
    end as unexplained_cost_share
from recent
group by pair_id, measure
order by pair_id, measure
""",
    keys=("pair_id", "measure"),
    checks=(
        Check(
            "unexplained",
            "unexplained_share",
            f"at most {UNEXPLAINED_SHARE_MAX:.0%} of what was compared in the last {RECENT_DAYS}"
            " days differs without a known cause",
            _UNEXPLAINED,
            maximum=UNEXPLAINED_SHARE_MAX,
        ),
        Check(
            "unexplained_cost",
            "unexplained_cost_share",
            f"at most {UNEXPLAINED_COST_SHARE_MAX:.0%} of the US dollars of the last {RECENT_DAYS}"
            " days differ without a known cause",
            _UNEXPLAINED,
            maximum=UNEXPLAINED_COST_SHARE_MAX,
        ),
    ),
)

_BILLED_REFERENCES: Final = (
    _DAY,
    _PERSON,
    _ACTOR,
    _ORG_UNIT,
    _WORKSPACE,
    _SURFACE,
    _MODEL,
    _SOURCE,
)

BILLED_COST: Final = Suite(
    table="marts.fct_billed_cost_daily",
    query=f"""
select
    fact.date_day,
    fact.currency,
    count(*) as row_count,
    count(*) filter (fact.usd_per_unit is null) as unconverted_row_count,
    {_orphan_counts(_BILLED_REFERENCES)}
from marts.fct_billed_cost_daily as fact
group by fact.date_day, fact.currency
order by fact.date_day, fact.currency
""",
    keys=("date_day", "currency"),
    checks=(
        zero(
            "unconverted_row_count",
            "an exchange rate holds on the date of every invoice",
            "hand in the rate (docs/sources/invoices.md) and ingest invoices again",
            "warning",
        ),
        *_orphan_checks(_BILLED_REFERENCES),
    ),
)

SPEND_REPORTS: Final = Suite(
    table="marts.fct_billed_cost_daily",
    view="spend_reports",
    query="""
select
    feed_name,
    period_start_date,
    period_end_date,
    uncovered_day_count
from intermediate.int_billing__spend_reports
order by feed_name, period_start_date, period_end_date
""",
    keys=("feed_name", "period_start_date", "period_end_date"),
    checks=(
        zero(
            "uncovered_day_count",
            "no newer spend report takes the place of another for a part of its days alone",
            "export the days of both again as one period, and ingest it",
            "warning",
        ),
    ),
)

IDENTITY_COVERAGE: Final = Suite(
    table="marts.fct_identity_coverage",
    query=f"""
select
    source_id,
    channel,
    sum(activity_count - suppressed_activity_count) as told_activity_count,
    case
        when told_activity_count >= {RESOLVED_ACTIVITY_MIN}
            then sum(resolved_activity_count) / told_activity_count
    end as resolved_activity_share,
    cast(sum(list_cost_usd - list_cost_suppressed_usd) as double) as told_cost_usd,
    case
        when told_cost_usd >= {UNEXPLAINED_COST_MIN_USD}
            then cast(sum(list_cost_resolved_usd) as double) / told_cost_usd
    end as resolved_cost_share
from marts.fct_identity_coverage
where date_day > $as_of - {RECENT_DAYS}
group by source_id, channel
order by source_id, channel
""",
    keys=("source_id", "channel"),
    checks=(
        Check(
            "resolved_activity",
            "resolved_activity_share",
            f"at least {RESOLVED_SHARE_MIN:.0%} of whom a source saw in the last {RECENT_DAYS} days"
            " are known",
            _UNKNOWN_PEOPLE,
            minimum=RESOLVED_SHARE_MIN,
            severity="warning",
        ),
        Check(
            "resolved_cost",
            "resolved_cost_share",
            f"at least {RESOLVED_SHARE_MIN:.0%} of the list cost that a source tells for the last"
            f" {RECENT_DAYS} days is of somebody known",
            _UNKNOWN_PEOPLE,
            minimum=RESOLVED_SHARE_MIN,
            severity="warning",
        ),
    ),
)

OBSERVED_DAYS: Final = Suite(
    table="marts.fct_observed_days",
    query=f"""
select
    source_id,
    table_name,
    count(*) filter (status in ('failed', 'forbidden')) as unseen_day_count
from marts.fct_observed_days
where date_day > $as_of - {RECENT_DAYS}
group by source_id, table_name
order by source_id, table_name
""",
    keys=("source_id", "table_name"),
    checks=(
        zero(
            "unseen_day_count",
            f"no day of the last {RECENT_DAYS} failed or was forbidden",
            "ingest the source again, or give its key the permission",
            "warning",
        ),
    ),
)


def _dimension(table: str, key: str) -> Suite:
    """Suite of a dimension: the member of a fact must be found once, the unknown one too."""
    return Suite(
        table=f"marts.{table}",
        query=f"""
select
    count(*) as row_count,
    count(*) - count(distinct {key}) as duplicate_key_count,
    count(*) filter (cast({key} as varchar) = '-1') as unknown_member_count
from marts.{table}
""",
        keys=(),
        checks=(
            zero("duplicate_key_count", f"{key} is unique and never null", _REBUILD),
            Check(
                "unknown_member",
                "unknown_member_count",
                "there is one unknown member",
                _REBUILD,
                minimum=1,
                maximum=1,
            ),
        ),
    )


DAYS: Final = Suite(
    table="marts.dim_days",
    query="""
select
    count(*) - count(distinct date_day) as duplicate_day_count,
    max(date_day) - min(date_day) + 1 - count(distinct date_day) as missing_day_count,
    count(*) filter (date_day = $as_of) as reporting_day_count
from marts.dim_days
""",
    keys=(),
    checks=(
        zero("duplicate_day_count", "a day stands there once", _REBUILD),
        zero("missing_day_count", "the days have no gap", _REBUILD),
        Check(
            "reporting_day",
            "reporting_day_count",
            "the reporting day is one of them",
            "build with the same CLAUDE_ANALYTICS_AS_OF as the gate",
            minimum=1,
        ),
    ),
)

SUITES: Final = (
    DAYS,
    _dimension("dim_people", "person_key"),
    _dimension("dim_claude_models", "claude_model_id"),
    _dimension("dim_sources", "source_id"),
    _dimension("dim_actors", "actor_key"),
    _dimension("dim_org_units", "org_unit_key"),
    _dimension("dim_workspaces", "workspace_key"),
    _dimension("dim_surfaces", "surface"),
    REQUESTS,
    REQUEST_MODELS,
    _referring("fct_claude_sessions", _DAY, _PERSON, _ACTOR),
    _referring("fct_tool_decisions_daily", _DAY, _PERSON, _ACTOR, _ORG_UNIT, _SURFACE, _SOURCE),
    _referring("fct_usage_daily", _DAY, _PERSON, _ACTOR, _ORG_UNIT, _SURFACE),
    _referring("fct_feature_use_daily", _DAY, _PERSON, _ORG_UNIT, _SOURCE),
    _referring("fct_seats_daily", _DAY, _PERSON, _ORG_UNIT, _SOURCE),
    _referring("fct_telemetry_events_daily", _DAY, _PERSON),
    _referring("fct_telemetry_metrics_daily", _DAY, _PERSON),
    TOKEN_COST,
    _referring(
        "fct_token_cost_daily",
        _DAY,
        _PERSON,
        _ACTOR,
        _ORG_UNIT,
        _WORKSPACE,
        _SURFACE,
        _MODEL,
        _SOURCE,
    ),
    _referring("fct_project_cost_daily", _DAY),
    BILLED_COST,
    SPEND_REPORTS,
    OBSERVED_DAYS,
    IDENTITY_COVERAGE,
    _referring("fct_identity_coverage", _DAY, _SOURCE),
    _referring("fct_restatements", _DAY, _SOURCE),
    RECONCILIATION,
    _referring("fct_reconciliation_daily", _DAY, _PERSON, _MODEL),
)
