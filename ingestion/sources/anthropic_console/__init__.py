"""Usage, cost and objects of a Console organisation, read through its Admin API."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import httpx

from ingestion.http.client import ApiClient
from ingestion.http.dialect import Params
from ingestion.http.dialects.anthropic import BUCKETS, IDS, PAGES, Anthropic, beta
from ingestion.http.limits import Clock, Limiter, SystemClock
from ingestion.http.records import to_json_text
from ingestion.http.source import ApiSource, Days, Endpoint, Query, complete_after

from . import settings
from .rows import claude_code

__all__ = ["open_console"]

_ROOT: Final = "/v1/organizations"
_OBJECTS: Final = "objects"
_USAGE: Final = "usage"
_COST: Final = "cost"


def open_console(
    *,
    api_url: str,
    admin_key: str,
    requests_per_minute: int | None = None,
    clock: Clock | None = None,
    transport: httpx.BaseTransport | None = None,
) -> ApiSource:
    """The Console organisation that the key belongs to.

    Args:
        api_url: Scheme and host of the API.
        admin_key: Its Admin API key.
        requests_per_minute: A limit that the vendor granted in place of the documented ones.
        clock: What to wait by.
        transport: Replaces the network in tests.

    Raises:
        CredentialFault: The key cannot be a key.
        ApiError: The address cannot be an address.
    """
    clock = clock or SystemClock()
    granted = Limiter(requests_per_minute, clock) if requests_per_minute else None

    def client(per_minute: int, *, counts_pages: bool) -> ApiClient:
        return ApiClient(
            api_url,
            admin_key,
            dialect=Anthropic(),
            key_setting=settings.KEY_SETTING,
            scope=settings.KEY_SCOPE,
            limiter=granted or Limiter(per_minute, clock),
            counts_pages=counts_pages or granted is not None,
            clock=clock,
            transport=transport,
        )

    return ApiSource(
        source_id="anthropic_console",
        endpoints=_ENDPOINTS,
        tables=settings.TABLES,
        clients={
            _OBJECTS: client(settings.REQUESTS_PER_MINUTE, counts_pages=True),
            _USAGE: client(settings.POLLS_PER_MINUTE, counts_pages=False),
            _COST: client(settings.POLLS_PER_MINUTE, counts_pages=False),
        },
        batch_days=settings.BATCH_DAYS,
        clock=clock,
    )


def _objects(path: str, table: str, parent: str | None = None, **params: str) -> Endpoint:
    asked = (("limit", str(settings.PAGE_ROWS)), *params.items())
    query = Query(f"{_ROOT}/{path}", lambda _first, _last: asked, IDS)
    return Endpoint((table,), (query,), _OBJECTS, parent=parent)


def _organization(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [payload]


def _claude_code_params(first: date, _last: date) -> Params:
    return (("starting_at", first.isoformat()), ("limit", str(settings.PAGE_ROWS)))


def _report_params(groups: tuple[str, ...]) -> Callable[[date, date], Params]:
    def params(first: date, last: date) -> Params:
        return (
            ("starting_at", _midnight(first)),
            ("ending_at", _midnight(last + timedelta(days=1))),
            ("bucket_width", "1d"),
            ("limit", str(settings.REPORT_DAYS_PER_QUERY)),
            *(("group_by[]", group) for group in groups),
        )

    return params


def _midnight(day: date) -> str:
    return f"{datetime.combine(day, time()).isoformat()}Z"


def _report(
    path: str, table: str, client: str, groups: tuple[str, ...], **headers: str
) -> Endpoint:
    query = Query(
        f"{_ROOT}/{path}",
        _report_params(groups),
        PAGES,
        BUCKETS,
        # Null means another thing in a dimension that was not asked for.
        values={"group_by_json": to_json_text(list(groups))},
        headers=headers,
    )
    days = Days(
        complete_after(timedelta(minutes=settings.REPORT_LAG_MINUTES)),
        reread_days=settings.REPORT_REREAD_DAYS,
        per_query=settings.REPORT_DAYS_PER_QUERY,
        month_reread_day=settings.MONTH_REREAD_DAY,
    )
    return Endpoint((table,), (query,), client, days)


_ENDPOINTS: Final = (
    Endpoint(
        ("organizations",),
        (Query(f"{_ROOT}/me", lambda _first, _last: (), items=_organization),),
        _OBJECTS,
    ),
    _objects("users", "users"),
    _objects("invites", "invites"),
    # Usage of the past may stand in a workspace that is archived by now.
    _objects("workspaces", "workspaces", include_archived="true"),
    _objects("workspaces/{id}/members", "workspace_members", parent="workspaces"),
    _objects("api_keys", "api_keys"),
    Endpoint(
        ("claude_code_rows", "claude_code_models"),
        (
            Query(
                f"{_ROOT}/usage_report/claude_code",
                _claude_code_params,
                PAGES,
                rows=claude_code,
            ),
        ),
        _OBJECTS,
        Days(
            complete_after(timedelta(minutes=settings.CLAUDE_CODE_LAG_MINUTES)),
            reread_days=settings.CLAUDE_CODE_REREAD_DAYS,
        ),
    ),
    _report(
        "usage_report/messages",
        "messages_usage",
        _USAGE,
        settings.USAGE_GROUPS,
        **beta(settings.SPEED_BETA),
    ),
    _report("cost_report", "cost_report", _COST, settings.COST_GROUPS),
)
