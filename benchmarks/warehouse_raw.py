# queries are put together from constants of this module alone
"""Raw rows of a large organisation, made by DuckDB: consistent sources, no defects."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import duckdb

_PRICES: Final = Path(__file__).parents[1] / "seeds" / "pricing" / "token_prices.csv"
# What one request of each takes: input, output, cache read, cache write.
_INPUT, _OUTPUT, _READ, _WRITE = 350, 800, 50_000, 3_000
_REQUESTS_OF_A_DEVELOPER: Final = 22
_METRICS: Final = f"""
    ('claude_code.session.count', null, null, 1),
    ('claude_code.active_time.total', 'user', null, 900),
    ('claude_code.lines_of_code.count', 'added', null, 120),
    ('claude_code.lines_of_code.count', 'removed', null, 40),
    ('claude_code.commit.count', null, null, 2), ('claude_code.pull_request.count', null, null, 1),
    ('claude_code.code_edit_tool.decision', null, 'accept', 9),
    ('claude_code.code_edit_tool.decision', null, 'reject', 1),
    ('claude_code.token.usage', 'input', null, {_REQUESTS_OF_A_DEVELOPER * _INPUT}),
    ('claude_code.token.usage', 'output', null, {_REQUESTS_OF_A_DEVELOPER * _OUTPUT}),
    ('claude_code.token.usage', 'cacheRead', null, {_REQUESTS_OF_A_DEVELOPER * _READ}),
    ('claude_code.token.usage', 'cacheCreation', null, {_REQUESTS_OF_A_DEVELOPER * _WRITE})
"""

_PEOPLE: Final = """
create or replace temp table staff as
select
    n,
    format('E{:05d}', n) as employee_id,
    format('person.{:05d}@example.com', n) as email,
    format('p{:05d}', n) as login,
    'user_' || left(md5(n::varchar), 24) as user_id,
    md5('account' || n)::uuid::varchar as account_uuid,
    md5('installation' || n) as installation_id,
    n % 10 < 4 as is_developer,
    n % 40 = 0 as is_on_bedrock,
    [
        'claude-sonnet-4-5-20250929', 'claude-haiku-4-5-20251001', 'claude-opus-4-1-20250805'
    ][1 + n % 3] as model
from range(1, $people + 1) _(n)
"""
_ROSTER: Final = """
insert into raw_people.roster by name
select
    employee_id as row_key, $snapshot_day::date as date_day, 'roster' as feed_name, employee_id,
    email, 'main' as legal_entity, format('Department {}', n % 40) as department,
    format('Department {} team {}', n % 40, n % 800) as team, 'engineering' as "function",
    date '2024-01-01' as start_date, date '2024-01-01' as valid_from_date,
    '[{"login":"' || login || '","system":"sso"}]' as logins_json,
    'roster.csv' as source_file, n as source_line, 'roster' as part_key, $load_id as _dlt_load_id
from staff
"""
_MEMBERS: Final = """
insert into raw_anthropic_enterprise.members by name
select
    user_id as row_key, $snapshot_day::date as date_day, user_id as id, 'user' as type, email,
    'user' as role, $first_day::date + interval 8 hour as added_at, $pulled_at as pulled_at,
    $load_id as _dlt_load_id
from staff where not is_on_bedrock
"""
# One row per person, day and surface; what is drawn depends on both alone.
_USED: Final = """
create or replace temp table used as
with days as (
    select day::date as date_day
    from range($first_day::timestamp, $last_day::timestamp + interval 1 day, interval 1 day) _(day)
),
drawn as (
    select staff.*, date_day, hash(n, date_day) as drawn
    from staff cross join days
    where hash(n, date_day, 'active') % 10 < 9
)
select
    drawn.*,
    not is_on_bedrock as in_chat,
    is_developer and drawn % 10 < 7 as in_claude_code,
    not is_on_bedrock and drawn // 10 % 10 < 3 as in_cowork,
    not is_on_bedrock and drawn // 100 % 10 < 3 as in_office,
    not is_on_bedrock and drawn // 1000 % 20 = 0 as in_design,
    not is_on_bedrock and drawn // 100000 % 10 = 0 as in_chrome
