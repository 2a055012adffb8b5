"""When a day of the engagement endpoints becomes available."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

# Aggregated at 10:00 UTC of the next day.
_READY_AFTER: Final = timedelta(days=1, hours=10)


@dataclass(frozen=True)
class Publication:
    """Which days can be asked for.

    Args:
        late_days: Table and day with a moment of their own.
        lag_days: Days by which everything is later still.
    """

    late_days: Mapping[tuple[str, date], datetime] = field(default_factory=dict)
    lag_days: int = 0

    def newest_day(self, table: str, now: datetime) -> date:
        """The newest available day: published in order, so that a late one holds up the rest."""
        lag = timedelta(days=self.lag_days)
        newest = (now - _READY_AFTER - lag).date()
        held_up = [
            day
            for (name, day), published_at in self.late_days.items()
            if name == table and day <= newest and published_at + lag > now
        ]
        return min(held_up) - timedelta(days=1) if held_up else newest
