"""How an API speaks: what a question and an answer are, what faults mean, how pages go on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import httpx

Params = Sequence[tuple[str, str]]


class ApiError(Exception):
    """A question that got no usable answer; the text is one line and never holds a key."""


class CredentialFault(ApiError):
    """The API refused the key; the text names the setting of the key and what it needs.

    Args:
        message: The line for the user.
        cause: What is the same for all endpoints that were refused for this reason.
    """

    def __init__(self, message: str, cause: str) -> None:
        super().__init__(message)
        self.cause = cause


class NotFound(CredentialFault):
    """An unknown object or, on the first call of an endpoint, a refused key."""


class Refused(ApiError):
    """The API does not answer this question."""


class NotPublished(Refused):
    """The day is too young; the API names the newest one that it has.

    Args:
        message: The line for the user.
        newest_day: The newest day that can be asked for.
    """

    def __init__(self, message: str, newest_day: date) -> None:
        super().__init__(message)
        self.newest_day = newest_day


class CursorExpired(ApiError):
    """The pages of a query changed; it starts again from its first page."""


class TooSlow(ApiError):
    """The API ran out of time for the question; a smaller one may fare better."""


class Meaning(Enum):
    """What an answer means for the one who asked."""

    FINE = auto()
    WAIT = auto()
    """A limit is used up; it passes for sure."""
    PASSING = auto()
    """Another attempt may fare better."""
    SLOW = auto()
    """So may another attempt, or a smaller question."""
    NO_KEY = auto()
    NOT_FOUND = auto()
    REFUSED = auto()
    EXPIRED = auto()
    """The cursor is worth nothing any more."""
    OTHER = auto()


class Told(NamedTuple):
    """What an answer says of itself: kind and text of a fault, and what support asks for."""

    kind: str = ""
    message: str = ""
    request_id: str | None = None


@dataclass(frozen=True)
class Question:
    """One call.

    Attributes:
        path: Path of the endpoint; of a next page, perhaps its whole address.
        params: Names and values; a name may be repeated.
        headers: What this endpoint needs beside the key.
        body: Is posted as JSON; without it the question is a GET.
    """

    path: str
    params: Params = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """One page of an answer.

    Attributes:
        payload: The JSON; numbers with a fraction are decimals.
        served_at: When the API answered by its own clock; UTC without a zone.
        request_id: What the vendor's support asks for.
        links: Addresses in the header `Link`, by their `rel`.
    """

    payload: Any
    served_at: datetime
    request_id: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)


class Dialect:
    """How most APIs speak; the dialect of a vendor says what is different there."""

    envelopes: tuple[type, ...] = (dict, list)
    """What the JSON of a usable answer can be."""

    def headers(self, key: str) -> Mapping[str, str]:
        """Headers of every call; nothing else of a call holds the key."""
        return {"authorization": f"Bearer {key}"}

    def meaning(self, response: "httpx.Response", payload: Any) -> Meaning:  # noqa: ANN401  # any JSON
        """What an answer means; an error may come with 200 as well."""
        status = response.status_code
        if status == 200:
            return Meaning.FINE if isinstance(payload, self.envelopes) else Meaning.PASSING
        # Who says how long to wait refuses no key.
        if status == 429 or (status == 403 and self.delay(response) is not None):
            return Meaning.WAIT
        if status == 504:
            return Meaning.SLOW
        if status >= 500:
            return Meaning.PASSING
        return _MEANINGS.get(status, Meaning.OTHER)

    def told(self, response: "httpx.Response", payload: Any) -> Told:  # noqa: ANN401  # any JSON
        """What an answer says of itself."""
        message = payload.get("message") if isinstance(payload, dict) else None
        return Told(message=str(message or ""), request_id=response.headers.get("x-request-id"))

    def delay(self, response: "httpx.Response") -> float | None:
        """Seconds that an answer asks to wait: from now, or until a moment by its own clock."""
        value = str(response.headers.get("retry-after", ""))
        if value.isdecimal():
            return float(value)
        asked = moment_of(response.headers.get("date", ""))
        until = moment_of(value)
        reset = str(response.headers.get("x-ratelimit-reset", ""))
        if response.headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
            until = until or datetime.fromtimestamp(float(reset), UTC)
        return max((until - asked).total_seconds(), 0.0) if until and asked else None

    def newest_day(self, message: str) -> date | None:
        """The newest day that is to be had, where a refusal names it."""
        return None

    def items(self, payload: Any) -> Sequence[Any]:  # noqa: ANN401  # any JSON
        """The records, or what holds them, of an answer; here the answer is their list."""
        if not isinstance(payload, list):
            raise ApiError("the answer is no list")
        return payload

    def refreshed_at(self, payload: Any) -> Any:  # noqa: ANN401  # any JSON
        """As of when an answer says its data is."""
        return None


_MEANINGS = {
    400: Meaning.REFUSED,
    401: Meaning.NO_KEY,
    403: Meaning.NO_KEY,
    404: Meaning.NOT_FOUND,
    408: Meaning.PASSING,
}


def moment_of(header: str) -> datetime | None:
    """The moment that a header names; one that says -0000 is UTC all the same."""
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# --- pages -------------------------------------------------------------------------------------

Following = Callable[[Question, Answer], Question | None]
"""The question for the page after an answer; None where there is none."""


def single(_question: Question, _answer: Answer) -> None:
    """There is one page."""


def by_link(question: Question, answer: Answer) -> Question | None:
    """The header `Link` holds the address of the next page, parameters included."""
    address = answer.links.get("next")
    return replace(question, path=address, params=()) if address else None


def by_cursor(param: str, cursor_of: Callable[[Any], str | None]) -> Following:
    """A cursor is sent back, with all that was asked at first: it belongs to its query.

    Args:
        param: Parameter in which it is sent back.
        cursor_of: Finds it in the JSON of an answer; None ends the query.
    """

    def following(question: Question, answer: Answer) -> Question | None:
        cursor = cursor_of(answer.payload)
        return None if cursor is None else _with(question, param, cursor)

    return following


def by_offset(param: str, size: int, has_rest: Callable[[Any], bool]) -> Following:
    """The number of records before a page is asked for; a page may be short before the last one.

    Args:
        param: Parameter that holds it; absent from the first question.
        size: Records that are asked for at once.
        has_rest: Tells from the JSON of an answer whether there are more.
    """

    def following(question: Question, answer: Answer) -> Question | None:
        if not has_rest(answer.payload):
            return None
        before = next((int(value) for name, value in question.params if name == param), 0)
        return _with(question, param, str(before + size))

    return following


def by_variable(name: str, cursor_of: Callable[[Any], str | None]) -> Following:
    """A cursor is sent back among the variables of a GraphQL query.

    Args:
        name: The variable.
        cursor_of: Finds the cursor in the JSON of an answer; None ends the query.
    """

    def following(question: Question, answer: Answer) -> Question | None:
        cursor = cursor_of(answer.payload)
        if cursor is None:
            return None
        body = question.body or {}
        variables = {**body.get("variables", {}), name: cursor}
        return replace(question, body={**body, "variables": variables})

    return following


def _with(question: Question, param: str, value: str) -> Question:
    kept = [pair for pair in question.params if pair[0] != param]
    return replace(question, params=(*kept, (param, value)))