from drawn
"""
_ACTIVITY: Final = """
insert into raw_anthropic_enterprise.user_activity by name
select
    md5('activity' || n || date_day) as row_key, date_day, user_id as user__id,
    email as user__email_address, 'user' as user__type, date_day as last_activity_date,
    0 as web_search_count,
    in_chat::bigint * (1 + drawn % 20)::bigint as chat_metrics__message_count,
    in_chat::bigint * (1 + drawn % 3)::bigint as chat_metrics__distinct_conversation_count,
    0 as chat_metrics__distinct_projects_created_count,
    0 as chat_metrics__distinct_projects_used_count,
    0 as chat_metrics__distinct_artifacts_created_count,
    0 as chat_metrics__distinct_files_uploaded_count,
    in_claude_code::bigint as claude_code_metrics__core_metrics__distinct_session_count,
    in_claude_code::bigint * 2 as claude_code_metrics__core_metrics__commit_count,
    in_claude_code::bigint as claude_code_metrics__core_metrics__pull_request_count,
    in_claude_code::bigint * 120
        as claude_code_metrics__core_metrics__lines_of_code__added_count,
    in_claude_code::bigint * 40
        as claude_code_metrics__core_metrics__lines_of_code__removed_count,
    in_claude_code::bigint * 9 as claude_code_metrics__tool_actions__edit_tool__accepted_count,
    in_claude_code::bigint as claude_code_metrics__tool_actions__edit_tool__rejected_count,
    0 as claude_code_metrics__tool_actions__write_tool__accepted_count,
    0 as claude_code_metrics__tool_actions__write_tool__rejected_count,
    in_cowork::bigint * 5 as cowork_metrics__message_count,
    in_cowork::bigint as cowork_metrics__distinct_session_count,
    in_office::bigint * 4 as office_metrics__excel__message_count,
    in_office::bigint as office_metrics__excel__distinct_session_count,
    in_design::bigint * 3 as design_metrics__message_count,
    in_design::bigint as design_metrics__distinct_session_count,
    $pulled_at as pulled_at, $load_id as _dlt_load_id
from used where not is_on_bedrock
"""
_REPORTED: Final = f"""
create or replace temp table reported as
with products as (
    select *, unnest([
        {{'product': 'chat', 'is_used': in_chat, 'requests': 12}},
        {{
            'product': 'claude_code', 'is_used': in_claude_code,
            'requests': {_REQUESTS_OF_A_DEVELOPER}
        }},
        {{'product': 'cowork', 'is_used': in_cowork, 'requests': 9}},
        {{'product': 'office_agent', 'is_used': in_office, 'requests': 6}},
        {{'product': 'claude_design', 'is_used': in_design, 'requests': 5}},
        {{'product': 'claude_in_chrome', 'is_used': in_chrome, 'requests': 4}}
    ]) as told
    from used where not is_on_bedrock
)
select
    date_day, n, user_id, email, model, told.product, told.requests::bigint as requests,
    cast(told.requests * (
        {_INPUT} * input_usd_per_mtok + {_OUTPUT} * output_usd_per_mtok
        + {_READ} * cache_read_usd_per_mtok + {_WRITE} * cache_write_1h_usd_per_mtok
    ) * 0.0001 as decimal(18, 6)) as cents
from products
join prices using (model)
where told.is_used
"""
_COUNTS: Final = f"""
    requests * {_INPUT} as uncached_input_tokens, 0 as cache_creation__ephemeral_5m_input_tokens,
    requests * {_WRITE} as cache_creation__ephemeral_1h_input_tokens,
    requests * {_READ} as cache_read_input_tokens, requests * {_OUTPUT} as output_tokens,
    0 as server_tool_use__web_search_requests, requests
"""
_BUCKET: Final = """
    date_day, date_day::timestamp as starting_at, date_day + interval 1 day as ending_at,
    $pulled_at as data_refreshed_at, $pulled_at as pulled_at, $load_id as _dlt_load_id
"""
_GROUPED: Final = """
    select date_day, product, model, sum(requests)::bigint as requests, sum(cents) as cents
    from reported group by all
