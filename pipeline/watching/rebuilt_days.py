"""Why a day was rebuilt: what happened to it, and which models were built again for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import duckdb

from pipeline.errors import UsageError
from pipeline.settings import Settings

_CAUSES: Final = """
    select
        date_trunc('second', changed_at) as changed_at,
        cause,
        subject,
        string_agg(distinct detail, ', ' order by detail) as details,
        min(first_day) as first_day,
        max(last_day) as last_day
    from intermediate.int_days__causes
    where $day between first_day and last_day
    group by all
    order by all
"""
_BUILDS: Final = """
    select
        date_trunc('second', built_through_at) as built_at,
        first_day,
        last_day,
        list(distinct model_name order by model_name) as models
    from intermediate.int_days__ledger
    where
        $day between first_day and last_day
        and model_name != 'int_days__changes'
    group by all
    order by all
"""


@dataclass(frozen=True)
class Cause:
    """Something that made a day stale.

    Args:
        changed_at: When a build saw it, UTC.
        cause: Its kind: `landing`, `people`, `prices` and so on.
        subject: To what it happened; None if that is nobody's business.
        details: More of it, such as the tables that landed.
        first_day: First day that it made stale.
        last_day: Last day that it made stale.
    """

    changed_at: datetime
    cause: str
    subject: str | None
    details: str | None
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Build:
    """A stretch of days that models were built for.

    Args:
        built_at: Moment of the build, UTC.
        first_day: First day of the stretch.
        last_day: Last day of the stretch.
        models: What was built.
    """

    built_at: datetime
    first_day: date
    last_day: date
    models: Sequence[str]


@dataclass(frozen=True)
class Explanation:
    """Everything that is known of how a day was built.

    Args:
        day: The day.
        causes: What happened to it, in order.
        builds: Which models were built for it, in order.
    """

    day: date
    causes: tuple[Cause, ...]
    builds: tuple[Build, ...]


def explain(settings: Settings, day: date) -> Explanation:
    """Read why a day was rebuilt, from the models of causes and of what was built.

    Args:
        settings: Where the warehouse is.
        day: Which day.

    Raises:
        UsageError: There is no warehouse, or nothing was built in it.
    """
    path = settings.database
    if not path.exists():
        raise UsageError(f"there is no warehouse at {path}; run `claude-analytics run` first")
    with duckdb.connect(str(path), read_only=True) as connection:
        try:
            causes = connection.execute(_CAUSES, {"day": day}).fetchall()
            builds = connection.execute(_BUILDS, {"day": day}).fetchall()
        except duckdb.CatalogException:
            raise UsageError(
                f"nothing was built in {path}; run `claude-analytics build` first"
            ) from None
    return Explanation(
        day, tuple(Cause(*row) for row in causes), tuple(Build(*row) for row in builds)
    )
