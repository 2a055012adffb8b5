"""What a simulated company is made from."""

from dataclasses import dataclass
from datetime import date
from typing import Final

SEAT_SHARE: Final = 0.7
# Fewer do not fill the departments.
_FEWEST: Final = 20


@dataclass(frozen=True)
class Parameters:
    """Size, period and seed of a company.

    Args:
        people: Employees over the whole period, leavers and joiners included.
        start: First simulated day.
        until: Last simulated day.
        seed: Another seed gives other people and other days of the same kind of company.
    """

    people: int = 600
    start: date = date(2026, 1, 1)
    until: date = date(2026, 11, 20)
    seed: int = 7

    def __post_init__(self) -> None:
        """Refuse what makes no company."""
        if self.people < _FEWEST:
            raise ValueError(f"a company needs at least {_FEWEST} people, not {self.people}")
        if self.until < self.start:
            raise ValueError(f"the last day {self.until} lies before the first, {self.start}")

    @property
    def seats(self) -> int:
        """Seats that the company has bought, of Enterprise and of the Team plan together."""
        return round(self.people * SEAT_SHARE)