"""
_REPORTS: Final = (
    f"""
    insert into raw_anthropic_enterprise.user_usage_report by name
    select
        md5(concat_ws('|', 'usage', n, date_day, product)) as row_key, {_BUCKET},
        'user_actor' as actor__type, user_id as actor__user_id, email as actor__email,
        false as actor__deleted, product, model, {_COUNTS},
        requests * {_INPUT + _OUTPUT + _READ + _WRITE} as total_tokens
    from reported
    """,
    f"""
    insert into raw_anthropic_enterprise.user_cost_report by name
    select
        md5(concat_ws('|', 'cost', n, date_day, product)) as row_key, {_BUCKET},
        'user_actor' as actor__type, user_id as actor__user_id, email as actor__email,
        false as actor__deleted, product, model, cents::varchar as amount,
        cents::varchar as list_amount, 'USD' as currency, requests
    from reported
    """,
    f"""
    insert into raw_anthropic_enterprise.usage_report by name
    select
        md5(concat_ws('|', 'usage', date_day, product, model)) as row_key, {_BUCKET},
        'grouped' as cut, product, model, {_COUNTS}
    from ({_GROUPED})
    """,
    f"""
    insert into raw_anthropic_enterprise.cost_report by name
    select
        md5(concat_ws('|', 'cost', date_day)) as row_key, {_BUCKET}, 'total' as cut,
        sum(cents)::varchar as amount, sum(cents)::varchar as list_amount, 'USD' as currency,
        sum(requests)::bigint as requests
    from ({_GROUPED}) group by date_day
    """,
)
_CLIENT: Final = """
    md5('session' || n || date_day) as session_id, installation_id as user_id,
    case when not is_on_bedrock then '00000000-0000-4000-8000-000000000002' end as organization_id,
    case when not is_on_bedrock then user_id end as user_account_id,
    case when not is_on_bedrock then account_uuid end as user_account_uuid,
    case when not is_on_bedrock then email end as user_email,
    case when is_on_bedrock then login end as enduser_id,
    case when is_on_bedrock then 'bedrock' else 'firstParty' end as provider,
    '2.1.329' as service_version, 'claude-code' as service_name
"""
_EVENTS: Final = f"""
insert into raw_claude_code_otel.events by name
select
    md5(concat_ws('|', 'event', n, date_day, number)) as event_key, date_day,
    'api_request' as event_name,
    date_day + interval 9 hour + to_seconds(number * 60) as event_at,
    md5(concat_ws('|', 'request', n, date_day, number)) as request_id, {_CLIENT},
    case when is_on_bedrock then 'global.anthropic.' || model || '-v1:0' else model end as model,
    'repl_main_thread' as query_source, {_INPUT} as input_tokens, {_OUTPUT} as output_tokens,
    {_READ} as cache_read_tokens, {_WRITE} as cache_creation_tokens,
    0 as cache_creation_5m_tokens, {_WRITE} as cache_creation_1h_tokens,
    cast((
        {_INPUT} * input_usd_per_mtok + {_OUTPUT} * output_usd_per_mtok
        + {_READ} * cache_read_usd_per_mtok + {_WRITE} * cache_write_1h_usd_per_mtok
    ) * 0.000001 as double) as cost_usd,
    $load_id as _dlt_load_id
from used
join prices using (model)
cross join range({_REQUESTS_OF_A_DEVELOPER}) _(number)
where in_claude_code
"""
_POINTS: Final = f"""
insert into raw_claude_code_otel.metric_points by name
select
    md5(concat_ws('|', 'point', n, date_day, metric_name, metric_type, decision)) as point_key,
    date_day, metric_name, 'sum' as metric_kind, 1 as temporality, true as is_monotonic,
    md5(concat_ws('|', n, date_day, metric_name, metric_type, decision)) as series_key,
    date_day + interval 9 hour as start_at, date_day + interval 10 hour as point_at,
    epoch_ns(date_day + interval 9 hour) as start_time_unix_nano,
    epoch_ns(date_day + interval 10 hour) as time_unix_nano, amount::double as value, {_CLIENT},
    metric_type, decision, case when decision is not null then 'Edit' end as tool_name,
    case
        when metric_type in ('input', 'output', 'cacheRead', 'cacheCreation')
            then case when is_on_bedrock then 'global.anthropic.' || model || '-v1:0' else model end
    end as model,
    $load_id as _dlt_load_id
