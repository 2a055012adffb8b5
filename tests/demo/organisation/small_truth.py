"""A truth to check by hand: one person of each kind, from mid June to September 2026."""

from datetime import date
from pathlib import Path

import duckdb

# email, former e-mail, day of change, entity, end of employment
PEOPLE = """
    (1, 'person.00001@example.com', 'maiden.00001@example.com', date '2026-08-12', 'main', null),
    (2, 'person.00002@example.com', null, null, 'main', null),
    (3, 'person.00003@example.com', null, null, 'main', null),
    (4, 'person.00004@example.com', null, null, 'team_subsidiary', date '2026-09-10'),
    (5, 'person.00005@example.com', null, null, 'team_subsidiary', null),
    (6, 'person.00006@example.com', null, null, 'console_subsidiary', null)
"""
# person, actor, route, surface, model, service tier, list cost of one day
USE = """
    (1, null, 'enterprise', 'claude_code', 'claude-sonnet-5', 'standard', 12.3456789012),
    (1, null, 'enterprise', 'chat', 'claude-opus-5', 'standard', 1.1000000000),
    (2, null, 'bedrock', 'claude_code', 'claude-sonnet-4-5-20250929', 'standard', 3.3333333333),
    (3, null, 'enterprise', 'claude_code', 'claude-sonnet-5', 'standard', 0.5000000000),
    (3, null, 'console', 'claude_code', 'claude-opus-5', 'standard', 2.2500000000),
    (4, null, 'team', 'claude_code', 'claude-sonnet-5', 'standard', 9.7500000000),
    (4, null, 'team', 'chat', 'claude-sonnet-5', 'standard', 0.2500000000),
    (5, null, 'team', 'chat', 'claude-sonnet-5', 'standard', 0.2500000000),
    (6, null, 'console', 'claude_code', 'claude-sonnet-5', 'standard', 4.0000000000),
    (null, 1, 'console', 'claude_code', 'claude-haiku-4-5-20251001', 'standard', 0.7500000000),
    (null, 2, 'console', 'api', 'claude-haiku-4-5-20251001', 'batch', 1.5000000000)
"""

