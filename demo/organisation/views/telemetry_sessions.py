"""One day of one session, with its share of what the truth counts by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Final, NamedTuple

DAY_MS: Final = 86_400_000


class Request(NamedTuple):
    """An API request as the truth has it, money and time in the units of the events."""

    date_day: date
    person_id: int | None
    actor_id: int | None
    route: str
    session_id: str
    request_id: str
    requested_ms: int
    model: str
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    cost_usd: float
    cost_usd_micros: int

    @property
    def used(self) -> tuple[int, int, int, int, int, float]:
        """Tokens and cost, to be summed."""
        return self[8:14]


class Counters(NamedTuple):
    """What Claude Code counts beside requests."""

    session_count: int = 0
    lines_added_count: int = 0
    lines_removed_count: int = 0
    commit_count: int = 0
    pull_request_count: int = 0
    edit_accepted_count: int = 0
    edit_rejected_count: int = 0
    write_accepted_count: int = 0
    write_rejected_count: int = 0

    def share(self, part: int, parts: int) -> "Counters":
        """One of several equal parts; the parts add up to the whole."""
        return Counters(*(count * (part + 1) // parts - count * part // parts for count in self))


class Decision(NamedTuple):
    """A permission that was given or refused to an editing tool."""

    tool_name: str
    decision: str
    source: str


@dataclass(frozen=True)
class SessionDay:
    """One day of one session.

    Attributes:
        requests: Its requests, in the order of time; at least one.
        counters: Its share of the day's counters.
    """

    requests: Sequence[Request]
    counters: Counters

    @property
    def day_ms(self) -> int:
        """Start of the day."""
        return day_start_ms(self.requests[0].date_day)

    @property
    def first_ms(self) -> int:
        """When the session's first interval of the day began."""
        return max(self.requests[0].requested_ms - 5_000, self.day_ms)

    @property
    def last_ms(self) -> int:
        """When its last interval of the day ended: a second later, but not after midnight."""
        return min(self.requests[-1].requested_ms + 1_000, self.day_ms + DAY_MS - 1)

    def decisions(self) -> list[Decision]:
        """Its decisions; what was refused was refused by a person."""
        counters = self.counters
        found = []
        for tool, accepted, rejected in (
            ("Edit", counters.edit_accepted_count, counters.edit_rejected_count),
            ("Write", counters.write_accepted_count, counters.write_rejected_count),
        ):
            found += [
                Decision(tool, "accept", "config" if number % 4 else "user_temporary")
                for number in range(accepted)
            ]
            found += [Decision(tool, "reject", "user_reject")] * rejected
        return found


def day_start_ms(day: date) -> int:
    """Milliseconds of a day's start, UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def uuid_of(text: str) -> str:
    """A UUID that is always the same for the same text."""
    digest = blake2b(text.encode(), digest_size=16).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:]}"
