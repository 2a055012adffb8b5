"""Faults that can be switched on, each for a path, a number of requests or a share of them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from random import Random
from typing import Any

from .calls import Document, Edition
from .shapes import Record


class Kind(StrEnum):
    """What goes wrong."""

    RATE_LIMIT_STORM = "rate_limit_storm"
    SERVER_ERROR = "server_error"
    SLOW = "slow"
    TRUNCATED_BODY = "truncated_body"
    EXPIRED_CURSOR = "expired_cursor"
    EDITION = "edition"
    UNKNOWN_FIELDS = "unknown_fields"
    NUMBER_AS_TEXT = "number_as_text"
    REVOKED_KEY = "revoked_key"
    MISSING_SCOPE = "missing_scope"
    NOT_FOUND = "not_found"
    LATE_PUBLICATION = "late_publication"
    SHORT_PAGES = "short_pages"
    LONG_PAGES = "long_pages"


class UnknownFaultError(ValueError):
    """A fault was described with a name or a value that does not exist."""


@dataclass
class Fault:
    """One switched-on fault.

    Args:
        kind: What goes wrong.
        path: Start of the paths that it is for.
        count: How many requests it hits; None hits all.
        skip: How many matching requests it lets pass first.
        probability: Share of the remaining requests that it hits.
        status: Status of a server error.
        retry_after: Seconds that a 429 names; None names none.
        seconds: How long a slow answer takes.
        days: By how much publication is later.
        edition: The edition that is answered in.
        field: Name of the number that turns into text.
        text: What it turns into; None keeps its digits.
    """

    kind: Kind
    path: str = "/"
    count: int | None = None
    skip: int = 0
    probability: float = 1.0
    status: int = 500
    retry_after: int | None = 5
    seconds: float = 30.0
    days: int = 3
    edition: Edition = Edition.D
    field: str = ""
    text: str | None = None
    hits: int = 0

    @classmethod
    def parse(cls, described: Mapping[str, Any]) -> "Fault":
        """Make one from the JSON of the control endpoint.

        Raises:
            UnknownFaultError: A name or value does not exist.
        """
        known = {field.name for field in fields(cls)} - {"hits"}
        if "kind" not in described or not known.issuperset(described):
            raise UnknownFaultError(f"a fault has a kind and, of {sorted(known)}, what it needs")
        try:
            values = dict(described) | {"kind": Kind(described["kind"])}
            if "edition" in values:
                values["edition"] = Edition(values["edition"])
        except ValueError as error:
            raise UnknownFaultError(str(error)) from error
        return cls(**values)


class Faults:
    """The faults that are switched on.

    Args:
        faults: Those of the start.
        seed: Decides which requests a probability hits.
    """

    def __init__(self, faults: Iterable[Fault] = (), *, seed: int = 7) -> None:
        self._faults = list(faults)
        self._random = Random(seed)  # noqa: S311  # no secret depends on it

    def add(self, *faults: Fault) -> None:
        """Switch on."""
        self._faults.extend(faults)

    def clear(self) -> None:
        """Switch all off."""
        self._faults.clear()

    def described(self) -> list[dict[str, Any]]:
        """All of them, with how often each hit."""
        return [asdict(fault) for fault in self._faults]

    def hitting(self, path: str, *, has_cursor: bool) -> dict[Kind, Fault]:
        """The faults that hit this request, one per kind; they count it.

        Args:
            path: What is asked.
            has_cursor: Whether it is a further page.
        """
        return {
            fault.kind: fault
            for fault in self._faults
            if path.startswith(fault.path)
            and (has_cursor or fault.kind is not Kind.EXPIRED_CURSOR)
            and self._hits(fault)
        }

    def _hits(self, fault: Fault) -> bool:
        if fault.skip > 0:
            fault.skip -= 1
            return False
        if fault.count is not None and fault.hits >= fault.count:
            return False
        if fault.probability < 1 and self._random.random() >= fault.probability:
            return False
        fault.hits += 1
        return True


def spoil(document: Document, hitting: Mapping[Kind, Fault]) -> None:
    """Change the rows of a document as the faults want."""
    if Kind.UNKNOWN_FIELDS in hitting:
        document["unheard_of"] = True
    for row in rows_of(document):
        if Kind.UNKNOWN_FIELDS in hitting:
            row["unheard_of_metrics"] = {"count": 1, "names": ["a", "b"]}
        if fault := hitting.get(Kind.NUMBER_AS_TEXT):
            _as_text(row, fault)


def rows_of(document: Document) -> list[Record]:
    """The rows of any document; those of buckets are taken out of them."""
    rows: list[Record] = document.get("data") or document.get("summaries") or []
    if rows and "results" in rows[0]:
        return [row for bucket in rows for row in bucket["results"]]
    return rows


def _as_text(row: Record, fault: Fault) -> None:
    for name, value in row.items():
        if isinstance(value, dict):
            _as_text(value, fault)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    _as_text(item, fault)
        elif name == fault.field and isinstance(value, int | float):
            row[name] = fault.text if fault.text is not None else str(value)
