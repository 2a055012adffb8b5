# ruff: noqa: S608  # queries are put together from constants of this room alone
"""What the changes of the views did to the totals of their days, and the list of all oddities."""

from pathlib import Path
from typing import Final

import duckdb

from .console_reports import WORKBENCH

_CODE: Final = "core_metrics__"
_TOKENS: Final = ("uncached_input_tokens", "cache_read_input_tokens", "output_tokens", "requests")
_AMOUNTS: Final = ("amount", "list_amount")
# By which columns the loader knows a day again; money stands in text.
MEASURES: Final = {
    "anthropic_console.claude_code_rows": (
        f"{_CODE}num_sessions",
        f"{_CODE}lines_of_code__added",
        f"{_CODE}lines_of_code__removed",
        f"{_CODE}commits_by_claude_code",
        f"{_CODE}pull_requests_by_claude_code",
    ),
    "anthropic_console.claude_code_models": (
        "tokens__input",
        "tokens__output",
        "tokens__cache_read",
        "tokens__cache_creation",
        "estimated_cost__amount",
    ),
    "anthropic_console.messages_usage": (
        "uncached_input_tokens",
        "cache_creation__ephemeral_5m_input_tokens",
        "cache_creation__ephemeral_1h_input_tokens",
        "cache_read_input_tokens",
        "output_tokens",
        "server_tool_use__web_search_requests",
    ),
    "anthropic_console.cost_report": ("amount",),
    "anthropic_enterprise.user_activity": (
        "chat_metrics__message_count",
        "claude_code_metrics__core_metrics__distinct_session_count",
        "claude_code_metrics__core_metrics__lines_of_code__added_count",
        "cowork_metrics__message_count",
        "web_search_count",
    ),
    "anthropic_enterprise.summaries": ("daily_active_user_count", "assigned_seat_count"),
    "anthropic_enterprise.chat_projects": ("message_count",),
    "anthropic_enterprise.skills": ("invocation_count",),
    "anthropic_enterprise.connectors": (
        "read_call_count",
        "write_call_count",
        "unclassified_call_count",
    ),
    "anthropic_enterprise.plugins": ("invocation_count",),
    "anthropic_enterprise.artifacts": ("artifacts_created_count",),
    "anthropic_enterprise.usage_report": _TOKENS,
    "anthropic_enterprise.user_usage_report": _TOKENS,
    "anthropic_enterprise.cost_report": _AMOUNTS,
    "anthropic_enterprise.user_cost_report": _AMOUNTS,
}
_ROW_COUNT: Final = "row_count"

PUBLICATION: Final = """
    select 'anthropic_enterprise.' || table_name as table_name, date_day, published_at
    from late_days order by all
"""

_PLANTED: Final = f"""
    select 'restatement' as kind, table_name, date_day, changed_at as happened_at,
        'totals that changed: ' || string_agg(measure_name, ', ' order by measure_name) as note
    from restated
    group by table_name, date_day, changed_at
    having count(*) filter (measure_name = '{_ROW_COUNT}') = 0
    union all
    select
        case when value_after = 0 then 'day_withdrawn' else 'row_withdrawn' end, table_name,
        date_day, changed_at, (value_before - value_after)::bigint || ' rows that never were'
    from restated
    where measure_name = '{_ROW_COUNT}'
    union all
    select 'late_day', 'anthropic_enterprise.' || table_name, date_day, published_at,
        'published three days late'
    from late_days
    union all
    select
        'overlap', 'anthropic_console.claude_code_rows', date_day, date_day::timestamp,
        email_then(date_day, email, former_email, email_changed_date)
        || ' is in both organisations'
    from usage_daily
    join overlap_people using (person_id)
    join people using (person_id)
    where route = 'enterprise' and surface = 'claude_code'
    union all
    select distinct
        'workbench', 'anthropic_console.messages_usage', date_day, date_day::timestamp,
        key_name || ' was not used; its work was done in the Workbench'
    from tokens_daily
    join actors on actors.actor_id = tokens_daily.actor_id
    where route = 'console' and {WORKBENCH}
    union all
    select
        'unknown_product', 'anthropic_enterprise.user_usage_report', date_day,
        date_day::timestamp,
        email || ' used ' || surface || ', told as ' || coalesce(product, 'no product')
    from odd_products
    join people using (person_id)
    union all
    select
        'unattributed', 'anthropic_enterprise.user_usage_report', date_day, date_day::timestamp,
        user_id || ' had Cowork run by schedule, which is told of no user'
    from scheduled_days
    join enterprise_accounts using (person_id)
    union all
    select
        'deleted_actor', 'anthropic_enterprise.user_usage_report', date_day, date_day::timestamp,
        user_id || ' was deleted before the day was exported'
    from deleted_days
    join enterprise_accounts using (person_id)
"""


def write_planted(connection: duckdb.DuckDBPyConnection, views: Path, truth: Path) -> None:
    """Write `planted_restatements.parquet`, and add to `planted.parquet` what the views plant.

    Args:
        connection: Connection to the truth, with the tables that the views were made from.
        views: Directory of the views.
        truth: Directory of the truth.
    """
    totals = " union all ".join(_changed_totals(views, table) for table in MEASURES)
    connection.execute(f"create or replace temp table restated as {totals}")
    _write(connection, "from restated order by all", truth / "planted_restatements.parquet")
    connection.execute(f"create or replace temp table planted_here as {_PLANTED}")
    # Made again over the same truth, the list stays as it is.
    connection.execute(
        """
        create or replace temp table planted_all as
        select kind, table_name, date_day, happened_at, note from planted
        where kind not in (select kind from planted_here)
        union all
        from planted_here
        """
    )
    _write(
        connection,
        """
        select
            row_number() over (order by kind, table_name, date_day, happened_at, note)
                as planted_id, *
        from planted_all order by planted_id
        """,
        truth / "planted.parquet",
    )


def _changed_totals(views: Path, table: str) -> str:
    """SQL of each change of a day's totals: just before it, and just after it."""
    file = views / f"{table.replace('.', '/')}.parquet"
    measures = MEASURES[table]
    sums = {
        **{name: f"sum(try_cast({name} as decimal(28, 10)))" for name in measures},
        _ROW_COUNT: "count(*)",
    }
    before = "visible_from < changed_at and (visible_to is null or visible_to >= changed_at)"
    after = "visible_from <= changed_at and (visible_to is null or visible_to > changed_at)"
    totals = ", ".join(
        f"""{{
            'measure_name': '{name}',
            'value_before': coalesce({total} filter ({before}), 0)::decimal(28, 10),
            'value_after': coalesce({total} filter ({after}), 0)::decimal(28, 10)
        }}"""
        for name, total in sums.items()
    )
    return f"""
        select '{table}' as table_name, date_day, changed_at, unnest(totals, recursive := true)
        from (
            select date_day, changed_at, unnest([{totals}]) as totals
            from '{file}'
            join (
                select distinct date_day, visible_to as changed_at
                from '{file}' where visible_to is not null
            ) using (date_day)
            group by all
        )
        where totals.value_before != totals.value_after
    """


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"copy ({query}) to '{path}' (format parquet, compression zstd)")
