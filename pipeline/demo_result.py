"""What the demo shows in the end: cost by person, model, day, session, and how far views agree."""

from pathlib import Path
from typing import Final

import duckdb
from rich.console import Console

from pipeline.home import release_file
from pipeline.views import table

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
    order by sum(list_cost_usd) desc, 1
"""
_SUM_HEADINGS: Final = (
    "requests", "input", "output", "cache read", "cache write", "list USD", "reported USD",
)  # fmt: skip
_CUTS: Final = {
    "person": ("Cost by person (pseudonyms)", "left(person_key, 8)"),
    "model": ("Cost by model", "coalesce(claude_model_id, raw_claude_model_id)"),
    "day": ("Cost by day (UTC)", "date_day"),
    "session": ("Cost by session", "left(session_id, 8)"),
}
_RECONCILIATION: Final = """
    select pair_id, measure, sum(left_value), sum(right_value), sum(difference),
        coalesce(string_agg(distinct cause_code, ', ' order by cause_code), '')
    from marts.fct_reconciliation_daily
    group by pair_id, measure
    order by pair_id, measure
"""
_RECONCILIATION_HEADINGS: Final = ("pair", "measure", "left", "right", "difference", "cause")


def show_demo_result(release: Path, console: Console) -> None:
    """Show the tables of a release and how to open it.

    Args:
        release: Directory of the release.
        console: Where to show them.
    """
    file = release_file(release)
    with duckdb.connect(str(file), read_only=True) as connection:
        for column, (title, expression) in _CUTS.items():
            rows = connection.execute(_COST.format(expression=expression)).fetchall()
            console.print(table(title, (column, *_SUM_HEADINGS), rows))
        rows = connection.execute(_RECONCILIATION).fetchall()
        title = "Reconciliation: the same use as several sources saw it"
        console.print(table(title, _RECONCILIATION_HEADINGS, rows))
    console.print(f"Release: {release}", highlight=False, soft_wrap=True)
    console.print(f"Open it: duckdb -readonly {file}", highlight=False, soft_wrap=True)
    console.print(
        "     or: read the Parquet files beside it with any tool", highlight=False, soft_wrap=True
    )
