"""What the demo shows in the end: what landed from where, what it cost, how far views agree."""

import sys
from pathlib import Path
from typing import Final

import duckdb
from rich.console import Console

from pipeline.errors import PipelineError
from pipeline.home import release_file
from pipeline.showing.reconciliation_result import show_reconciliation
from pipeline.showing.terminal import table

_COST: Final = """
    select
        {expression},
        count(*),
        sum(input_tokens)::bigint,
        sum(output_tokens)::bigint,
        sum(cache_read_tokens)::bigint,
        sum(coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0))::bigint,
        sum(list_cost_usd),
        sum(reported_cost_usd)
    from marts.fct_claude_requests
    group by all
    order by {order}
"""
_SUM_HEADINGS: Final = (
    "requests", "input", "output", "cache read", "cache write", "list USD", "reported USD",
)  # fmt: skip
_CUTS: Final = {
    "model": (
        "Cost by model, as telemetry and session logs saw it",
        "coalesce(claude_model_id, raw_claude_model_id)",
        "sum(list_cost_usd) desc, 1",
    ),
    "month": ("Cost by month (UTC), the same", "strftime(date_day, '%Y-%m')", "1"),
}
_LANDED: Final = """
    select
        source_id,
        sum(row_count)::bigint,
        min(date_day) filter (status = 'landed'),
        max(date_day) filter (status = 'landed'),
        count(*) filter (status in ('landed', 'empty')),
        count(*) filter (status not in ('landed', 'empty')),
        sum(restatement_count)::bigint
    from marts.fct_observed_days
    group by source_id
    order by source_id
"""
_LANDED_HEADINGS: Final = (
    "source", "rows", "first day", "last day", "days seen", "not seen", "restated",
)  # fmt: skip
_EXAMPLE: Final = "from marts.fct_token_cost_daily"


def show_demo_result(release: Path, console: Console) -> None:
    """Show the tables of a release and how to open it.

    Args:
        release: Directory of the release.
        console: Where to show them.
    """
    file = release_file(release)
    if file is None:
        raise PipelineError(f"the release {release} has no DuckDB file; run the demo again")
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(_LANDED).fetchall()
        console.print(table("What landed from where", _LANDED_HEADINGS, rows))
        for column, (title, expression, order) in _CUTS.items():
            query = _COST.format(expression=expression, order=order)
            rows = connection.execute(query).fetchall()
            console.print(table(title, (column, *_SUM_HEADINGS), rows))
        show_reconciliation(connection, console)
    statement = f"import duckdb; duckdb.connect('{file}', read_only=True).sql('{_EXAMPLE}').show()"
    for line in (
        f"Release: {release} (the newest is always {release.parent / 'current'})",
        f"Tables:  parquet/ in it, for any tool, and {file.name} for DuckDB and BI drivers",
        f'Look in: {sys.executable} -c "{statement}"',
    ):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
