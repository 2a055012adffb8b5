"""One key at one API: calls inside the limit, tries again, and tells faults in one line."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from itertools import count
from typing import Any, Final

import httpx
import msgspec

from .clock import Clock, SystemClock
from .errors import (
    ApiError,
    CredentialFault,
    CursorExpired,
    NotFound,
    NotPublished,
    Refused,
    TooSlow,
)
from .limits import Limiter

logger = logging.getLogger(__name__)

Params = Sequence[tuple[str, str]]

_VERSION: Final = "2023-06-01"
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
_DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")

# Fractions stay decimals: money must not pass through binary floats.
_decode: Final = msgspec.json.Decoder(float_hook=Decimal).decode


@dataclass(frozen=True)
class Answer:
    """One page of an answer.

    Attributes:
        payload: The JSON object; numbers with a fraction are decimals.
        served_at: When the API answered by its own clock; UTC without a zone.
        request_id: What the vendor's support asks for.
    """

    payload: dict[str, Any]
    served_at: datetime
    request_id: str | None


class _Transient(Exception):
    """A fault that another attempt may not have."""

    def __init__(
        self,
        reason: str,
        *,
        is_limit: bool = False,
        is_slow: bool = False,
        delay: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.is_limit = is_limit
        self.is_slow = is_slow
        self.delay = delay


class _KeyAuth(httpx.Auth):
    """Adds the key where it is sent; nothing else holds it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Any:  # noqa: ANN401  # a generator of httpx's own
        request.headers["x-api-key"] = self._key
        yield request

    def remove_from(self, text: str) -> str:
        """The text without the key, should a server echo it."""
        return text.replace(self._key, "[key]")


class ApiClient:
    """Asks one API with one key.

    Args:
        base_url: Scheme and host of the API.
        key: The key; shown nowhere.
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
        key_setting: str,
        scope: str,
        limiter: Limiter,
        counts_pages: bool = True,
        clock: Clock | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
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
        self._auth = _KeyAuth(key)
        self._http = httpx.Client(
            base_url=_checked_url(base_url),
            auth=self._auth,
            headers={"anthropic-version": _VERSION, "user-agent": _USER_AGENT},
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

    def get(
        self,
        path: str,
        params: Params = (),
        *,
        beta: str | None = None,
        is_next_page: bool = False,
    ) -> Answer:
        """Ask, as often as it takes within reason.

        Args:
            path: Path of the endpoint.
            params: Names and values; a name may be repeated.
            beta: Value of the `anthropic-beta` header, where the endpoint needs one.
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
                    return self._call(path, params, beta)
            except _Transient as fault:
                delay = fault.delay or _FIRST_DELAY_SECONDS * 2**attempt
                attempts = _MAX_LIMITED_ATTEMPTS if fault.is_limit else _MAX_ATTEMPTS
                if attempt + 1 >= attempts or delay > _MAX_DELAY_SECONDS:
                    kind = TooSlow if fault.is_slow else ApiError
                    raise kind(f"{path}: {fault}; given up") from None
                logger.info("%s: %s; tried again in %.0f s", path, fault, delay)
                if fault.is_limit:
                    self.limiter.hold(delay)
                else:
                    self._clock.sleep(delay)
        raise AssertionError("unreachable")

    def _call(self, path: str, params: Params, beta: str | None) -> Answer:
        headers = {"anthropic-beta": beta} if beta else None
        try:
            response = self._http.get(path, params=list(params), headers=headers)
        except httpx.RequestError as error:
            # Its text may quote what was sent.
            is_slow = isinstance(error, httpx.ReadTimeout)
            raise _Transient(f"no answer ({type(error).__name__})", is_slow=is_slow) from None
        served_at = self._served_at(response)
        if response.status_code != httpx.codes.OK:
            raise self._fault(path, response)
        try:
            payload = _decode(response.content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            payload = None
        request_id = response.headers.get("request-id")
        if not isinstance(payload, dict):
            raise _Transient(f"the answer is no JSON object (request {request_id})")
        return Answer(payload, served_at, request_id)

    def _served_at(self, response: httpx.Response) -> datetime:
        try:
            served_at = parsedate_to_datetime(response.headers.get("date", ""))
        except ValueError:
            return self._clock.now()
        # A header that says -0000 comes back without a zone; it is UTC all the same.
        aware = served_at if served_at.tzinfo else served_at.replace(tzinfo=UTC)
        self.server_now = aware.astimezone(UTC).replace(tzinfo=None)
        return self.server_now

    def _fault(self, path: str, response: httpx.Response) -> Exception:
        status = response.status_code
        kind, message, request_id = self._error(response)
        what = f"HTTP {status} {kind}".rstrip()
        if message:
            what += f": {message}"
        what += f" (request {request_id})"
        if status == 429:
            return _Transient(what, is_limit=True, delay=_retry_after(response))
        if status >= 500 or status == 408:
            return _Transient(what, is_slow=status == 504, delay=_retry_after(response))
        line = f"{path}: {what}"
        if status in {401, 403, 404}:
            text = f"{self.key_setting} was refused; it must hold {self.scope}. {line}"
            cause = f"{self.key_setting} {self.scope} {status}"
            return (NotFound if status == 404 else CredentialFault)(text, cause)
        if status == 410:
            return CursorExpired(line)
        if status == 400:
            newest = _last_day(message)
            return NotPublished(line, newest) if newest else Refused(line)
        return ApiError(line)

    def _error(self, response: httpx.Response) -> tuple[str, str, str | None]:
        """Type and message of an error, and the id of its request."""
        try:
            payload = _decode(response.content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            payload = None
        payload = payload if isinstance(payload, dict) else {}
        error = payload.get("error")
        error = error if isinstance(error, dict) else {}
        request_id = response.headers.get("request-id") or payload.get("request_id")
        texts = [
            " ".join(self._auth.remove_from(str(text or "")).split())[:_MESSAGE_CHARACTERS]
            for text in (error.get("type"), error.get("message"))
        ]
        return texts[0], texts[1], request_id


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


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds the API asks to wait; it may also name a moment by its own clock."""
    value = str(response.headers.get("retry-after", ""))
    if value.isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
        asked = parsedate_to_datetime(response.headers.get("date", ""))
        seconds: float = (until - asked).total_seconds()
    except (TypeError, ValueError):
        return None
    return max(seconds, 0.0)


def _last_day(message: str) -> date | None:
    """The newest day that a refusal names; the wording around it is not documented."""
    for text in reversed(_DAY.findall(message)):
        try:
            return date.fromisoformat(text)
        except ValueError:
            continue
    return None
