# ruff: noqa: S608  # queries are put together from constants of this room alone
"""Writes what the vendor's APIs know of the company, one Parquet file per table, all versions."""

import tempfile
from pathlib import Path
from typing import Final

import duckdb

from ..prices import PRICES
from . import console, enterprise_activity, enterprise_cost, enterprise_features, snapshots
from .restatements import PUBLICATION, REVISIONS, add_versions, planted_restatements

_MEMORY: Final = "2500MB"
_THREADS: Final = 2
# Tables that several views read.
_SHARED: Final = {
    "enterprise_accounts": "select * from accounts where system = 'enterprise'",
    "feature_days": enterprise_features.FEATURE_DAYS,
    "claude_code_actors": console.CLAUDE_CODE_ACTORS,
    "console_tokens": console.CONSOLE_TOKENS,
    "enterprise_tokens": enterprise_cost.ENTERPRISE_TOKENS,
}
_DAILY: Final = {
    "anthropic_console": {
        "claude_code_rows": console.CLAUDE_CODE_ROWS,
        "claude_code_models": console.CLAUDE_CODE_MODELS,
        "messages_usage": console.MESSAGES_USAGE,
        "cost_report": console.COST_REPORT,
    },
    "anthropic_enterprise": {
        "user_activity": enterprise_activity.USER_ACTIVITY,
        "summaries": enterprise_activity.SUMMARIES,
        "chat_projects": enterprise_features.CHAT_PROJECTS,
        "skills": enterprise_features.SKILLS,
        "connectors": enterprise_features.CONNECTORS,
        "plugins": enterprise_features.PLUGINS,
        "artifacts": enterprise_features.ARTIFACTS,
        "usage_report": enterprise_cost.USAGE_REPORT,
        "cost_report": enterprise_cost.COST_REPORT,
        "user_usage_report": enterprise_cost.USER_USAGE_REPORT,
        "user_cost_report": enterprise_cost.USER_COST_REPORT,
    },
}
_SNAPSHOTS: Final = {
    "anthropic_console": snapshots.CONSOLE,
    "anthropic_enterprise": snapshots.ENTERPRISE,
}


def write_api_views(out: Path) -> None:
    """Write `views/<source>/<table>.parquet` and note in the truth what was planted in them.

    Args:
        out: Directory of the organisation, which holds `truth`.
    """
    truth = out / "truth"
    with (
        tempfile.TemporaryDirectory(dir=out) as scratch,
        duckdb.connect(str(Path(scratch) / "views.duckdb")) as connection,
    ):
        connection.execute(f"set memory_limit = '{_MEMORY}'; set threads = {_THREADS}")
        _open_truth(connection, truth)
        restatements: list[str] = []
        for source, tables in _DAILY.items():
            for table, query in tables.items():
                name = f"{source}_{table}"
                connection.execute(f"create temp table {name} as {query}")
                versions = add_versions(connection, f"{source}.{table}", name)
                if f"{source}.{table}" in REVISIONS:
                    planted = f"{name}_planted"
                    changes = planted_restatements(f"{source}.{table}", versions)
                    connection.execute(f"create temp table {planted} as {changes}")
                    restatements.append(f"select * from {planted}")
                _write(
                    connection,
                    f"select * from {versions} order by all",
                    out / "views" / source / f"{table}.parquet",
                )
                connection.execute(f"drop table {name}; drop table {versions}")
        for source, tables in _SNAPSHOTS.items():
            for table, query in tables.items():
                _write(
                    connection,
                    f"select * from ({query}) order by all",
                    out / "views" / source / f"{table}.parquet",
                )
        _write(connection, PUBLICATION, out / "views" / "publication.parquet")
        connection.execute(f"create temp table restated as {' union all '.join(restatements)}")
        _write(
            connection,
            "select * from restated order by all",
            truth / "planted_restatements.parquet",
        )
        connection.execute("create temp table noted as select * from planted")
        _write(connection, _PLANTED, truth / "planted.parquet")


_PLANTED: Final = f"""
    select
        row_number() over (order by kind, table_name, date_day, happened_at) as planted_id,
        kind, table_name, date_day, happened_at, note
    from (
        select * exclude (planted_id) from noted
        union all
        select distinct
            case
                when min(value_after) filter (measure_name = 'row_count') = 0 then 'day_withdrawn'
                when count(*) filter (measure_name = 'row_count') > 0 then 'row_withdrawn'
                else 'restatement'
            end,
            table_name, date_day, changed_at, 'sums of the day changed'
        from restated
        group by table_name, date_day, changed_at
        union all
        select
            'overlap', 'anthropic_console.claude_code_rows', date_day, date_day::timestamp,
            email_then || ' is in both organisations'
        from claude_code_actors where route = 'enterprise'
        union all
        select
            'late_day', 'anthropic_enterprise.' || table_name, date_day, published_at,
            'published three days late'
        from ({PUBLICATION})
    )
"""


def _open_truth(connection: duckdb.DuckDBPyConnection, truth: Path) -> None:
    for file in sorted(truth.glob("*.parquet")):
        if file.stem == "planted":
            # It is written anew at the end.
            connection.execute(f"create temp table planted as from read_parquet('{file}')")
        else:
            connection.execute(f"create view {file.stem} as from read_parquet('{file}')")
    connection.execute(
        """
        set variable start = (select min(date_day) from calendar);
        set variable until = (select max(date_day) from calendar);
        set variable late_day = (select max(date_day) from calendar) - 8;
        create macro draw(tag, a, b) as (hash(tag, a, b) % 1000003)::double / 1000003
        """
    )
    connection.execute(f"create temp table prices as {PRICES}")
    for name, query in _SHARED.items():
        connection.execute(f"create temp table {name} as {query}")


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"copy ({query}) to '{path}' (format parquet, compression zstd)")
