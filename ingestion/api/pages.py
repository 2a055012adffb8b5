"""All pages of a query, whichever of the vendor's styles its endpoint has."""

import logging
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, Final, TypeVar

from .client import Answer, ApiClient, Params
from .errors import ApiError, CursorExpired

logger = logging.getLogger(__name__)

T = TypeVar("T")

_MAX_RESTARTS: Final = 3


class PageStyle(Enum):
    """How an endpoint hands out the rest."""

    IDS = "after_id"
    """`last_id` is sent back as `after_id` until `has_more` is false."""
    PAGES = "page"
    """`next_page` is sent back as `page` until it is null or `has_more` is false."""
    SINGLE = ""
    """There is one page."""


def pages(
    client: ApiClient, path: str, params: Params, style: PageStyle, *, beta: str | None = None
) -> Iterator[Answer]:
    """Yield the pages of a query in their order; a page may be short, or longer than asked.

    Raises:
        CursorExpired: The pages already yielded are worth nothing; see `restarting`.
    """
    cursor: str | None = None
    used: set[str] = set()
    while True:
        asked = params if cursor is None else [*params, (style.value, cursor)]
        answer = client.get(path, asked, beta=beta, is_next_page=cursor is not None)
        yield answer
        cursor = _next_cursor(path, answer.payload, style)
        if cursor is None:
            return
        if cursor in used:
            raise ApiError(f"{path}: the same page was named as the next one twice")
        used.add(cursor)


def restarting(attempt: Callable[[], T]) -> T:
    """Do something with all pages of a query, again from the first if its cursor dies."""
    for _ in range(_MAX_RESTARTS):
        try:
            return attempt()
        except CursorExpired as error:
            logger.info("%s; the query starts again", error)
    return attempt()


def collect(
    client: ApiClient, path: str, params: Params, style: PageStyle, *, beta: str | None = None
) -> list[Answer]:
    """All pages of a query at once."""
    return restarting(lambda: list(pages(client, path, params, style, beta=beta)))


def _next_cursor(path: str, payload: dict[str, Any], style: PageStyle) -> str | None:
    if style is PageStyle.SINGLE or payload.get("has_more") is False:
        return None
    if style is PageStyle.PAGES:
        return payload.get("next_page")
    if "has_more" not in payload or not payload.get("last_id"):
        raise ApiError(f"{path}: the answer does not say whether there are more pages")
    return str(payload["last_id"])
