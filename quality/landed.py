# ruff: noqa: S608  # queries are put together from constants of this module alone
"""Suites of the raw gate for the sources that have many tables of one form: APIs and files."""

from collections.abc import Iterator, Mapping
from typing import Final

from .suites import Suite, zero

# Clients stamp their own clock; a zone away from UTC and a drifting clock fit within one day.
CLOCK_SKEW_DAYS: Final = 1
# `history_start_date` of dbt: dim_days begins here, so nothing earlier can be reported.
FIRST_DAY: Final = "2024-01-01"
# Files stay in the spool this long by default, so a fault can still be repaired by reading again.
RECENT_LOAD_DAYS: Final = 7
OBSERVED: Final = "raw_ingestion.observed_days"

# Tables whose days are observed; each has `row_key` and `date_day`, in the schema raw_<source>.
TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "anthropic_console": (
        "claude_code_rows",
        "claude_code_models",
        "messages_usage",
        "cost_report",
        "organizations",
        "users",
        "invites",
        "workspaces",
        "workspace_members",
        "api_keys",
    ),
    "anthropic_enterprise": (
        "user_activity",
        "summaries",
        "chat_projects",
        "skills",
        "connectors",
        "plugins",
        "artifacts",
        "usage_report",
        "cost_report",
        "user_usage_report",
        "user_cost_report",
        "members",
        "invites",
        "rbac_groups",
        "rbac_group_members",
        "spend_limits",
    ),
    "anthropic_exports": ("spend_report", "contributions", "members"),
    "people": ("roster",),
    "invoices": ("invoice_lines", "exchange_rates"),
}
# Notes of what was asked and of what was left out: not observed themselves.
PULLS: Final = "pulls"
REJECTED: Final = "rejected_rows"
FILE_SOURCES: Final = ("anthropic_exports", "people", "invoices")
# Seats are billed for days to come. A line that was set aside may have the day of its file, which
# the machine dates, whatever the reporting day.
_BILLED_AHEAD: Final = "invoices"

_RELOAD: Final = "ingest the source again; if it stays, the loader is at fault"


def landed_tables() -> Iterator[tuple[str, str, str, str]]:
    """Source, schema, table and key of every table that the suites read, notes included."""
    for source_id, tables in TABLES.items():
        schema = f"raw_{source_id}"
        for table in tables:
            yield source_id, schema, table, "row_key"
        if source_id in FILE_SOURCES:
            yield source_id, schema, REJECTED, "row_key"
        yield source_id, schema, PULLS, "pull_key"


def _union(parts: Iterator[str]) -> str:
    return "\n    union all\n".join(f"    {part.strip()}" for part in parts)


_FAULTS: Final = (
    "null_key_count",
    "duplicate_key_count",
    "ancient_row_count",
    "future_row_count",
)


def _days(source_id: str, schema: str, table: str, key: str) -> str:
    """Faults of one table by day.

    Distinct keys are the one dear count, so they are counted where loads of the last days wrote.
    """
    has_future = source_id == _BILLED_AHEAD or table == REJECTED
    latest = "date '9999-12-31'" if has_future else f"$as_of + {CLOCK_SKEW_DAYS}"
    return f"""
    select
        '{source_id}' as source_id,
        '{table}' as table_name,
        date_day,
        count(*) as row_count,
        count(*) filter ({key} is null or date_day is null) as null_key_count,
        count({key}) filter (recent_day is not null)
        - count(distinct {key}) filter (recent_day is not null) as duplicate_key_count,
        count(*) filter (date_day < date '{FIRST_DAY}') as ancient_row_count,
        count(*) filter (date_day > {latest}) as future_row_count
    from {schema}.{table}
    left join recent_days
        on
            date_day = recent_day
            and recent_days.source_id = '{source_id}'
            and recent_days.landed_table = '{table}'
    group by date_day"""


