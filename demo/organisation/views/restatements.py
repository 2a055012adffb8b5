# ruff: noqa: S608  # queries are put together from constants of this room alone
"""How days were served before they became what they are: restated, withdrawn, published late.

The last version of each row is the truth. An earlier version has lower counters, or is a row that
never was. Every change lies inside the window in which the vendor revises that kind of report, at
three in the morning, so that a daily run meets each one by itself.
"""

from dataclasses import dataclass
from typing import Final

import duckdb

_CHANGE_HOUR: Final = "interval 3 hour"


@dataclass(frozen=True)
class Revision:
    """How a table is revised.

    Args:
        counters: Columns that are lower at first; money stands in text.
        measures: Columns whose sums a day is known by; those of the loader's observations.
        share: Part of the days that is restated.
        steps: Days after the day at which it changes, and the part that was shown before.
    """

    counters: tuple[str, ...]
    measures: tuple[str, ...]
    share: float
    steps: tuple[tuple[int, float], ...]


_ENGAGEMENT_STEPS: Final = ((4, 0.97),)
_COST_STEPS: Final = ((3, 0.97), (12, 0.985), (25, 0.995))
_TOKENS: Final = ("uncached_input_tokens", "cache_read_input_tokens", "output_tokens", "requests")
_AMOUNTS: Final = ("amount", "list_amount")
_CONSOLE_TOKENS: Final = (
    "uncached_input_tokens",
    "cache_creation__ephemeral_5m_input_tokens",
    "cache_creation__ephemeral_1h_input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
    "server_tool_use__web_search_requests",
)
_LINES: Final = "core_metrics__lines_of_code__"

REVISIONS: Final = {
    "anthropic_console.claude_code_rows": Revision(
        (f"{_LINES}added", f"{_LINES}removed"),
        (
            "core_metrics__num_sessions",
            f"{_LINES}added",
            f"{_LINES}removed",
            "core_metrics__commits_by_claude_code",
            "core_metrics__pull_requests_by_claude_code",
        ),
        0.05,
        ((2, 0.97),),
    ),
    "anthropic_console.messages_usage": Revision(
        ("output_tokens", "cache_read_input_tokens"), _CONSOLE_TOKENS, 0.05, ((3, 0.97),)
    ),
    "anthropic_console.cost_report": Revision(("amount",), ("amount",), 0.05, ((3, 0.97),)),
    "anthropic_enterprise.user_activity": Revision(
        ("chat_metrics__message_count",),
        (
            "chat_metrics__message_count",
            "claude_code_metrics__core_metrics__distinct_session_count",
            "claude_code_metrics__core_metrics__lines_of_code__added_count",
            "cowork_metrics__message_count",
            "web_search_count",
        ),
        0.05,
        _ENGAGEMENT_STEPS,
    ),
    "anthropic_enterprise.chat_projects": Revision(
        ("message_count",), ("message_count",), 0.05, _ENGAGEMENT_STEPS
    ),
    "anthropic_enterprise.skills": Revision(
        ("invocation_count",), ("invocation_count",), 0.05, _ENGAGEMENT_STEPS
    ),
    "anthropic_enterprise.connectors": Revision(
        ("read_call_count",),
        ("read_call_count", "write_call_count", "unclassified_call_count"),
        0.05,
        _ENGAGEMENT_STEPS,
    ),
    "anthropic_enterprise.plugins": Revision(
        ("invocation_count",), ("invocation_count",), 0.05, _ENGAGEMENT_STEPS
    ),
    "anthropic_enterprise.artifacts": Revision(
        ("artifacts_created_count",), ("artifacts_created_count",), 0.05, _ENGAGEMENT_STEPS
    ),
    "anthropic_enterprise.usage_report": Revision(_TOKENS, _TOKENS, 0.33, _COST_STEPS),
    "anthropic_enterprise.cost_report": Revision(_AMOUNTS, _AMOUNTS, 0.33, _COST_STEPS),
    "anthropic_enterprise.user_usage_report": Revision(
        ("uncached_input_tokens", "cache_read_input_tokens", "output_tokens"),
        _TOKENS,
        0.33,
        _COST_STEPS,
    ),
    "anthropic_enterprise.user_cost_report": Revision(_AMOUNTS, _AMOUNTS, 0.33, _COST_STEPS),
}
# Rows that were served at first and never happened: on days with use, and on a day with none.
_PHANTOMS: Final = "anthropic_enterprise.user_activity"
_PHANTOM_STEP: Final = 3
_LATE_TABLES: Final = ("user_activity", "skills")
_LATE_DAYS: Final = 3
_USUAL: Final = "interval '1 day 10 hours'"


