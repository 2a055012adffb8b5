"""Build time of the warehouse: in full and for one more day, over a short and a long history."""

import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.measurement import Measurement
from ingestion.raw_tables import ensure_raw_tables

REQUESTS_PER_DAY = 10_000
SHORT_DAYS = 100  # 1M requests
LONG_DAYS = 500  # 5M requests
EXTRA_DAYS = 3
LAST_DAY = date(2026, 11, 15)

EVENTS = """
insert into raw_claude_code_otel.events by name
select
    format('req_{}_{}', day_number, n) as event_key,
    first_day + cast(day_number as integer) as date_day,
    case when n % 4 = 0 then 'tool_result' else 'api_request' end as event_name,
    cast(first_day as timestamp)
    + to_days(cast(day_number as integer))
    + to_seconds(n * 86400 // rows_per_day) as event_at,
    format('session_{}_{}', day_number, n % 400) as session_id,
    case when n % 4 != 0 then format('req_{}_{}', day_number, n) end as request_id,
    format('user_{}', n % 400) as user_account_id,
    format('person{}@example.com', n % 400) as user_email,
    format('installation{}', n % 400) as user_id,
    case when n % 4 != 0 then model end as model,
    '2.1.329' as service_version,
    'claude-code' as service_name,
    'repl_main_thread' as query_source,
    case when n % 4 != 0 then n % 3000 end as input_tokens,
    case when n % 4 != 0 then n % 900 end as output_tokens,
    case when n % 4 != 0 then n % 60000 end as cache_read_tokens,
    case when n % 4 != 0 then n % 4000 end as cache_creation_tokens,
    case when n % 4 != 0 then 0 end as cache_creation_5m_tokens,
    case when n % 4 != 0 then n % 4000 end as cache_creation_1h_tokens,
    case when n % 4 != 0 then 0.01 end as cost_usd,
    case when n % 4 = 0 then 'Edit' end as tool_name,
    case when n % 4 = 0 then format('toolu_{}_{}', day_number, n) end as tool_use_id,
    load_id as _dlt_load_id
from (
    select
        day_number,
        n,
        cast($first_day as date) as first_day,
        cast($rows_per_day as bigint) as rows_per_day,
        cast($load_id as varchar) as load_id,
        case n % 3
            when 0 then 'claude-sonnet-5-5'
            when 1 then 'claude-haiku-5-5'
            else 'claude-opus-5-5'
        end as model
    from range($from_day, $to_day) as days (day_number), range($rows_per_day) as requests (n)
)
"""
LINES = """
insert into raw_claude_code_logs.usage_lines by name
select
    event_key || '_line' as line_key,
    date_day,
    event_at as logged_at,
    session_id,
    '-repo' as project_dir,
    'msg_' || request_id as message_id,
    request_id,
    model,
    service_version as client_version,
    false as is_sidechain,
    input_tokens,
    output_tokens,
    cache_read_tokens,
    cache_creation_tokens,
    cache_creation_5m_tokens,
    cache_creation_1h_tokens,
    _dlt_load_id
from raw_claude_code_otel.events
where
    event_name = 'api_request'
    and _dlt_load_id = $load_id
    and hash(event_key) % 5 = 0
"""
POINTS = """
insert into raw_claude_code_otel.metric_points by name
select
    event_key || '_point' as point_key,
    date_day,
    'claude_code.token.usage' as metric_name,
    'sum' as metric_kind,
    1 as temporality,
    true as is_monotonic,
    session_id || model as series_key,
    event_at - to_seconds(60) as start_at,
    event_at as point_at,
    epoch_ns(event_at - to_seconds(60)) as start_time_unix_nano,
    epoch_ns(event_at) as time_unix_nano,
    cast(input_tokens as double) as value,
    session_id,
    user_account_id,
    user_email,
    user_id,
    'input' as metric_type,
    model,
    'main' as query_source,
    _dlt_load_id
from raw_claude_code_otel.events
where
    event_name = 'api_request'
    and _dlt_load_id = $load_id
"""
PSEUDONYMS = """
insert into raw_identity.pseudonyms by name
select distinct
    identity_kind,
    identity_value,
    md5(identity_kind || identity_value) as person_pseudonym
from (
    unpivot (
        select user_account_id as account_id, user_email as email, user_id
        from raw_claude_code_otel.events
    )
    on account_id, email, user_id into name identity_kind value identity_value
) as identities
where not exists (
    select 1 from raw_identity.pseudonyms as known
    where
        known.identity_kind = identities.identity_kind
        and known.identity_value = identities.identity_value
)
"""
OBSERVED = """
insert into raw_ingestion.observed_days by name
select
    source_id,
    table_name,
    date_day,
    cast($observed_at as timestamp) as observed_at,
    'landed' as status,
    row_count,
    '{}' as measures_json,
    cast($load_id as varchar) as load_id
from (
    select 'claude_code_otel' as source_id, 'events' as table_name, date_day, count(*) as row_count
    from raw_claude_code_otel.events where _dlt_load_id = $load_id group by date_day
    union all
    select 'claude_code_logs', 'usage_lines', date_day, count(*)
    from raw_claude_code_logs.usage_lines where _dlt_load_id = $load_id group by date_day
)
"""


