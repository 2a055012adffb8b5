"""Pages in the vendor's three styles; cursors say nothing to a client and fit one query only."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

import orjson

from .calls import Call, PageSize
from .errors import Refusal, bad_request

_PREFIX: Final = "page_"
_DIGEST_BYTES: Final = 12


@dataclass(frozen=True)
class _Cursor:
    at: datetime
    offset: int
    refreshed_at: datetime | None


class Pager:
    """Where a request stands in its query.

    All pages of a query show one moment: the one of the first page.

    Args:
        call: The request.
        limit: Page size that it asked for.
        refreshed_at: When the data was last refreshed; a cursor from before that is dead. None
            for endpoints whose cursors live on.
    """

    def __init__(self, call: Call, limit: int, *, refreshed_at: datetime | None = None) -> None:
        self._digest = _digest(call)
        self._refreshed_at = refreshed_at
        self._limit = _size(limit, call.page_size)
        token = call.query.text("page")
        cursor = self._read(token) if token is not None else _Cursor(call.now, 0, refreshed_at)
        if cursor.refreshed_at != refreshed_at:
            raise Refusal(410, "page: the data was refreshed since; start again without it")
        self.at = cursor.at
        self.start = cursor.offset

    def stop(self, total: int) -> int:
        """Where this page ends, of that many."""
        return min(self.start + self._limit, total)

    def next_page(self, total: int) -> str | None:
        """The cursor of the next page, of that many; None after the last."""
        stop = self.stop(total)
        return self._write(stop) if stop < total else None

    def has_more(self, total: int) -> dict[str, Any]:
        """The end of a P2 document."""
        next_page = self.next_page(total)
        return {"has_more": next_page is not None, "next_page": next_page}

    def _write(self, offset: int) -> str:
        fields = [self._digest, self.at, offset, self._refreshed_at]
        return _PREFIX + base64.urlsafe_b64encode(orjson.dumps(fields)).decode().rstrip("=")

    def _read(self, token: str) -> _Cursor:
        coded = token.removeprefix(_PREFIX)
        try:
            padded = coded + "=" * (-len(coded) % 4)
            digest, at, offset, refreshed = orjson.loads(base64.urlsafe_b64decode(padded))
        except (binascii.Error, ValueError, TypeError) as error:
            raise bad_request("page: not a cursor of this API") from error
        if digest != self._digest:
            raise bad_request("page: the cursor belongs to another query")
        return _Cursor(
            datetime.fromisoformat(at),
            offset,
            datetime.fromisoformat(refreshed) if refreshed else None,
        )


def _digest(call: Call) -> str:
    asked = sorted((name, value) for name, value in call.items if name != "page")
    text = orjson.dumps([call.key.organisation, call.path, asked])
    return blake2b(text, digest_size=_DIGEST_BYTES).hexdigest()


def _size(limit: int, page_size: PageSize) -> int:
    if page_size is PageSize.SHORT:
        return max(1, limit // 2)
    return limit + max(1, limit // 2) if page_size is PageSize.LONG else limit


def id_page(call: Call, ids: list[str], limit: int) -> tuple[slice, dict[str, Any]]:
    """The rows of a P1 page, and the end of its document.

    Args:
        call: The request.
        ids: All ids, newest object first.
        limit: Page size that it asked for.
    """
    after, before = call.query.text("after_id"), call.query.text("before_id")
    if after is not None and before is not None:
        raise bad_request("after_id and before_id cannot be combined")
    size = _size(limit, call.page_size)
    if before is not None:
        stop = _position(ids, before, "before_id")
        start = max(0, stop - size)
        has_more = start > 0
    else:
        start = _position(ids, after, "after_id") + 1 if after is not None else 0
        stop = min(start + size, len(ids))
        has_more = stop < len(ids)
    shown = ids[start:stop]
    end = {
        "has_more": has_more,
        "first_id": shown[0] if shown else None,
        "last_id": shown[-1] if shown else None,
    }
    return slice(start, stop), end


def _position(ids: list[str], wanted: str, name: str) -> int:
    try:
        return ids.index(wanted)
    except ValueError as error:
        raise bad_request(f"{name}: no such object") from error
