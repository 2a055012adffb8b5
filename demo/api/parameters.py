"""Reads the query of a request and refuses what the vendor refuses."""

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final, TypeVar

from .clock import as_utc
from .errors import bad_request

# Client libraries add `beta=true` to every address; it changes nothing.
_IGNORED: Final = frozenset({"beta"})
_ZONE: Final = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")
_MAX_ENTRIES: Final = 100
_T = TypeVar("_T")


class Query:
    """The parameters of one request; a name that the endpoint does not know is refused.

    Args:
        items: Decoded names and values in the order in which they came.
        known: The names that the endpoint knows, arrays with their brackets.
    """

    def __init__(self, items: Sequence[tuple[str, str]], known: Collection[str]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in items:
            if name in _IGNORED:
                continue
            if name not in known:
                raise bad_request(f"{name}: unknown parameter")
            self._values.setdefault(name, []).append(value)
        for name, values in self._values.items():
            if len(values) > 1 and not name.endswith("[]"):
                raise bad_request(f"{name}: given more than once")

    def __contains__(self, name: str) -> bool:
        """Whether it was given."""
        return name in self._values

    def text(self, name: str) -> str | None:
        """A single value."""
        values = self._values.get(name)
        return values[0] if values else None

    def array(self, name: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """The values of a bracketed array, of those that are allowed."""
        values = tuple(self._values.get(f"{name}[]", ()))
        if len(values) > _MAX_ENTRIES:
            raise bad_request(f"{name}[]: at most {_MAX_ENTRIES} entries")
        for value in values:
            if allowed is not None and value not in allowed:
                raise bad_request(f"{name}[]: unsupported value '{value}'")
        return values

    def choice(self, name: str, allowed: Sequence[str], default: str) -> str:
        """A single value of those that are allowed."""
        value = self.text(name) or default
        if value not in allowed:
            raise bad_request(f"{name}: must be one of {', '.join(allowed)}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean."""
        return self.choice(name, ("true", "false"), str(default).lower()) == "true"

    def limit(self, default: int, maximum: int) -> int:
        """The page size."""
        text = self.text("limit")
        if text is None:
            return default
        if not text.isdigit() or not 1 <= int(text) <= maximum:
            raise bad_request(f"limit: must be between 1 and {maximum}")
        return int(text)

    def day(self, name: str) -> date | None:
        """A day written as `YYYY-MM-DD`."""
        text = self.text(name)
        if text is None:
            return None
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise bad_request(f"{name}: expected YYYY-MM-DD, got '{text}'")
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise bad_request(f"{name}: '{text}' is not a day") from error

    def moment(self, name: str) -> datetime | None:
        """A timestamp with a zone."""
        text = self.text(name)
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise bad_request(f"{name}: '{text}' is not an RFC 3339 timestamp") from error
        if not _ZONE.search(text):
            raise bad_request(f"{name}: needs a zone, such as Z")
        return as_utc(moment)


def required(value: _T | None, name: str) -> _T:
    """Refuse a request without a parameter that it needs."""
    if value is None:
        raise bad_request(f"{name}: required")
    return value
