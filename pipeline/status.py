"""Is every source fresh, without holes, and is the spool landed? The answer of `status`."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from pipeline.home import release_file
from pipeline.settings import Settings
from pipeline.sources import SOURCES, Source
from pipeline.spool import MAX_PENDING_AGE, SpoolStatus, spool_status

if TYPE_CHECKING:
    import duckdb

_BROKEN_STATUSES: Final = ("forbidden", "failed")
# The same facts, in the warehouse and in a release.
_WAREHOUSE_QUERY: Final = """
    select source_id, date_day, last(status order by observed_at, load_id),
        max(observed_at), last(row_count order by observed_at, load_id)
    from raw_ingestion.observed_days
    group by source_id, table_name, date_day
"""
_RELEASE_QUERY: Final = """
    select source_id, date_day, status, last_observed_at, row_count
    from marts.fct_observed_days
"""


@dataclass(frozen=True)
class SourceStatus:
    """What is known of one source.

    Args:
        source_id: The source.
        first_day: First day with rows.
        last_day: Last day with rows.
        last_observed_at: When it was last landed, UTC.
        gap_days: Days between the two without rows; a day without use looks the same.
        row_count: Rows of all days.
        age_hours: Hours from the end of the last day to now or to the end of a fixed reporting day.
        max_age_hours: What the contract allows.
        broken: What breaks the contract, in words; empty if nothing does.
    """

    source_id: str
    first_day: date | None
    last_day: date | None
    last_observed_at: datetime
    gap_days: tuple[date, ...]
    row_count: int
    age_hours: float | None
    max_age_hours: float
    broken: tuple[str, ...]


@dataclass(frozen=True)
class Status:
    """What is known of all sources and the spool.

    Args:
        read_from: `warehouse`, `release` while a run holds the warehouse, or `nothing`.
        sources: The sources that ever landed something.
        spool: What waits.
    """

    read_from: str
    sources: tuple[SourceStatus, ...]
    spool: SpoolStatus

    @property
    def broken(self) -> tuple[str, ...]:
        """Every broken contract, in words."""
        lines = [line for source in self.sources for line in source.broken]
        oldest = self.spool.oldest_pending_at
        if oldest is not None and self.spool.is_late:
            lines.append(
                f"spool: a closed file has waited since {oldest:%Y-%m-%d %H:%M} UTC "
                f"(allowed: {_hours(MAX_PENDING_AGE):.0f} h); run `claude-analytics run`"
            )
        return tuple(lines)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "ok": not self.broken,
            "broken": list(self.broken),
            "read_from": self.read_from,
            "sources": [
                {
                    "source_id": source.source_id,
                    "first_day": _iso(source.first_day),
                    "last_day": _iso(source.last_day),
                    "last_observed_at": _iso(source.last_observed_at),
                    "gap_days": [day.isoformat() for day in source.gap_days],
                    "row_count": source.row_count,
                    "age_hours": source.age_hours,
                    "max_age_hours": source.max_age_hours,
                    "ok": not source.broken,
                }
                for source in self.sources
            ],
            "spool": {
                "pending_files": self.spool.pending_files,
                "pending_bytes": self.spool.pending_bytes,
                "oldest_pending_at": _iso(self.spool.oldest_pending_at),
                "open_files": self.spool.open_files,
                "quarantined_files": self.spool.quarantined_files,
                "ok": not self.spool.is_late,
            },
        }


@dataclass(frozen=True)
class _Observation:
    source_id: str
    day: date | None
    status: str
    observed_at: datetime
    row_count: int


def read_status(settings: Settings) -> Status:
    """Read what was observed and compare it with the contracts."""
    read_from, observations = _observations(settings)
    by_source = {
        source: [each for each in observations if each.source_id == source_id]
        for source_id, source in SOURCES.items()
    }
    return Status(
        read_from=read_from,
        sources=tuple(
            _source_status(source, seen, settings.reference_at)
            for source, seen in by_source.items()
            if seen
        ),
        spool=spool_status(settings),
    )


def _source_status(
    source: Source, seen: list[_Observation], reference_at: datetime
) -> SourceStatus:
    days = {each.day for each in seen if each.day and each.status == "landed" and each.row_count}
    first, last = min(days, default=None), max(days, default=None)
    broken = []
    age = None
    if last:
        age = max(reference_at - datetime.combine(last + timedelta(days=1), time.min), timedelta())
        if age > source.max_age:
            broken.append(
                f"{source.source_id}: last day {last} is {_hours(age):.0f} h old "
                f"(allowed: {_hours(source.max_age):.0f} h); see whether its clients still send"
            )
    newest = max(seen, key=lambda each: each.observed_at)
    if newest.status in _BROKEN_STATUSES:
        broken.append(f"{source.source_id}: the last landing ended as {newest.status!r}")
    return SourceStatus(
        source_id=source.source_id,
        first_day=first,
        last_day=last,
        last_observed_at=newest.observed_at,
        gap_days=_gaps(first, last, days),
        row_count=sum(each.row_count for each in seen),
        age_hours=None if age is None else round(_hours(age), 1),
        max_age_hours=_hours(source.max_age),
        broken=tuple(broken),
    )


def _gaps(first: date | None, last: date | None, days: set[date]) -> tuple[date, ...]:
    if first is None or last is None:
        return ()
    span = (first + timedelta(days=offset) for offset in range((last - first).days))
    return tuple(day for day in span if day not in days)


def _observations(settings: Settings) -> tuple[str, list[_Observation]]:
    import duckdb

    try:
        if settings.database.exists():
            with duckdb.connect(str(settings.database), read_only=True) as warehouse:
                return "warehouse", _query(warehouse, _WAREHOUSE_QUERY)
    except duckdb.CatalogException:
        return "nothing", []  # The warehouse is there, but nothing was ever landed in it.
    except duckdb.IOException as error:
        # A run holds the file. Nothing that people read touches it, so the release answers.
        release = release_file(settings.releases_dir / "current")
        if "Could not set lock on file" not in str(error) or release is None:
            raise
        with duckdb.connect(str(release), read_only=True) as published:
            return "release", _query(published, _RELEASE_QUERY)
    return "nothing", []


def _query(connection: "duckdb.DuckDBPyConnection", query: str) -> list[_Observation]:
    return [_Observation(*row) for row in connection.execute(query).fetchall()]


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3600


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()
