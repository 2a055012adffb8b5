"""What landings observed, read from the warehouse or, while a run holds it, from the release."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from pipeline.configured_sources import SOURCES, KeySource
from pipeline.home import release_file
from pipeline.settings import Settings

if TYPE_CHECKING:
    import duckdb

ANSWERED: Final = ("landed", "empty")
REFUSED: Final = ("forbidden", "failed")

# The same facts as `fct_observed_days`, but as of the last landing rather than the last build.
_WAREHOUSE_DAYS: Final = f"""
    with answers as (
        select
            *,
            status in {ANSWERED} as is_answered
        from raw_ingestion.observed_days
    )
    select
        source_id,
        table_name,
        date_day,
        coalesce(
            last(status order by observed_at, load_id) filter (is_answered),
            last(status order by observed_at, load_id)
        ),
        last(status order by observed_at, load_id),
        max(observed_at) filter (is_answered),
        max(observed_at),
        last(row_count order by observed_at, load_id) filter (is_answered)
    from answers
    group by source_id, table_name, date_day
"""  # noqa: S608  # a constant
_RELEASE_DAYS: Final = """
    select
        sources.landing_source_id,
        days.table_name,
        days.date_day,
        days.status,
        days.last_asked_status,
        days.last_observed_at,
        days.last_asked_at,
        days.row_count
    from marts.fct_observed_days as days
    inner join marts.dim_sources as sources using (source_id)
"""
_RESTATEMENTS: Final = """
    select sources.landing_source_id, changes.table_name, count(distinct (date_day, restated_at))
    from marts.fct_restatements as changes
    inner join marts.dim_sources as sources using (source_id)
    group by all
"""
_REASONS: Final = """
    select table_name, last(reason order by pulled_at)
    from raw_{source_id}.pulls
    where status in {refused} and reason is not null
    group by table_name
"""


@dataclass(frozen=True)
class ObservedDay:
    """What is known of one day of one table.

    Args:
        source_id: The landing source.
        table_name: The raw table.
        day: The UTC day.
        status: The newest answer, or why there never was one.
        asked_status: What the newest asking came to.
        answered_at: When it was last answered, UTC.
        asked_at: When it was last asked for, UTC.
        row_count: Rows at the newest answer.
    """

    source_id: str
    table_name: str
    day: date
    status: str
    asked_status: str
    answered_at: datetime | None
    asked_at: datetime
    row_count: int | None


@dataclass(frozen=True)
class Observations:
    """All that landings observed.

    Args:
        read_from: `warehouse`, `release` while a run holds the warehouse, or `nothing`.
        days: Every day of every table.
        restatements: By source and table, how often a past day changed, as of the last build.
        reasons: By source and table, why it was last refused.
    """

    read_from: str
    days: tuple[ObservedDay, ...] = ()
    restatements: Mapping[tuple[str, str], int] = field(default_factory=dict)
    reasons: Mapping[tuple[str, str], str] = field(default_factory=dict)


def read_observations(settings: Settings) -> Observations:
    """Read what landings observed; nothing if nothing was ever landed."""
    import duckdb

    try:
        if settings.database.exists():
            with duckdb.connect(str(settings.database), read_only=True) as warehouse:
                return _of_warehouse(warehouse)
    except duckdb.IOException as error:
        # A run holds the file. Nothing that people read touches it, so the release answers.
        release = release_file(settings.releases_dir / "current")
        if "Could not set lock on file" not in str(error) or release is None:
            raise
        with duckdb.connect(str(release), read_only=True) as published:
            days, restatements = _days(published, _RELEASE_DAYS), _restatements(published)
            return Observations("release", days, restatements)
    return Observations("nothing")


def _of_warehouse(connection: "duckdb.DuckDBPyConnection") -> Observations:
    if not _exists(connection, "raw_ingestion", "observed_days"):
        return Observations("nothing")
    is_built = _exists(connection, "marts", "fct_restatements")
    return Observations(
        "warehouse",
        _days(connection, _WAREHOUSE_DAYS),
        _restatements(connection) if is_built else {},
        _reasons(connection),
    )


def _days(connection: "duckdb.DuckDBPyConnection", query: str) -> tuple[ObservedDay, ...]:
    return tuple(ObservedDay(*row) for row in connection.execute(query).fetchall())


def _restatements(connection: "duckdb.DuckDBPyConnection") -> dict[tuple[str, str], int]:
    rows = connection.execute(_RESTATEMENTS).fetchall()
    return {(source_id, table): count for source_id, table, count in rows}


def _reasons(connection: "duckdb.DuckDBPyConnection") -> dict[tuple[str, str], str]:
    reasons: dict[tuple[str, str], str] = {}
    for source in SOURCES.values():
        if isinstance(source, KeySource) and _exists(
            connection, f"raw_{source.source_id}", "pulls"
        ):
            query = _REASONS.format(source_id=source.source_id, refused=REFUSED)
            for table, reason in connection.execute(query).fetchall():
                reasons[source.source_id, table] = reason
    return reasons


def _exists(connection: "duckdb.DuckDBPyConnection", schema: str, table: str) -> bool:
    found = connection.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?",
        [schema, table],
    ).fetchone()
    return found is not None
