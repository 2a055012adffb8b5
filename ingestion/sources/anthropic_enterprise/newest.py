"""Finds the newest day that an endpoint has, by asking the endpoint."""

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from ingestion.http.dialect import NotPublished, Question, Refused
from ingestion.http.dialects.anthropic import midnight
from ingestion.http.records import to_moment

if TYPE_CHECKING:
    from ingestion.http.client import ApiClient

logger = logging.getLogger(__name__)

# The vendor has nothing before it, for any of these endpoints.
FIRST_DAY: Final = date(2026, 1, 1)
# Where a refusal does not name the newest day, days are tried one by one. Documented are lags of
# one and three days; the rest is patience with a vendor who is late.
NEWEST_DAY_TRIES: Final = 10
_DAY: Final = timedelta(days=1)


def refused_after(path: str, day_param: str) -> "Callable[[ApiClient, datetime], date]":
    """The newest day of an engagement endpoint, which refuses younger ones and names it.

    Args:
        path: Path of the endpoint.
        day_param: What it calls the day, or the first of several.
    """

    def newest(client: "ApiClient", server_now: datetime) -> date:
        today = server_now.date()
        asked = today
        while True:
            try:
                client.ask(Question(path, [(day_param, asked.isoformat())]))
            except NotPublished as refusal:
                if refusal.newest_day < asked:
                    return refusal.newest_day
                error: Refused = refusal
            except Refused as refusal:
                error = refusal
            else:
                # A day that is not over is not complete, even if it is to be had.
                return min(asked, today - _DAY)
            if (today - asked).days == NEWEST_DAY_TRIES:
                raise error
            asked -= _DAY

    return newest


def refreshed(path: str, groups: Iterable[str]) -> "Callable[[ApiClient, datetime], date]":
    """The newest day that is whole in a cost or usage report, which says as of when it is.

    Args:
        path: Path of the endpoint.
        groups: Dimensions to ask for, as later for the rows.
    """

    def newest(client: "ApiClient", server_now: datetime) -> date:
        today = server_now.date()
        params = [
            ("starting_at", midnight(today - _DAY)),
            ("ending_at", midnight(today)),
            ("bucket_width", "1d"),
            ("limit", "1"),
            *(("group_by[]", group) for group in groups),
        ]
        refreshed_at = client.ask(Question(path, params)).payload.get("data_refreshed_at")
        if refreshed_at is None:
            logger.info("%s: nothing is there yet", path)
            return FIRST_DAY - _DAY
        return min(to_moment(refreshed_at).date(), today) - _DAY

    return newest
