"""What the name of a file tells: its period, and which feed it belongs to."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from .errors import RefusedFile

# A month or a day; not the beginning of a longer number, nor of a day like 2026-08-1.
_DATES: Final = re.compile(r"(?<!\d)20\d{2}-\d{2}(?:-\d{2})?(?!\d|-\d{1,2}(?!\d))", re.ASCII)
# What a browser or a person adds to a file that is there already.
_COPY_NUMBER: Final = re.compile(r"[\s_-]*\(\d+\)$")
_SEPARATORS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Period:
    """Days, both included."""

    first_day: date
    last_day: date

    def __str__(self) -> str:
        """The day, or the first and the last."""
        if self.first_day == self.last_day:
            return str(self.first_day)
        return f"{self.first_day} to {self.last_day}"


def parse_period(text: str) -> Period | None:
    """Read a day, a month, or two days from a text, wherever they stand in it.

    Raises:
        RefusedFile: There are more dates than that, or one that does not exist.
    """
    dates = _DATES.findall(text)
    if not dates:
        return None
    try:
        periods = [_period(found) for found in dates]
    except ValueError:
        raise RefusedFile(f"{'_'.join(dates)} is not a date") from None
    if len(periods) > 2:
        raise RefusedFile(f"{', '.join(dates)} are too many dates; name one period")
    period = Period(periods[0].first_day, periods[-1].last_day)
    if period.first_day > period.last_day:
        raise RefusedFile(f"the period ends before it begins ({', '.join(dates)})")
    return period


def feed_name(stem: str) -> str:
    """What is left of a name without dates and copy numbers: files of one feed share it."""
    rest = _COPY_NUMBER.sub("", stem)
    dates = list(_DATES.finditer(rest))
    if dates:
        rest = f"{rest[: dates[0].start()]} {rest[dates[-1].end() :]}"
    return _SEPARATORS.sub("_", rest).strip("_").lower()


def _period(text: str) -> Period:
    if len(text) == len("2026-08"):
        first_day = date.fromisoformat(f"{text}-01")
        following = (first_day + timedelta(days=31)).replace(day=1)
        return Period(first_day, following - timedelta(days=1))
    day = date.fromisoformat(text)
    return Period(day, day)
