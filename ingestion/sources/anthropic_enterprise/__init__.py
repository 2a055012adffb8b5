"""Activity, usage, cost and objects of an Enterprise organisation, read through its APIs."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import httpx

from ingestion.http.client import ApiClient
from ingestion.http.dialect import Following, Params
from ingestion.http.dialects.anthropic import BUCKETS, DATED, DAYS, IDS, PAGES, Anthropic, beta
from ingestion.http.limits import Clock, Limiter, SystemClock
from ingestion.http.records import to_json_text
from ingestion.http.source import ApiSource, Days, Endpoint, Layout, Query, RowFunction

from . import settings
from .newest import midnight, refreshed, refused_after
from .rows import office_rows, summaries

__all__ = ["open_enterprise"]

_ROOT: Final = "/v1/organizations"
_ANALYTICS_ROOT: Final = f"{_ROOT}/analytics"
_ANALYTICS: Final = "analytics"
_MEMBERS: Final = "members"
_GROUPS: Final = "groups"
_SPEND_LIMITS: Final = "spend_limits"


def open_enterprise(
    *,
    api_url: str,
    analytics_key: str,
    admin_key: str | None = None,
    requests_per_minute: int | None = None,
    clock: Clock | None = None,
    transport: httpx.BaseTransport | None = None,
) -> ApiSource:
    """The Enterprise organisation that the keys belong to.

    Args:
        api_url: Scheme and host of the API.
        analytics_key: A key that may read analytics.
        admin_key: A key that may read members, groups and spend limits; the same one if None.
        requests_per_minute: A limit that the vendor granted in place of the documented ones.
        clock: What to wait by.
        transport: Replaces the network in tests.

    Raises:
        CredentialFault: A key cannot be a key.
        ApiError: The address cannot be an address.
    """
    clock = clock or SystemClock()
    granted = Limiter(requests_per_minute, clock) if requests_per_minute else None
    objects = granted or Limiter(settings.OBJECT_REQUESTS_PER_MINUTE, clock)

    def client(key: str, key_setting: str, needs: str, limiter: Limiter) -> ApiClient:
        return ApiClient(
            api_url,
            key,
            dialect=Anthropic(),
            key_setting=key_setting,
            scope=needs,
            limiter=limiter,
            clock=clock,
            transport=transport,
        )

    def admin(scope: str, limiter: Limiter) -> ApiClient:
        needs = f"an Enterprise key with the scope {scope}"
        if admin_key is not None:
            return client(admin_key, settings.ADMIN_KEY_SETTING, needs, limiter)
        # Two keys are possible, and the user has set only one.
        needs += f", or {settings.ADMIN_KEY_SETTING} must"
        return client(analytics_key, settings.KEY_SETTING, needs, limiter)

    return ApiSource(
        source_id="anthropic_enterprise",
        endpoints=_ENDPOINTS,
        tables=settings.TABLES,
        clients={
            _ANALYTICS: client(
                analytics_key,
                settings.KEY_SETTING,
                f"an Enterprise key with the scope {settings.ANALYTICS_SCOPE}",
                granted or Limiter(settings.ANALYTICS_REQUESTS_PER_MINUTE, clock),
            ),
            _MEMBERS: admin(settings.MEMBERS_SCOPE, objects),
            _GROUPS: admin(settings.GROUPS_SCOPE, objects),
            _SPEND_LIMITS: admin(
                settings.SPEND_LIMITS_SCOPE,
                granted or Limiter(settings.SPEND_LIMIT_REQUESTS_PER_MINUTE, clock),
            ),
        },
        batch_days=settings.BATCH_DAYS,
        clock=clock,
    )


def _objects(
    path: str,
    table: str,
    client: str,
    following: Following,
    *,
    parent: str | None = None,
    **headers: str,
) -> Endpoint:
    asked = (("limit", str(settings.PAGE_ROWS)),)
    query = Query(f"{_ROOT}/{path}", lambda _first, _last: asked, following, headers=headers)
    return Endpoint((table,), (query,), client, parent=parent)


def _grouped(cut: str | None, groups: tuple[str, ...]) -> dict[str, str]:
    """Columns that tell how the rows of a query are grouped."""
    # Null means another thing in a dimension that was not asked for.
    values = {"group_by_json": to_json_text(list(groups))}
    return values if cut is None else {"cut": cut, **values}


def _engagement_days(path: str, day_param: str, per_query: int = 1) -> Days:
    return Days(
        refused_after(path, day_param),
        reread_days=settings.ENGAGEMENT_REREAD_DAYS,
        per_query=per_query,
        earliest_day=settings.FIRST_DAY,
    )


def _day_params(groups: tuple[str, ...]) -> Callable[[date, date], Params]:
    def params(first: date, _last: date) -> Params:
        return (
            ("date", first.isoformat()),
            ("limit", str(settings.PAGE_ROWS)),
            *(("group_by[]", group) for group in groups),
        )

    return params


def _daily_list(path: str, table: str, rows: RowFunction | None = None) -> Endpoint:
    """A list that is asked for twice: as the organisation is, and by user."""
    path = f"{_ANALYTICS_ROOT}/{path}"
    cuts: dict[str, tuple[str, ...]] = {"organisation": (), "user": settings.USER_CUT_GROUPS}
    queries = tuple(
        Query(path, _day_params(groups), PAGES, rows=rows, values=_grouped(cut, groups))
        for cut, groups in cuts.items()
    )
    return Endpoint((table,), queries, _ANALYTICS, _engagement_days(path, "date"))


def _user_activity() -> Endpoint:
    path = f"{_ANALYTICS_ROOT}/users"
    query = Query(path, _day_params(()), PAGES, rows=office_rows("user_activity"))
    return Endpoint(("user_activity",), (query,), _ANALYTICS, _engagement_days(path, "date"))


def _summaries() -> Endpoint:
    path = f"{_ANALYTICS_ROOT}/summaries"

    def params(first: date, last: date) -> Params:
        end = last + timedelta(days=1)
        return (("starting_date", first.isoformat()), ("ending_date", end.isoformat()))

    query = Query(path, params, PAGES, DAYS, items=summaries)
    days = _engagement_days(path, "starting_date", settings.SUMMARY_DAYS_PER_QUERY)
    return Endpoint(("summaries",), (query,), _ANALYTICS, days)


def _report(
    name: str,
    layout: Layout,
    cuts: dict[str | None, tuple[str, ...]],
    *,
    days_per_query: int,
    page_size: int,
) -> Endpoint:
    """A cost or usage report, asked for once for each cut."""
    path = f"{_ANALYTICS_ROOT}/{name}"
    queries = tuple(
        Query(
            path,
            _report_params(groups, page_size),
            PAGES,
            layout,
            values=_grouped(cut, groups),
        )
        for cut, groups in cuts.items()
    )
    days = Days(
        refreshed(path, next(iter(cuts.values()))),
        reread_days=settings.REPORT_REREAD_DAYS,
        per_query=days_per_query,
        earliest_day=settings.FIRST_DAY,
        history_days=settings.REPORT_HISTORY_DAYS,
    )
    return Endpoint((name,), queries, _ANALYTICS, days)


def _report_params(groups: tuple[str, ...], page_size: int) -> Callable[[date, date], Params]:
    def params(first: date, last: date) -> Params:
        return (
            ("starting_at", midnight(first)),
            # The default differs by edition, and per user there is none.
            ("ending_at", midnight(last + timedelta(days=1))),
            ("bucket_width", "1d"),
            ("limit", str(page_size)),
            *(("group_by[]", group) for group in groups),
        )

    return params


def _bucketed(name: str, groups: tuple[str, ...]) -> Endpoint:
    return _report(
        name,
        BUCKETS,
        {"total": (), "grouped": groups},
        days_per_query=settings.REPORT_DAYS_PER_QUERY,
        page_size=settings.REPORT_DAYS_PER_QUERY,
    )


def _per_user(name: str) -> Endpoint:
    return _report(
        name,
        DATED,
        {None: settings.USER_REPORT_GROUPS},
        days_per_query=settings.USER_REPORT_DAYS_PER_QUERY,
        page_size=settings.PAGE_ROWS,
    )


_ENDPOINTS: Final = (
    _objects("users", "members", _MEMBERS, IDS),
    _objects("invites", "invites", _MEMBERS, IDS),
    _objects("rbac_groups", "rbac_groups", _GROUPS, PAGES, **beta(settings.GROUPS_BETA)),
    _objects(
        "rbac_groups/{id}/members",
        "rbac_group_members",
        _GROUPS,
        PAGES,
        parent="rbac_groups",
        **beta(settings.GROUPS_BETA),
    ),
    _objects("spend_limits/effective", "spend_limits", _SPEND_LIMITS, PAGES),
    _user_activity(),
    _summaries(),
    _daily_list("apps/chat/projects", "chat_projects"),
    _daily_list("skills", "skills", office_rows("skills")),
    _daily_list("connectors", "connectors", office_rows("connectors")),
    _daily_list("plugins", "plugins"),
    _daily_list("artifacts", "artifacts"),
    _bucketed("usage_report", settings.USAGE_GROUPS),
    _bucketed("cost_report", settings.COST_GROUPS),
    _per_user("user_usage_report"),
    _per_user("user_cost_report"),
)