def _land(database: Path, first_day: date, from_day: int, to_day: int, rows_per_day: int) -> None:
    load_id = f"{1_790_000_000 + to_day}.0"
    with duckdb.connect(database) as connection:
        window = {
            "first_day": first_day,
            "from_day": from_day,
            "to_day": to_day,
            "rows_per_day": rows_per_day,
            "load_id": load_id,
        }
        connection.execute(EVENTS, window)
        connection.execute(LINES, {"load_id": load_id})
        connection.execute(POINTS, {"load_id": load_id})
        connection.execute(PSEUDONYMS)
        observed_at = f"{first_day + timedelta(days=to_day)} 12:00:00"
        connection.execute(OBSERVED, {"load_id": load_id, "observed_at": observed_at})


def _build(home: Path, *options: str) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pipeline", "build", *options],
        env={
            **os.environ,
            "CLAUDE_ANALYTICS_HOME": str(home),
            "CLAUDE_ANALYTICS_AS_OF": str(LAST_DAY + timedelta(days=EXTRA_DAYS + 1)),
        },
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - started


def _measure_history(days: int, rows_per_day: int) -> tuple[float, float]:
    """Return seconds of a full build over `days` and the median seconds of one more day."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        database = home / "warehouse.duckdb"
        ensure_raw_tables(database)
        first_day = LAST_DAY - timedelta(days=days)
        _land(database, first_day, 0, days, rows_per_day)
        full = _build(home, "--full-refresh")
        extra = []
        for day in range(days, days + EXTRA_DAYS):
            _land(database, first_day, day, day + 1, rows_per_day)
            extra.append(_build(home))
        return full, median(extra)


def measure(scale: float) -> list[Measurement]:
    """Build one and five million requests, then three single days on top of each.

    Args:
        scale: 1.0 is ten thousand requests and tool results a day over 100 and 500 days.
    """
    rows_per_day = max(100, int(REQUESTS_PER_DAY * scale) * 4 // 3)
    short_full, short_extra = _measure_history(SHORT_DAYS, rows_per_day)
    long_full, long_extra = _measure_history(LONG_DAYS, rows_per_day)
    requests = rows_per_day * 3 // 4
    return [
        Measurement(
            "full build, short history", short_full, "s", note=f"{requests * SHORT_DAYS:,} requests"
        ),
        Measurement("one more day, short history", short_extra, "s", note="median of three days"),
        Measurement(
            "full build, long history", long_full, "s", note=f"{requests * LONG_DAYS:,} requests"
        ),
        Measurement("one more day, long history", long_extra, "s", note="median of three days"),
        Measurement(
            "one more day, long against short history",
            long_extra / short_extra,
            "ratio",
            target=1.2,
            bound="at most",
            note="five times the history",
        ),
        Measurement(
            "one more day against the full build, long history",
            long_extra / long_full,
            "ratio",
            note="whole command with tests",
        ),
    ]