from used
cross join (values {_METRICS}) _(metric_name, metric_type, decision, amount)
where in_claude_code
"""
_OBSERVED: Final = """
insert into raw_ingestion.observed_days by name
select
    '{source}' as source_id, '{table}' as table_name, date_day, $observed_at::timestamp
    as observed_at, 'landed' as status, count(*) as row_count, '{{}}' as measures_json,
    $load_id as load_id, $load_id as content_hash
from raw_{source}.{table} where _dlt_load_id = $load_id group by date_day
"""
_SNAPSHOTS: Final = (("people", "roster"), ("anthropic_enterprise", "members"))
_DAILY: Final = (
    *(
        ("anthropic_enterprise", table)
        for table in (
            "user_activity",
            "user_usage_report",
            "user_cost_report",
            "usage_report",
            "cost_report",
        )
    ),
    ("claude_code_otel", "events"),
    ("claude_code_otel", "metric_points"),
)


def land_people(
    connection: duckdb.DuckDBPyConnection, people: int, first_day: date, day: date
) -> None:
    """Land the roster and the members of the organisation.

    Args:
        connection: The warehouse, with empty raw tables.
        people: How many.
        first_day: Since when they have seats.
        day: The day of the snapshots.
    """
    connection.execute(_PEOPLE, {"people": people})
    load_id = _load_id(day, 1)
    observed_at = _morning_after(day)
    for query in (_ROSTER, _MEMBERS):
        _execute(
            connection,
            query,
            snapshot_day=day,
            first_day=first_day,
            pulled_at=observed_at,
            load_id=load_id,
        )
    _observe(connection, _SNAPSHOTS, load_id, observed_at)


def land_day_range(
    connection: duckdb.DuckDBPyConnection, people: int, first_day: date, last_day: date
) -> None:
    """Land what all sources tell of some days, as one load.

    Args:
        connection: The warehouse, with the people.
        people: How many there are.
        first_day: First day.
        last_day: Last day.
    """
    connection.execute(_PEOPLE, {"people": people})
    connection.execute(
        f"""
        create or replace temp table prices as
        select
            claude_model_id as model,
            {
            ", ".join(
                f"any_value({name})::decimal(12, 6) as {name}"
                for name in (
                    "input_usd_per_mtok",
                    "output_usd_per_mtok",
                    "cache_read_usd_per_mtok",
                    "cache_write_1h_usd_per_mtok",
                )
            )
        }
        from read_csv('{_PRICES}')
        where
            platform = 'anthropic' and speed = 'standard' and min_prompt_tokens = 0
            and valid_to_date is null
        group by claude_model_id
        """
    )
    load_id = _load_id(last_day, 2)
    observed_at = _morning_after(last_day)
    # A month at a time: temporary tables of a year would take more memory than the build may.
    start = first_day
    while start <= last_day:
        end = min(start + timedelta(days=30), last_day)
        _execute(connection, _USED, first_day=start, last_day=end)
        _execute(connection, _REPORTED)
        for query in (_ACTIVITY, *_REPORTS, _EVENTS, _POINTS):
            _execute(connection, query, pulled_at=observed_at, load_id=load_id)
        start = end + timedelta(days=1)
    _observe(connection, _DAILY, load_id, observed_at)


def _observe(
    connection: duckdb.DuckDBPyConnection,
    tables: tuple[tuple[str, str], ...],
    load_id: str,
    observed_at: datetime,
) -> None:
    for source, table in tables:
        query = _OBSERVED.format(source=source, table=table)
        _execute(connection, query, load_id=load_id, observed_at=observed_at)


def _execute(connection: duckdb.DuckDBPyConnection, query: str, **values: object) -> None:
    """Run a query with those values that it names."""
    named = {name: value for name, value in values.items() if f"${name}" in query}
    connection.execute(query, named)


def _load_id(day: date, number: int) -> str:
    return f"{datetime.combine(day, time()).timestamp() + number:.1f}"


def _morning_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(6))
