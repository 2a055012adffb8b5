# ruff: noqa: S608  # queries are put together from constants of this module alone
"""Suites of the raw gate: did the loads land whole and sane?"""

from collections.abc import Sequence
from typing import Final

from .landed import CLOCK_SKEW_DAYS, FIRST_DAY, LANDED, NOTES, OBSERVED, RECENT_LOAD_DAYS, TABLES
from .suites import Check, Suite, zero

# A single wrong clock is a nuisance; one row in a hundred means that the as-of day is wrong.
FUTURE_ROW_SHARE_MAX: Final = 0.01
# Under this many rows a share says more about the few rows than about the client.
SHARE_MIN_ROWS: Final = 20
# Every client stamps events and transcript lines with a session unless an administrator drops it.
NO_SESSION_SHARE_MAX: Final = 0.2
# Error and proxy answers may lack a field; one in twenty is more than that.
NULL_SHARE_WARNING: Final = 0.05
# When half of a field is gone, the client renamed it or the decoder lost it.
NULL_SHARE_CRITICAL: Final = 0.5

OTEL: Final = "raw_claude_code_otel"
LOGS: Final = "raw_claude_code_logs"

_TOKENS: Final = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_creation_tokens",
    "cache_creation_5m_tokens",
    "cache_creation_1h_tokens",
)
_ANY_NEGATIVE_TOKENS: Final = " or ".join(f"{column} < 0" for column in _TOKENS)
_FIND_ROWS: Final = (
    "find the rows by source_file and source_line, and remove them from the raw table"
)
_RELOAD: Final = "ingest the source again; if it stays, the loader is at fault"
_DRIFT: Final = (
    "compare the client version with the field list of the source, then read the files again"
)


def _null_share(name: str, rows: str, is_null: str) -> list[str]:
    """Share of nulls on days with enough rows, for all days and for those loaded lately."""
    share = (
        f"case when count(*) filter ({rows}) >= {SHARE_MIN_ROWS} then"
        f" count(*) filter ({rows} and ({is_null})) / count(*) filter ({rows}) end"
    )
    return [
        f"{share} as {name}_share",
        f"case when bool_or(is_recent) then {share} end as recent_{name}_share",
    ]


def _null_share_checks(name: str, field: str) -> tuple[Check, ...]:
    return (
        Check(
            f"{name}_recent",
            f"recent_{name}_share",
            f"{field} did not turn null en masse in the loads of the last {RECENT_LOAD_DAYS} days",
            _DRIFT,
            maximum=NULL_SHARE_CRITICAL,
        ),
        Check(
            name,
            f"{name}_share",
            f"{field} is seldom null",
            _DRIFT,
            maximum=NULL_SHARE_WARNING,
            severity="warning",
        ),
    )


def _by_day(source_id: str, schema: str, table: str, key: str, measures: Sequence[str]) -> str:
    """Frame of a landed table: one row per day.

    Distinct keys are the one dear count, so they are counted where loads of the last days wrote.
    """
    return f"""
with

recent_days as (

    select distinct date_day as recent_day
    from {OBSERVED}
    where
        source_id = '{source_id}'
        and table_name = '{table}'
        and observed_at >= (select max(observed_at) from {OBSERVED})
            - interval {RECENT_LOAD_DAYS} day

),

landed as (

    select
        landed.*,
        recent_days.recent_day is not null as is_recent
    from {schema}.{table} as landed
    left join recent_days
        on landed.date_day = recent_days.recent_day

)

select
    date_day,
    count(*) as row_count,
    count(*) filter ({key} is null or date_day is null) as null_key_count,
    count({key}) filter (is_recent)
    - count(distinct {key}) filter (is_recent) as duplicate_key_count,
    count(*) filter (date_day < date '{FIRST_DAY}') as ancient_row_count,
    count(*) filter (date_day > $as_of + {CLOCK_SKEW_DAYS}) as future_row_count,
    sum(future_row_count) over () / sum(count(*)) over () as future_row_share,
    {", ".join(measures)}
from landed
group by date_day
order by date_day
"""


