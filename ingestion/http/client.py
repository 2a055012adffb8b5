"""One key at one API: calls inside the limit, tries again, and tells faults in one line."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import ip_address
from itertools import count
from typing import Any, Final, TypeVar

import httpx
import msgspec

from .dialect import (
    Answer,
    ApiError,
    CredentialFault,
    CursorExpired,
    Dialect,
    Following,
    Meaning,
    NotFound,
    NotPublished,
    Question,
    Refused,
    Told,
    TooSlow,
    moment_of,
)
from .limits import Clock, Limiter, SystemClock

logger = logging.getLogger(__name__)

T = TypeVar("T")

_USER_AGENT: Final = "claude-analytics"
# A page of a thousand rows may take the API most of a minute.
_TIMEOUT: Final = httpx.Timeout(90, connect=15)
_MAX_ATTEMPTS: Final = 5
# A limit passes for sure, so it is worth more patience.
_MAX_LIMITED_ATTEMPTS: Final = 10
_FIRST_DELAY_SECONDS: Final = 1.0
# Who asks for more patience than this is asked again by the next run.
_MAX_DELAY_SECONDS: Final = 300.0
_MESSAGE_CHARACTERS: Final = 200
_MAX_RESTARTS: Final = 3

# Fractions stay decimals: money must not pass through binary floats.
_decode: Final = msgspec.json.Decoder(float_hook=Decimal).decode


class _Transient(Exception):
    """A fault that another attempt may not have."""

    def __init__(self, reason: str, meaning: Meaning, delay: float | None = None) -> None:
        super().__init__(reason)
        self.meaning = meaning
        self.delay = delay


class _KeyAuth(httpx.Auth):
    """Adds the key where it is sent; nothing else holds it."""

    def __init__(self, key: str, dialect: Dialect) -> None:
        self._key = key
        self._dialect = dialect

    def auth_flow(self, request: httpx.Request) -> Any:  # noqa: ANN401  # a generator of httpx's own
        request.headers.update(self._dialect.headers(self._key))
        yield request

    def remove_from(self, text: str) -> str:
        """The text without the key, should a server echo it."""
        return text.replace(self._key, "[key]")


class ApiClient:
    """Asks one API with one key.

    Args:
        base_url: Scheme and host of the API.
        key: The key; shown nowhere.
        dialect: How the API speaks.
        key_setting: Name of the setting that holds the key, for messages.
        scope: What the key must be allowed, for messages.
        limiter: The limit that this key's calls count against.
        counts_pages: Whether further pages of a query count against the limit too.
        clock: What to wait by.
        transport: Replaces the network in tests.

    Raises:
        CredentialFault: The key cannot be a key.
        ApiError: The address cannot be an address.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        dialect: Dialect,
        key_setting: str,
        scope: str,
        limiter: Limiter,
        counts_pages: bool = True,
        clock: Clock | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.dialect = dialect
        self.key_setting = key_setting
        self.scope = scope
        self.limiter = limiter
        self.counts_pages = counts_pages
        self.server_now: datetime | None = None
        self._clock = clock or SystemClock()
        key = key.strip()
        # The HTTP library would quote such a key when it refuses it.
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise CredentialFault(f"{key_setting} holds no usable key", f"{key_setting} unusable")
        self._auth = _KeyAuth(key, dialect)
        self._http = httpx.Client(
            base_url=_checked_url(base_url),
            auth=self._auth,
            headers={"user-agent": _USER_AGENT},
            timeout=_TIMEOUT,
            transport=transport,
            # A proxy cannot reach a server on this machine.
            trust_env=not _is_loopback(base_url),
        )

    def __repr__(self) -> str:
        """Name the setting of the key, never the key."""
        return f"ApiClient({self._http.base_url.host!r}, key_setting={self.key_setting!r})"

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(self, question: Question, *, is_next_page: bool = False) -> Answer:
        """Ask, as often as it takes within reason.

        Args:
            question: What is asked.
            is_next_page: Whether this continues a query.

        Raises:
            CredentialFault: The key was refused.
            NotFound: There is nothing, or nothing for this key.
            Refused: The question is none, or, as `NotPublished`, its day is too young.
            CursorExpired: The query must start again.
            TooSlow: The API had too little time for it.
            ApiError: Anything else, and what attempts did not heal.
        """
        for attempt in count():
            try:
                with self.limiter.call(is_counted=self.counts_pages or not is_next_page):
                    return self._call(question)
            except _Transient as fault:
                is_limit = fault.meaning is Meaning.WAIT
                delay = fault.delay or _FIRST_DELAY_SECONDS * 2**attempt
                attempts = _MAX_LIMITED_ATTEMPTS if is_limit else _MAX_ATTEMPTS
                if attempt + 1 >= attempts or delay > _MAX_DELAY_SECONDS:
                    kind = TooSlow if fault.meaning is Meaning.SLOW else ApiError
                    raise kind(f"{question.path}: {fault}; given up") from None
                logger.info("%s: %s; tried again in %.0f s", question.path, fault, delay)
                if is_limit:
                    self.limiter.hold(delay)
                else:
                    self._clock.sleep(delay)
        raise AssertionError("unreachable")

    def pages(self, question: Question, following: Following) -> Iterator[Answer]:
        """Yield the pages of a query in their order; a page may be short, or longer than asked.

        Raises:
            CursorExpired: The pages already yielded are worth nothing; see `restarting`.
        """
        path = question.path
        answer = self.ask(question)
        yield answer
        asked = {repr(question)}
        while rest := following(question, answer):
            question = rest
            if repr(question) in asked:
                raise ApiError(f"{path}: the same page was named as the next one twice")
            asked.add(repr(question))
            answer = self.ask(question, is_next_page=True)
            yield answer

    def _call(self, question: Question) -> Answer:
        if _origin(self._http.base_url.join(question.path)) != _origin(self._http.base_url):
            # The address of a next page comes from outside, and the key goes where it leads.
            raise ApiError("the next page lies on another host, which gets no key")
        try:
            response = self._http.request(
                "GET" if question.body is None else "POST",
                question.path,
                # None keeps the parameters of a whole address.
                params=list(question.params) or None,
                headers=dict(question.headers),
                json=question.body,
            )
        except httpx.RequestError as error:
            # Its text may quote what was sent.
            meaning = Meaning.SLOW if isinstance(error, httpx.ReadTimeout) else Meaning.PASSING
            raise _Transient(f"no answer ({type(error).__name__})", meaning) from None
        outcome = self._read(question.path, response)
        if isinstance(outcome, Answer):
            return outcome
        # Raised here, where no variable holds what the API said: it may echo the key.
        raise outcome

    def _read(self, path: str, response: httpx.Response) -> Answer | Exception:
        served_at = self._served_at(response)
        try:
            payload = _decode(response.content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            payload = None
        meaning = self.dialect.meaning(response, payload)
        told = self.dialect.told(response, payload)
        if meaning is Meaning.FINE:
            links = {rel: link["url"] for rel, link in response.links.items() if rel}
            return Answer(payload, served_at, told.request_id, links)
        return self._fault(path, meaning, response, told, payload)

    def _served_at(self, response: httpx.Response) -> datetime:
        served_at = moment_of(response.headers.get("date", ""))
        if served_at is None:
            return self._clock.now()
        self.server_now = served_at.astimezone(UTC).replace(tzinfo=None)
        return self.server_now

    def _fault(
        self, path: str, meaning: Meaning, response: httpx.Response, told: Told, payload: object
    ) -> Exception:
        status = response.status_code
        kind, message = (self._short(text) for text in (told.kind, told.message))
        what = f"HTTP {status} {kind}".rstrip()
        if status == httpx.codes.OK and not isinstance(payload, self.dialect.envelopes):
            what = "the answer is no JSON object"
        elif message:
            what += f": {message}"
        if told.request_id:
            what += f" (request {told.request_id})"
        if meaning in {Meaning.WAIT, Meaning.PASSING, Meaning.SLOW}:
            return _Transient(what, meaning, self.dialect.delay(response))
        line = f"{path}: {what}"
        if meaning in {Meaning.NO_KEY, Meaning.NOT_FOUND}:
            text = f"{self.key_setting} was refused; it must hold {self.scope}. {line}"
            cause = f"{self.key_setting} {self.scope} {status}"
            refusal = NotFound if meaning is Meaning.NOT_FOUND else CredentialFault
            return refusal(text, cause)
        if meaning is Meaning.EXPIRED:
            return CursorExpired(line)
        if meaning is Meaning.REFUSED:
            newest = self.dialect.newest_day(message)
            return NotPublished(line, newest) if newest else Refused(line)
        return ApiError(line)

    def _short(self, text: str) -> str:
        return " ".join(self._auth.remove_from(text).split())[:_MESSAGE_CHARACTERS]


def restarting(attempt: Callable[[], T]) -> T:
    """Do something with all pages of a query, again from the first if its cursor dies."""
    for _ in range(_MAX_RESTARTS):
        try:
            return attempt()
        except CursorExpired as error:
            logger.info("%s; the query starts again", error)
    return attempt()


def _checked_url(base_url: str) -> str:
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError):
        raise ApiError("the address of the API is not a URL") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ApiError("the address of the API must begin with https://")
    return base_url


def _is_loopback(base_url: str) -> bool:
    host = httpx.URL(base_url).host
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