def add_versions(connection: duckdb.DuckDBPyConnection, table: str, final: str) -> str:
    """Make a table with all versions of the rows, and return its name.

    Args:
        connection: Where the final rows are.
        table: `<source>.<table>`, which decides how it is revised.
        final: Table with the final rows.
    """
    versions = f"{final}_versions"
    revision = REVISIONS.get(table)
    if revision is None:
        connection.execute(
            f"create temp table {versions} as select *, null::timestamp as visible_from, "
            f"null::timestamp as visible_to from {final}"
        )
        return versions
    # One draw per source and day: reports of the same money change together.
    tag = table.partition("_report")[0] if revision.share < 0.1 else "cost and usage"
    first_step, last_step = revision.steps[0][0], revision.steps[-1][0]
    connection.execute(
        f"""
        create temp table {versions} as
        with revised as (
            select date_day from (select distinct date_day from {final})
            where
                draw('{tag}', date_day, 0) < {revision.share}
                -- What changes after the end is not planted: nobody would see it.
                and date_day + {last_step} <= getvariable('until')
        ),
        days as (
            select {final}.*, revised.date_day is not null as is_revised
            from {final} left join revised using (date_day)
        )
        select * exclude (is_revised),
            case when is_revised then date_day + {last_step} + {_CHANGE_HOUR} end as visible_from,
            null::timestamp as visible_to
        from days
        """
    )
    before = None
    for step, part in revision.steps:
        visible_from = f"date_day + {before} + {_CHANGE_HOUR}" if before else "null::timestamp"
        lowered = ", ".join(_lowered(column, part) for column in revision.counters)
        connection.execute(
            f"""
            insert into {versions}
            select * replace (
                {lowered}, {visible_from} as visible_from,
                date_day + {step} + {_CHANGE_HOUR} as visible_to
            )
            from {versions}
            where visible_from = date_day + {last_step} + {_CHANGE_HOUR} and visible_to is null
            """
        )
        before = step
    if table == _PHANTOMS:
        _add_phantoms(connection, versions)
    if first_step < 1:
        raise ValueError(f"{table} cannot change before its day has ended")
    return versions


def _lowered(column: str, part: float) -> str:
    if column.endswith("amount"):
        return f"({column}::decimal(28, 6) * {part})::decimal(28, 6)::varchar as {column}"
    return f"floor({column} * {part})::bigint as {column}"


def _add_phantoms(connection: duckdb.DuckDBPyConnection, versions: str) -> None:
    """Add a person's row to a day of use, and three rows to a day before anybody had access."""
    for condition, day, copies in (
        ("true", "date_day", 1),
        ("true", "getvariable('start') + 1", 3),
    ):
        connection.execute(
            f"""
            insert into {versions}
            select * replace (
                {day} as date_day, {day} as last_activity_date,
                'user_phantom' || row_number() over () as user__id,
                'phantom.' || row_number() over () || '@example.com' as user__email_address,
                null::timestamp as visible_from,
                {day} + {_PHANTOM_STEP} + {_CHANGE_HOUR} as visible_to
            )
            from (
                select * from {versions}
                where
                    {condition} and visible_to is null and visible_from is null
                    and date_day + {_PHANTOM_STEP} <= getvariable('until')
                order by date_day desc, user__id
                limit {copies}
            )
            """
        )


def planted_restatements(table: str, versions: str) -> str:
    """SQL of what each change did to the sums of its day.

    Args:
        table: `<source>.<table>`.
        versions: Table with all versions.
    """
    revision = REVISIONS[table]
    measures = (*revision.measures, "row_count")
    sums = ", ".join(
        f"coalesce(sum({_number(name)}) filter ({{visible}}), 0)::decimal(28, 10) as {name}"
        for name in revision.measures
    )
    totals = f"{sums}, count(*) filter ({{visible}})::decimal(28, 10) as row_count"
    before = totals.format(
        visible="(visible_from is null or visible_from < changed_at) "
        "and (visible_to is null or visible_to >= changed_at)"
    )
    after = totals.format(
        visible="(visible_from is null or visible_from <= changed_at) "
        "and (visible_to is null or visible_to > changed_at)"
    )
    names = ", ".join(measures)
    return f"""
        with moments as (
            select date_day, visible_to as changed_at from {versions} where visible_to is not null
            union
            select date_day, visible_from from {versions} where visible_from is not null
        ),
        before as (
            select date_day, changed_at, {before}
            from moments join {versions} using (date_day) group by all
        ),
        afterwards as (
            select date_day, changed_at, {after}
            from moments join {versions} using (date_day) group by all
        ),
        both_sides as (
            select *
            from (unpivot before on {names} into name measure_name value value_before)
            join (unpivot afterwards on {names} into name measure_name value value_after)
                using (date_day, changed_at, measure_name)
        )
        select
            '{table}' as table_name, date_day, changed_at, measure_name, value_before, value_after
        from both_sides
        where value_before != value_after
    """


def _number(column: str) -> str:
    return f"{column}::decimal(28, 10)" if column.endswith("amount") else column


PUBLICATION: Final = " union all ".join(
    f"""
    select
        '{table}' as table_name, getvariable('late_day') as date_day,
        getvariable('late_day') + {_LATE_DAYS} + {_USUAL} as published_at
    """
    for table in _LATE_TABLES
)