def _common_checks(key: str) -> tuple[Check, ...]:
    return (
        zero("null_key_count", f"{key} and date_day are never null", _RELOAD),
        zero("duplicate_key_count", f"{key} is unique in every day loaded lately", _RELOAD),
        zero(
            "ancient_row_count",
            f"no row lies before {FIRST_DAY}",
            "correct the clock of the client, or set history_start_date in dbt_project.yml earlier",
            "warning",
        ),
        zero(
            "future_row_count",
            f"no row lies more than {CLOCK_SKEW_DAYS} day after the reporting day",
            "correct the clock of the client, or set CLAUDE_ANALYTICS_AS_OF later",
            "warning",
        ),
        Check(
            "future_rows_are_few",
            "future_row_share",
            f"at most {FUTURE_ROW_SHARE_MAX:.0%} of all rows lie after the reporting day",
            "set CLAUDE_ANALYTICS_AS_OF to the day of the data, or correct the clocks",
            maximum=FUTURE_ROW_SHARE_MAX,
            keys=(),
        ),
    )


_NEGATIVE_TOKENS_CHECK: Final = zero(
    "negative_token_count", "no token count is negative", _FIND_ROWS
)
_NO_SESSION_CHECK: Final = Check(
    "no_session",
    "no_session_share",
    f"at most {NO_SESSION_SHARE_MAX:.0%} of the rows of a day lack a session",
    "see that the client and the Collector keep session.id; without it sessions are under-counted",
    maximum=NO_SESSION_SHARE_MAX,
    severity="warning",
)


EVENTS: Final = Suite(
    table=f"{OTEL}.events",
    query=_by_day(
        "claude_code_otel",
        OTEL,
        "events",
        "event_key",
        [
            "count(*) filter (event_name is null) as null_name_count",
            f"count(*) filter ({_ANY_NEGATIVE_TOKENS}) as negative_token_count",
            "count(*) filter (cost_usd < 0 or not isfinite(cost_usd)) as impossible_cost_count",
            _null_share("no_session", "true", "session_id is null")[0],
            *_null_share("null_model", "event_name = 'api_request'", "model is null"),
            *_null_share("null_tokens", "event_name = 'api_request'", "input_tokens is null"),
        ],
    ),
    keys=("date_day",),
    checks=(
        *_common_checks("event_key"),
        zero("null_name_count", "every event has a name", _DRIFT),
        _NEGATIVE_TOKENS_CHECK,
        zero("impossible_cost_count", "no reported cost is negative or infinite", _FIND_ROWS),
        _NO_SESSION_CHECK,
        *_null_share_checks("null_model", "model of api_request events"),
        *_null_share_checks("null_tokens", "input_tokens of api_request events"),
    ),
)

METRIC_POINTS: Final = Suite(
    table=f"{OTEL}.metric_points",
    query=_by_day(
        "claude_code_otel",
        OTEL,
        "metric_points",
        "point_key",
        [
            "count(*) filter (metric_name is null) as null_name_count",
            "count(*) filter (metric_kind = 'sum' and coalesce(temporality, 0) not in (1, 2))"
            " as no_temporality_count",
            "count(*) filter (value is null or not isfinite(value)) as no_value_count",
            "count(*) filter (is_monotonic and value < 0) as negative_increment_count",
        ],
    ),
    keys=("date_day",),
    checks=(
        *_common_checks("point_key"),
        zero("null_name_count", "every point has a metric name", _DRIFT),
        zero(
            "no_temporality_count",
            "every sum is delta (1) or cumulative (2)",
            "see that the Collector passes aggregationTemporality on; a sum means nothing without",
        ),
        zero("no_value_count", "every point has a finite value", _FIND_ROWS),
        zero("negative_increment_count", "no point of a growing sum is negative", _FIND_ROWS),
    ),
)

SPANS: Final = Suite(
    table=f"{OTEL}.spans",
    query=_by_day(
        "claude_code_otel",
        OTEL,
        "spans",
        "span_key",
        ["count(*) filter (ended_at < started_at) as backward_span_count"],
    ),
    keys=("date_day",),
    checks=(
        *_common_checks("span_key"),
        zero(
            "backward_span_count",
            "no span ends before it starts",
            "durations of these spans are wrong; correct the clock of the client",
            "warning",
        ),
    ),
)