TABLES = {
    "people": f"""
        select
            person_id::bigint person_id, email, former_email, email_changed_date, 'Name' as name,
            legal_entity, date '2026-01-01' start_date, end_date, 'senior' seniority,
            'Berlin' as location, 'B' || person_id % 3 as cost_band, 1 as wave, false is_champion,
            true is_developer, person_id != 5 has_telemetry,
            date '2026-06-15' telemetry_from_date, person_id in (1, 3) has_local_logs,
            'octo-' || person_id github_login
        from (values {PEOPLE}) _(
            person_id, email, former_email, email_changed_date, legal_entity, end_date
        )
    """,
    "memberships": """
        select * from (values
            (1::bigint, 'Data Platform', 'Streams', 'engineering', null::bigint,
                date '2026-01-01', date '2026-08-05'),
            (1, 'Retail', 'Shops', 'engineering', 2, date '2026-08-05', null),
            (2, 'Data Platform', 'Cloud', 'engineering', null, date '2026-01-01', null),
            (3, 'Data Platform', 'Streams', 'engineering', 2, date '2026-01-01', null),
            (4, 'Nordic', 'Oslo', 'support', null, date '2026-01-01', null),
            (5, 'Nordic', 'Oslo', 'support', 4, date '2026-01-01', null),
            (6, 'Labs', 'Labs', 'engineering', null, date '2026-01-01', null)
        ) _(person_id, department, team, function, manager_person_id,
            valid_from_date, valid_to_date)
    """,
    "accounts": """
        select
            person_id::bigint person_id, system, 'user_' || system || person_id user_id,
            '00000000-0000-4000-8000-00000000000' || person_id account_uuid, 'user' as role,
            added_date, removed_date::date removed_date
        from (values
            (1, 'enterprise', date '2026-01-05', null), (3, 'enterprise', date '2026-01-05', null),
            (3, 'console', date '2026-01-05', null), (4, 'team', date '2026-06-01', '2026-09-11'),
            (5, 'team', date '2026-08-20', null), (6, 'console', date '2026-01-05', null)
        ) _(person_id, system, added_date, removed_date)
    """,
    "seats_daily": """
        select date_day, person_id, system, seat_tier, seat_status
        from calendar, (values
            (1::bigint, 'enterprise', 'premium', 'assigned', date '2026-01-05', null),
            (3, 'enterprise', 'standard', 'assigned', date '2026-08-22', null),
            (4, 'team', 'standard', 'assigned', date '2026-06-01', date '2026-09-11'),
            (5, 'team', 'standard', 'invited', date '2026-08-20', null)
        ) _(person_id, system, seat_tier, seat_status, first_day, end_day)
        where date_day >= first_day and (end_day is null or date_day < end_day)
    """,
    "workspaces": """
        select * from (values
            ('wrkspc_1', 'Claude Code', timestamp '2026-01-01', 'CC-200'),
            ('wrkspc_2', 'Apps', timestamp '2026-01-01', 'CC-300')
        ) _(workspace_id, name, created_at, cost_centre)
    """,
    "actors": """
        select
            actor_id::bigint actor_id, kind, 'apikey_' || actor_id api_key_id, key_name,
            workspace_id, owner_person_id::bigint owner_person_id,
            timestamp '2026-01-01' created_at, 'active' as status, false is_runaway,
            actor_id = 2 is_batch, actor_id = 1 in_claude_code
        from (values
            (1, 'api_key', 'ci-runner', 'wrkspc_2', null), (2, 'api_key', 'batch', null, null),
            (3, 'user_key', 'key of 3', 'wrkspc_1', 3), (4, 'user_key', 'key of 6', 'wrkspc_1', 6)
        ) _(actor_id, kind, key_name, workspace_id, owner_person_id)
    """,
    "usage_daily": """
        select
            date_day, person_id, actor_id, surface, route, null::varchar office_app,
            case when surface = 'chat' then 7::bigint end message_count,
            case when surface = 'claude_code' then 2::bigint end session_count,
            case when surface = 'claude_code' then 101::bigint end lines_added_count,
            case when surface = 'claude_code' then 33::bigint end lines_removed_count,
            case when surface = 'claude_code' then 1::bigint end commit_count,
            case when surface = 'claude_code' then day(date_day) % 2 end pull_request_count,
            case when surface = 'claude_code' then 7::bigint end edit_accepted_count,
            case when surface = 'claude_code' then 2::bigint end edit_rejected_count,
            case when surface = 'claude_code' then 3::bigint end write_accepted_count,
            case when surface = 'claude_code' then 1::bigint end write_rejected_count
        from tokens_daily
    """,
    "tokens_daily": f"""
        select
            date_day, person_id::bigint person_id, actor_id::bigint actor_id, surface, route,
            claude_model_id, service_tier,
            1000 * share::bigint input_tokens, 600 * share::bigint output_tokens,
            50000 * share::bigint cache_read_tokens, 300 * share::bigint cache_write_5m_tokens,
            200 * share::bigint cache_write_1h_tokens, 0::bigint web_search_count,
            6::bigint request_count, list_cost::decimal(18, 10) list_cost_usd
        from calendar
        cross join (values {USE}) _(
            person_id, actor_id, route, surface, claude_model_id, service_tier, list_cost
        )
        cross join (select 6 as share)
        where is_workday and (person_id is distinct from 4 or date_day < date '2026-09-10')
    """,
    "requests": """
        select
            'req_' || md5(concat_ws(' ', date_day, person_id, actor_id, route, number)) request_id,
            case
                when person_id = 6 and number = 5
                    then date_day + interval 1 day - interval 1 millisecond
                else date_day + interval 9 hour + interval 1 minute * (number * 37)
            end requested_at,
            date_day, person_id, actor_id,
            md5(concat_ws(' ', date_day, person_id, actor_id, route, number // 3)) session_id,
            route, claude_model_id,
            input_tokens // 6 input_tokens, output_tokens // 6 output_tokens,
            cache_read_tokens // 6 cache_read_tokens,
            cache_write_5m_tokens // 6 cache_write_5m_tokens,
            cache_write_1h_tokens // 6 cache_write_1h_tokens, 0::bigint web_search_count,
            (list_cost_usd / 6)::decimal(18, 10) cost_usd,
            not (person_id = 3 and route = 'enterprise' and number = 5) seen_by_telemetry,
            coalesce(person_id in (1, 3), false) seen_by_logs
        from tokens_daily cross join range(6) _(number)
        where surface = 'claude_code'
    """,
    "calendar": """
        select date_day::date date_day, isodow(date_day) < 6 is_workday
        from range(
            timestamp '2026-06-15', getvariable('until') + interval 1 day, interval 1 day
        ) _(date_day)
    """,
}


def write_small_truth(directory: Path, until: date = date(2026, 9, 30)) -> Path:
    """Write the tables as Parquet files and return where they are."""
    directory.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"set variable until = date '{until}'")
        for table in ("calendar", "tokens_daily", *TABLES):
            connection.execute(f"create or replace table {table} as {TABLES[table]}")
        for table in TABLES:
            connection.execute(f"copy {table} to '{directory / table}.parquet'")
    return directory
