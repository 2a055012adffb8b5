"""Is every source fresh, without holes, and is the spool landed? The answer of `status`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from pipeline.configured_sources import SOURCES, Source
from pipeline.errors import redact
from pipeline.settings import Settings
from pipeline.watching.backlog import MAX_PENDING_AGE, SpoolStatus, spool_status
from pipeline.watching.observations import (
    ANSWERED,
    REFUSED,
    Observations,
    ObservedDay,
    read_observations,
)


@dataclass(frozen=True)
class Seen:
    """What is known of a source or of one of its tables.

    Args:
        name: The source or the table.
        first_day: First day that was answered.
        last_day: Last day that was answered.
        last_observed_at: When it was last answered, UTC; None if it never was.
        last_asked_at: When it was last asked or landed, UTC.
        status: What the newest asking came to: `ok`, `forbidden` or `failed`.
        gap_days: Days between the first and the last one that nobody answered.
        unpublished_days: Days that the source said it does not have yet.
        row_count: Rows of all days.
        restatement_count: Times that a past day had changed when it was looked at again.
        age_hours: Hours from the end of the last day to now or to the end of a fixed reporting day.
        max_age_hours: What the contract allows; None for a table that has none of its own.
        is_broken: Whether the contract is broken.
    """

    name: str
    first_day: date | None
    last_day: date | None
    last_observed_at: datetime | None
    last_asked_at: datetime
    status: str
    gap_days: tuple[date, ...]
    unpublished_days: tuple[date, ...]
    row_count: int
    restatement_count: int
    age_hours: float | None
    max_age_hours: float | None
    is_broken: bool

    def as_dict(self, kind: str) -> dict[str, Any]:
        """Plain values for JSON.

        Args:
            kind: What the name is the name of.
        """
        return {
            kind: self.name,
            "first_day": _iso(self.first_day),
            "last_day": _iso(self.last_day),
            "last_observed_at": _iso(self.last_observed_at),
            "last_asked_at": _iso(self.last_asked_at),
            "status": self.status,
            "gap_days": [day.isoformat() for day in self.gap_days],
            "unpublished_days": [day.isoformat() for day in self.unpublished_days],
            "row_count": self.row_count,
            "restatement_count": self.restatement_count,
            "age_hours": self.age_hours,
            "max_age_hours": self.max_age_hours,
            "ok": not self.is_broken,
        }


@dataclass(frozen=True)
class SourceStatus:
    """What is known of one source.

    Args:
        whole: The source as one.
        tables: Its tables.
        broken: What breaks the contract, in words; empty if nothing does.
    """

    whole: Seen
    tables: tuple[Seen, ...]
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
                    **source.whole.as_dict("source_id"),
                    "tables": [table.as_dict("table_name") for table in source.tables],
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


def read_status(settings: Settings) -> Status:
    """Read what was observed and compare it with the contracts."""
    observed = read_observations(settings)
    by_source: dict[str, list[ObservedDay]] = defaultdict(list)
    for day in observed.days:
        by_source[day.source_id].append(day)
    return Status(
        read_from=observed.read_from,
        sources=tuple(
            _SourceView(source, observed, settings.reference_at).status(by_source[source_id])
            for source_id, source in SOURCES.items()
            if source_id in by_source
        ),
        spool=spool_status(settings),
    )


@dataclass(frozen=True)
class _SourceView:
    """A source and what to judge it by."""

    source: Source
    observed: Observations
    reference_at: datetime

    def status(self, days: Sequence[ObservedDay]) -> SourceStatus:
        by_table: dict[str, list[ObservedDay]] = defaultdict(list)
        for day in days:
            by_table[day.table_name].append(day)
        limits = self.source.declared.max_ages
        tables = tuple(
            self._seen(table, [table], by_table[table], limits.get(table))
            for table in sorted(by_table)
        )
        # A source whose tables have contracts is as good as the worst of them.
        own_limit = None if limits else self.source.declared.freshness.max_age
        whole = self._seen(self.source.source_id, sorted(by_table), days, own_limit)
        if limits:
            whole = self._as_its_tables(whole, tables)
        return SourceStatus(whole, tables, tuple(self._broken(whole, tables)))

    def _seen(
        self, name: str, tables: Sequence[str], days: Sequence[ObservedDay], limit: timedelta | None
    ) -> Seen:
        answered = {each.day for each in days if each.status in ANSWERED}
        first, last = min(answered, default=None), max(answered, default=None)
        age = None
        if last is not None:
            end = datetime.combine(last + timedelta(days=1), time.min)
            age = max(self.reference_at - end, timedelta())
        status = _newest_status(days)
        source_id = self.source.source_id
        return Seen(
            name=name,
            first_day=first,
            last_day=last,
            last_observed_at=max(
                (each.answered_at for each in days if each.answered_at), default=None
            ),
            last_asked_at=max(each.asked_at for each in days),
            status=status,
            gap_days=_gaps(answered) if self.source.declared.freshness.is_daily else (),
            unpublished_days=tuple(
                sorted({each.day for each in days if each.status == "not_published"})
            ),
            row_count=sum(each.row_count or 0 for each in days),
            restatement_count=sum(
                self.observed.restatements.get((source_id, table), 0) for table in tables
            ),
            age_hours=None if age is None else round(_hours(age), 1),
            max_age_hours=None if limit is None else _hours(limit),
            is_broken=status in REFUSED or (age is not None and limit is not None and age > limit),
        )

    def _as_its_tables(self, whole: Seen, tables: Sequence[Seen]) -> Seen:
        """The source with the faults of any table, and the age of the one nearest to its limit."""
        worst = max(
            (table for table in tables if table.age_hours is not None and table.max_age_hours),
            key=lambda table: (table.age_hours or 0) / (table.max_age_hours or 1),
            default=whole,
        )
        refused = {table.status for table in tables}
        return replace(
            whole,
            status=next((status for status in REFUSED if status in refused), "ok"),
            gap_days=tuple(sorted({day for table in tables for day in table.gap_days})),
            age_hours=worst.age_hours,
            max_age_hours=worst.max_age_hours,
            is_broken=any(table.is_broken for table in tables),
        )

    def _broken(self, whole: Seen, tables: Sequence[Seen]) -> Iterable[str]:
        """One line per reason, for all tables that share it."""
        source_id, limits = self.source.source_id, self.source.declared.max_ages
        judged = tables if limits else (whole,)
        names: dict[str, list[str]] = defaultdict(list)
        for seen in judged:
            if seen.is_broken:
                names[self._fault(seen)].append(seen.name)
        for fault, tables_of_fault in names.items():
            where = f" {', '.join(tables_of_fault)}" if limits else ""
            yield redact(f"{source_id}{where}: {fault}")

    def _fault(self, seen: Seen) -> str:
        if seen.status in REFUSED:
            reason = self.observed.reasons.get((self.source.source_id, seen.name))
            return f"the last landing ended as {seen.status!r}" + (f": {reason}" if reason else "")
        return (
            f"last day {seen.last_day} is {seen.age_hours:.0f} h old "
            f"(allowed: {seen.max_age_hours:.0f} h); {self.source.declared.freshness.advice}"
        )


def _newest_status(days: Sequence[ObservedDay]) -> str:
    """What the newest asking came to; one day that was refused is enough."""
    newest = max(each.asked_at for each in days)
    statuses = {each.asked_status for each in days if each.asked_at == newest}
    return next((status for status in REFUSED if status in statuses), "ok")


def _gaps(answered: set[date]) -> tuple[date, ...]:
    if not answered:
        return ()
    first, last = min(answered), max(answered)
    span = (first + timedelta(days=offset) for offset in range((last - first).days))
    return tuple(day for day in span if day not in answered)


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3600


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()