USAGE_LINES: Final = Suite(
    table=f"{LOGS}.usage_lines",
    query=_by_day(
        "claude_code_logs",
        LOGS,
        "usage_lines",
        "line_key",
        [
            f"count(*) filter ({_ANY_NEGATIVE_TOKENS}) as negative_token_count",
            _null_share("no_session", "true", "session_id is null")[0],
            *_null_share("null_model", "not coalesce(is_api_error, false)", "model is null"),
            *_null_share(
                "null_tokens", "not coalesce(is_api_error, false)", "input_tokens is null"
            ),
        ],
    ),
    keys=("date_day",),
    checks=(
        *_common_checks("line_key"),
        _NEGATIVE_TOKENS_CHECK,
        _NO_SESSION_CHECK,
        *_null_share_checks("null_model", "model of transcript lines"),
        *_null_share_checks("null_tokens", "input_tokens of transcript lines"),
    ),
)

_LANDED: Final = (
    ("claude_code_otel", OTEL, "events"),
    ("claude_code_otel", OTEL, "metric_points"),
    ("claude_code_otel", OTEL, "spans"),
    ("claude_code_logs", LOGS, "usage_lines"),
    *((source, f"raw_{source}", table) for source, tables in TABLES.items() for table in tables),
)
_LANDED_DAYS: Final = "\n    union all\n".join(
    f"    select '{source_id}' as source_id, '{table}' as table_name, date_day,"
    " count(*) as row_count"
    f" from {schema}.{table} where date_day is not null group by date_day"
    for source_id, schema, table in _LANDED
)

OBSERVED_DAYS: Final = Suite(
    table=OBSERVED,
    query=f"""
with

landed as (

{_LANDED_DAYS}

),

observed as (

    select
        source_id,
        table_name,
        date_day,
        arg_max(row_count, (observed_at, load_id)) as row_count,
        count(*) filter (
            coalesce(status, '') not in ('landed', 'empty', 'not_published', 'forbidden', 'failed')
        ) as unknown_status_count,
        count(*) filter (observed_at is null) as no_time_count
    from {OBSERVED}
    group by source_id, table_name, date_day

)

select
    coalesce(landed.source_id, observed.source_id) as source_id,
    coalesce(landed.table_name, observed.table_name) as table_name,
    coalesce(landed.date_day, observed.date_day) as date_day,
    cast(observed.source_id is null as integer) as unobserved_day_count,
    landed.row_count - observed.row_count as row_count_difference,
    observed.unknown_status_count,
    observed.no_time_count
from landed
full outer join observed
    on
        landed.source_id = observed.source_id
        and landed.table_name = observed.table_name
        and landed.date_day = observed.date_day
order by 1, 2, 3
""",
    keys=("source_id", "table_name", "date_day"),
    checks=(
        zero(
            "unobserved_day_count",
            "every landed day stands in observed_days",
            "ingest the source again: its marts rebuild only days that were observed",
        ),
        Check(
            "row_count_as_observed",
            "row_count_difference",
            "a day still has the rows that were last observed",
            "rows were changed outside the loader, or a load was cut off: ingest the source again",
            minimum=0,
            maximum=0,
            severity="warning",
        ),
        zero(
            "unknown_status_count",
            "a status is landed, empty, not_published, forbidden or failed",
            "the loader wrote a status that no model understands",
        ),
        zero("no_time_count", "every observation has its time", _RELOAD),
    ),
)

PSEUDONYMS: Final = Suite(
    table="raw_identity.pseudonyms",
    query="""
select
    identity_kind,
    count(*) filter (
        identity_kind is null or identity_value is null or person_pseudonym is null
    ) as null_key_count,
    count(*) - count(distinct identity_value) as duplicate_key_count,
    count(*) - count(distinct person_pseudonym) as shared_pseudonym_count
from raw_identity.pseudonyms
group by identity_kind
order by identity_kind
""",
    keys=("identity_kind",),
    checks=(
        zero("null_key_count", "every identity has a kind, a value and a pseudonym", _RELOAD),
        zero("duplicate_key_count", "an identity has one pseudonym", _RELOAD),
        zero("shared_pseudonym_count", "a pseudonym belongs to one identity", _RELOAD),
    ),
)

SUITES: Final = (
    EVENTS,
    METRIC_POINTS,
    SPANS,
    USAGE_LINES,
    LANDED,
    NOTES,
    OBSERVED_DAYS,
    PSEUDONYMS,
)
