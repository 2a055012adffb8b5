"""Answers one request: faults, key, limit, then the endpoint."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final

import orjson

from .calls import Call, Document, Edition, Endpoint, PageSize
from .clock import MovableClock
from .errors import Refusal, bad_request
from .faults import Fault, Faults, Kind, rows_of, spoil
from .keys import Key
from .limits import Limits
from .publication import Publication
from .views import Views

_VERSION: Final = "2023-06-01"
_LOG_LENGTH: Final = 100_000
# Editions A and B: queryable three days after the aggregation.
_LAG_BEFORE_C: Final = 3
_ANALYTICS: Final = "/v1/organizations/analytics/"


@dataclass(frozen=True)
class Asked:
    """One HTTP request.

    Args:
        path: Without the query.
        items: The decoded query.
        headers: Lower-case names.
        path_parameters: The values of the endpoint's braces.
    """

    path: str
    items: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    path_parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_cursor(self) -> bool:
        """Whether it asks for a further page."""
        return any(name in {"page", "after_id", "before_id"} for name, _ in self.items)


@dataclass(frozen=True)
class Served:
    """What the log says of a request; of the key it knows the name."""

    at: datetime
    request_id: str
    key_name: str | None
    path: str
    query: Sequence[tuple[str, str]]
    status: int
    row_count: int


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class StandIn:
    """The state of the server and the way of a request through it.

    Args:
        views: What it knows.
        keys: The keys that open it.
        clock: Its time.
        faults: What goes wrong.
        limits: What is too much.
        edition: The edition that it answers in.
        wrong_family_status: What a key of another organisation gets: 401, 403 or 404.
    """

    def __init__(
        self,
        views: Views,
        *,
        keys: Mapping[str, Key],
        clock: MovableClock,
        faults: Faults,
        limits: Limits,
        edition: Edition,
        wrong_family_status: int,
    ) -> None:
        self.clock = clock
        self.faults = faults
        self.limits = limits
        self.views = views
        self.served: deque[Served] = deque(maxlen=_LOG_LENGTH)
        self.statuses: Counter[str] = Counter()
        self._keys = keys
        self._edition = edition
        self._wrong_family_status = wrong_family_status
        self._publication = Publication(self.views.publication())
        self._request_count = 0

    def answer(
        self, endpoint: Endpoint | None, asked: Asked, hitting: Mapping[Kind, Fault]
    ) -> Reply:
        """Answer a request.

        Args:
            endpoint: What is asked; None if there is no such path.
            asked: The request.
            hitting: The faults that hit it.
        """
        self._request_count += 1
        request_id = f"req_{self._request_count:012x}"
        headers = self.headers() | {"request-id": request_id}
        try:
            document = self._document(endpoint, asked, hitting)
        except Refusal as refusal:
            if refusal.retry_after is not None:
                headers["retry-after"] = str(refusal.retry_after)
            self._log(asked, request_id, refusal.status, 0)
            return Reply(refusal.status, headers, orjson.dumps(refusal.body(request_id)))
        row_count = len(rows_of(document))
        spoil(document, hitting)
        body = orjson.dumps(document)
        if Kind.TRUNCATED_BODY in hitting:
            body = body[: len(body) // 2]
        self._log(asked, request_id, 200, row_count)
        return Reply(200, headers, body)

    def headers(self) -> dict[str, str]:
        """What every answer carries: the time is the stand-in's."""
        return {
            "content-type": "application/json",
            "date": format_datetime(self.clock.now().replace(tzinfo=UTC), usegmt=True),
        }

    def counted(self) -> dict[str, Any]:
        """Requests by limit and by status, and every violation."""
        return {
            "requests": {str(budget): count for budget, count in self.limits.counts.items()},
            "statuses": dict(self.statuses),
            "violations": self.limits.violations,
            "missing_views": sorted(self.views.missing),
        }

    def _document(
        self, endpoint: Endpoint | None, asked: Asked, hitting: Mapping[Kind, Fault]
    ) -> Document:
        if fault := hitting.get(Kind.RATE_LIMIT_STORM):
            raise Refusal(429, "too many requests", retry_after=fault.retry_after)
        if fault := hitting.get(Kind.SERVER_ERROR):
            raise Refusal(fault.status, "the server failed")
        fault = hitting.get(Kind.EDITION)
        edition = fault.edition if fault else self._edition
        if endpoint is None or edition < endpoint.since or Kind.NOT_FOUND in hitting:
            raise Refusal(404, "not found")
        key = self._let_in(endpoint, asked, edition, hitting)
        budget = endpoint.budgets[key.organisation]
        self.limits.admit(budget, asked.path, is_new_query=not asked.has_cursor)
        if endpoint.is_versioned and asked.headers.get("anthropic-version") != _VERSION:
            raise bad_request(f"anthropic-version: header with {_VERSION} is required")
        if Kind.EXPIRED_CURSOR in hitting:
            raise Refusal(410, "page: the cursor has expired")
        call = Call(
            views=self.views,
            publication=self._published(edition, hitting),
            endpoint=endpoint,
            path=asked.path,
            path_parameters=asked.path_parameters,
            items=asked.items,
            headers=asked.headers,
            key=key,
            now=self.clock.now(),
            edition=edition,
            page_size=_page_size(hitting),
        )
        return endpoint.answer(call)

    def _let_in(
        self, endpoint: Endpoint, asked: Asked, edition: Edition, hitting: Mapping[Kind, Fault]
    ) -> Key:
        # Before edition C the analytics endpoints hid themselves from a wrong key.
        hides = edition < Edition.C and endpoint.path.startswith(_ANALYTICS)
        key = self._keys.get(asked.headers.get("x-api-key", ""))
        if key is None or Kind.REVOKED_KEY in hitting:
            raise Refusal(404 if hides else 401, "invalid x-api-key")
        scope = endpoint.access.get(key.organisation)
        if scope is None:
            status = 404 if hides else self._wrong_family_status
            raise Refusal(status, "this kind of key does not open this endpoint")
        if scope not in key.scopes or Kind.MISSING_SCOPE in hitting:
            got = ", ".join(sorted(key.scopes - {scope}))
            message = f"Missing required scopes. Got: [{got}] Needed: [{scope}]"
            raise Refusal(404 if hides else 403, message)
        return key

    def _published(self, edition: Edition, hitting: Mapping[Kind, Fault]) -> Publication:
        lag_days = _LAG_BEFORE_C if edition < Edition.C else 0
        if fault := hitting.get(Kind.LATE_PUBLICATION):
            lag_days += fault.days
        return replace(self._publication, lag_days=lag_days)

    def _log(self, asked: Asked, request_id: str, status: int, row_count: int) -> None:
        key = self._keys.get(asked.headers.get("x-api-key", ""))
        self.statuses[str(status)] += 1
        self.served.append(
            Served(
                self.clock.now(),
                request_id,
                key.name if key else None,
                asked.path,
                asked.items,
                status,
                row_count,
            )
        )


def _page_size(hitting: Mapping[Kind, Fault]) -> PageSize:
    if Kind.SHORT_PAGES in hitting:
        return PageSize.SHORT
    return PageSize.LONG if Kind.LONG_PAGES in hitting else PageSize.FULL