# One frame for all: days with a fault, and beside them each table as a whole.
LANDED: Final = Suite(
    table="landed_tables",
    query=f"""
with

recent_days as (

    select distinct source_id, table_name as landed_table, date_day as recent_day
    from {OBSERVED}
    where
        observed_at >= (select max(observed_at) from {OBSERVED}) - interval {RECENT_LOAD_DAYS} day

),

days as (
{_union(_days(*landed) for landed in landed_tables())}

)

select source_id, table_name, date_day, row_count, {", ".join(_FAULTS)}
from days
where {" + ".join(_FAULTS)} > 0
union all
select source_id, table_name, null, sum(row_count), {", ".join("0" for _ in _FAULTS)}
from days
group by source_id, table_name
order by 1, 2, 3
""",
    keys=("source_id", "table_name", "date_day"),
    checks=(
        zero("null_key_count", "the key and date_day are never null", _RELOAD),
        zero("duplicate_key_count", "the key is unique in every day loaded lately", _RELOAD),
        zero(
            "ancient_row_count",
            f"no row lies before {FIRST_DAY}",
            "correct the dates of the file, or set history_start_date in dbt_project.yml earlier",
            "warning",
        ),
        zero(
            "future_row_count",
            f"no row lies more than {CLOCK_SKEW_DAYS} day after the reporting day",
            "set CLAUDE_ANALYTICS_AS_OF later, or correct the dates of the file",
            "warning",
        ),
    ),
)

# Text that money lands as, and the decimal that the models make of it.
_AMOUNTS: Final = (
    ("anthropic_exports", "spend_report", "total_net_spend_usd"),
    ("anthropic_exports", "spend_report", "total_gross_spend_usd"),
    ("invoices", "invoice_lines", "amount"),
    ("invoices", "exchange_rates", "usd_per_unit"),
)
_PULLS: Final = _union(
    f"select '{source_id}' as source_id, table_name, status, reason, _dlt_load_id as load_id"
    f" from raw_{source_id}.{PULLS}"
    for source_id in TABLES
)
_REJECTED: Final = _union(
    f"select '{source_id}' as source_id, table_name, source_file from raw_{source_id}.{REJECTED}"
    for source_id in FILE_SOURCES
)
_UNREADABLE: Final = _union(
    f"select '{source_id}' as source_id, '{table}' as table_name, source_file"
    f" from raw_{source_id}.{table}"
    f" where try_cast({column} as decimal(28, 10)) is null"
    for source_id, table, column in _AMOUNTS
)

# One frame for what the sources noted and what only their own tables can tell.
NOTES: Final = Suite(
    table="landed_notes",
    query=f"""
with

pulls as (

{_PULLS}

),

last_pulls as (

    select source_id, table_name, status, reason
    from pulls
    qualify load_id = max(load_id) over (partition by source_id, table_name)

),

rejected as (

{_REJECTED}

),

unreadable as (

{_UNREADABLE}

),

rosters as (

    select feed_name, employee_id, manager_employee_id
    from raw_people.roster
    qualify date_day = max(date_day) over (partition by feed_name)

),

unknown_managers as (

    select rosters.feed_name, rosters.manager_employee_id
    from rosters
    left join rosters as managers
        on rosters.manager_employee_id = managers.employee_id
    where rosters.manager_employee_id is not null and managers.employee_id is null

)

select
    source_id,
    table_name,
    concat_ws(', ', status, min(reason)) as note,
    count(*) filter (status in ('forbidden', 'failed')) as unanswered_pull_count,
    null as rejected_row_count,
    null as unreadable_amount_count,
    null as unknown_manager_count
from last_pulls
group by source_id, table_name, status
union all
select source_id, coalesce(table_name, '{REJECTED}'), source_file, null, count(*), null, null
from rejected
group by source_id, table_name, source_file
union all
select source_id, table_name, source_file, null, null, count(*), null
from unreadable
group by source_id, table_name, source_file
union all
select 'people', 'roster', feed_name, null, null, null, count(distinct manager_employee_id)
from unknown_managers
group by feed_name
order by 1, 2, 3
""",
    keys=("source_id", "table_name", "note"),
    checks=(
        zero(
            "unanswered_pull_count",
            "the last pull of every table was answered",
            "do what the reason says, then ingest the source again",
            "warning",
        ),
        zero(
            "rejected_row_count",
            "no row and no file was set aside",
            "see rejected_rows of the source for lines and reasons, and ingest a corrected file",
            "warning",
        ),
        zero(
            "unreadable_amount_count",
            "every amount is an exact decimal number",
            _RELOAD,
        ),
        zero(
            "unknown_manager_count",
            "every manager stands in the newest roster",
            "complete the roster; who reports to an unknown manager is missing in roll-ups",
            "warning",
        ),
    ),
)
