"""How the Console and Enterprise APIs of Anthropic speak, and what both are asked alike."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from ingestion.declared import SNAPSHOT, Table
from ingestion.http.dialect import ApiError, Dialect, Meaning, Told, by_cursor
from ingestion.http.endpoints import Endpoint, Layout, Query
from ingestion.http.records import TableSpec, raw_schema, to_moment

if TYPE_CHECKING:
    import httpx
    import pyarrow as pa

    from ingestion.http.dialect import Following, Params

ROOT: Final = "/v1/organizations"
PAGE_ROWS: Final = 1000
_VERSION: Final = "2023-06-01"
_DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


class Anthropic(Dialect):
    """One object per answer, its records in `data`; a key in a header of its own."""

    envelopes = (dict,)

    def headers(self, key: str) -> Mapping[str, str]:
        """The key, and the version of the API."""
        return {"x-api-key": key, "anthropic-version": _VERSION}

    def meaning(self, response: "httpx.Response", payload: Any) -> Meaning:  # noqa: ANN401  # any JSON
        """HTTP 410 says that a cursor died, because the data was refreshed."""
        return (
            Meaning.EXPIRED if response.status_code == 410 else super().meaning(response, payload)
        )

    def told(self, response: "httpx.Response", payload: Any) -> Told:  # noqa: ANN401  # any JSON
        """A fault stands in `error`, the id of the request in a header or beside it."""
        payload = payload if isinstance(payload, dict) else {}
        error = payload.get("error")
        error = error if isinstance(error, dict) else {}
        request_id = response.headers.get("request-id") or payload.get("request_id")
        return Told(str(error.get("type") or ""), str(error.get("message") or ""), request_id)

    def newest_day(self, message: str) -> date | None:
        """The last day in the text; the wording around it is not documented."""
        for text in reversed(_DAY.findall(message)):
            try:
                return date.fromisoformat(text)
            except ValueError:
                continue
        return None

    def items(self, payload: Any) -> Sequence[Any]:  # noqa: ANN401  # any JSON
        """The list in the envelope."""
        found = payload.get("data")
        if not isinstance(found, list):
            raise ApiError("the answer has no list of data")
        return found

    def refreshed_at(self, payload: Any) -> Any:  # noqa: ANN401  # any JSON
        """Reports of cost and use say it."""
        return payload.get("data_refreshed_at")


def beta(feature: str) -> dict[str, str]:
    """Headers of an endpoint that is still in beta."""
    return {"anthropic-beta": feature}


# --- pages -------------------------------------------------------------------------------------


def _last_id(payload: Mapping[str, Any]) -> str | None:
    if payload.get("has_more") is False:
        return None
    if "has_more" not in payload or not payload.get("last_id"):
        raise ApiError("the answer does not say whether there are more pages")
    return str(payload["last_id"])


def _next_page(payload: Mapping[str, Any]) -> str | None:
    return None if payload.get("has_more") is False else payload.get("next_page")


IDS: Final = by_cursor("after_id", _last_id)
"""`last_id` is sent back as `after_id` until `has_more` is false."""
PAGES: Final = by_cursor("page", _next_page)
"""`next_page` is sent back as `page` until it is null or `has_more` is false."""


# --- days --------------------------------------------------------------------------------------


def _day_of(item: Mapping[str, Any]) -> date:
    try:
        return to_moment(item.get("starting_at") or item.get("starting_date")).date()
    except ValueError as error:
        raise ApiError(f"the field starting_at {error}") from None


def _dated(item: Mapping[str, Any]) -> tuple[date, Sequence[Any]]:
    return _day_of(item), [item]


def _bucket(item: Mapping[str, Any]) -> tuple[date, Sequence[Any]]:
    bounds = {name: item.get(name) for name in ("starting_at", "ending_at")}
    results = item.get("results")
    if not isinstance(results, list) or not all(isinstance(one, dict) for one in results):
        raise ApiError("the answer holds something else than a list of objects")
    return _day_of(item), [{**record, **bounds} for record in results]


BUCKETS: Final = Layout(_bucket, has_each_day=True)
"""Records stand in the `results` of a bucket per day."""
DAYS: Final = Layout(_dated, has_each_day=True)
"""There is one record per day."""
DATED: Final = Layout(_dated)
"""Each record has a `starting_at`."""

# --- what both are asked -----------------------------------------------------------------------


def listed(
    api: str,
    name: str,
    columns: "Mapping[str, pa.DataType]",
    thing: str,
    about: str,
    client: str,
    following: "Following" = IDS,
    *,
    title: str = "",
    path: str = "",
    keys: tuple[str, ...] = ("id",),
    parent: str | None = None,
    params: tuple[tuple[str, str], ...] = (),
    headers: Mapping[str, str] = {},
    ignored: frozenset[str] = frozenset(),
    money: frozenset[str] = frozenset(),
    **facts: Any,  # noqa: ANN401  # of the table
) -> Table:
    """A list of things as they stand when it is read."""
    asked = (("limit", str(PAGE_ROWS)), *params)
    query = Query(f"{ROOT}/{path or name}", lambda _first, _last: asked, following, headers=headers)
    return Table(
        name,
        TableSpec(raw_schema(columns), keys=keys, money=money, ignored=ignored),
        grain=f"day on which the list was read{thing}",
        title=f"{api} {title or name.replace('_', ' ')}",
        about=about,
        timing=SNAPSHOT,
        **facts,
        endpoint=Endpoint((name,), (query,), client, parent=parent),
    )


def report_params(groups: tuple[str, ...], page_size: int) -> "Callable[[date, date], Params]":
    """What a report of daily buckets is asked for."""

    def params(first: date, last: date) -> "Params":
        return (
            ("starting_at", midnight(first)),
            # The default differs by edition, and per user there is none.
            ("ending_at", midnight(last + timedelta(days=1))),
            ("bucket_width", "1d"),
            ("limit", str(page_size)),
            *(("group_by[]", group) for group in groups),
        )

    return params


def midnight(day: date) -> str:
    """The beginning of a UTC day as the APIs take it."""
    return f"{datetime.combine(day, time()).isoformat()}Z"
