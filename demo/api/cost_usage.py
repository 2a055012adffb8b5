"""Enterprise Analytics, cost and usage: in buckets, and per user."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from .buckets import (
    asked_moments,
    bucket_limit,
    bucket_page,
    cut_of,
    only_days,
    served_columns,
    span_of,
)
from .calls import Call, Document, Edition
from .clock import midnight, rfc3339
from .editions import columns_of, rename_cost_and_usage
from .engagement import FIRST_DAY
from .errors import bad_request
from .paging import Pager
from .shapes import Record, Shape
from .views import Selection, Sort

ORGANISATION_ID: Final = "org_demo"
_FIRST_MOMENT: Final = midnight(FIRST_DAY)
_HISTORY: Final = timedelta(days=365)
_MAX_SPAN: Final = timedelta(days=31)
_ONE_DAY: Final = timedelta(days=1)
_REFRESH_LAG: Final = timedelta(hours=4)
_TOP_GROUPS: Final = 100
_USER_LIMIT: Final = 20
_MAX_USER_LIMIT: Final = 1000
_WIDTHS: Final = ("1d", "1h", "1m")
# A split by cost type: the views hold one amount, of which this part goes to web searches.
_WEB_SEARCH_PART: Final = Decimal("0.05")

_DIMENSIONS: Final = (
    "context_window",
    "inference_geo",
    "model",
    "product",
    "rbac_group_id",
    "slack_channel_id",
    "speed",
)
_COST_DIMENSIONS: Final = ("cost_type", "token_type")
_TAG_DIMENSIONS: Final = ("claude_tag_category", "claude_tag_user_id")
_FILTERS: Final = {
    "products": "product",
    "models": "model",
    "context_windows": "context_window",
    "inference_geos": "inference_geo",
    "speeds": "speed",
    "user_ids": "actor__user_id",
    "rbac_group_ids": "rbac_group_id",
    "slack_channel_ids": "slack_channel_id",
}
_TAG_FILTERS: Final = ("claude_tag_categories[]", "claude_tag_user_ids[]")
BUCKET_PARAMETERS: Final = frozenset(
    {"starting_at", "ending_at", "bucket_width", "limit", "page", "group_by[]", *_TAG_FILTERS}
    | {f"{name}[]" for name in _FILTERS}
)
USER_PARAMETERS: Final = BUCKET_PARAMETERS | {"order_by", "order", "exclude_deleted_users"}


@dataclass(frozen=True)
class Report:
    """One of the four reports.

    Args:
        table: Its view.
        is_cost: Whether it tells money.
        group_by: The grouping that the view holds.
        orders: The columns that a per-user report can be ranked by, the default first.
    """

    table: str
    is_cost: bool
    group_by: frozenset[str]
    orders: tuple[str, ...] = ()

    def dimensions(self, edition: Edition) -> tuple[str, ...]:
        """What the vendor lets group by."""
        cost = _COST_DIMENSIONS if self.is_cost else ()
        return (*_DIMENSIONS, *cost, *(_TAG_DIMENSIONS if edition >= Edition.D else ()))


USAGE: Final = Report(
    "anthropic_enterprise.usage_report",
    is_cost=False,
    group_by=frozenset({"product", "model", "context_window", "inference_geo", "speed"}),
)
COST: Final = Report(
    "anthropic_enterprise.cost_report",
    is_cost=True,
    group_by=frozenset({"product", "model", "cost_type", "token_type"}),
)
USER_USAGE: Final = Report(
    "anthropic_enterprise.user_usage_report",
    is_cost=False,
    group_by=frozenset({"product", "model"}),
    orders=("total_tokens", "output_tokens", "uncached_input_tokens", "requests"),
)
USER_COST: Final = Report(
    "anthropic_enterprise.user_cost_report",
    is_cost=True,
    group_by=frozenset({"product", "model"}),
    orders=("amount", "list_amount"),
)


def refreshed_at(now: datetime) -> datetime:
    """When the exported data was last refreshed: every hour, four hours behind."""
    return now.replace(minute=0, second=0, microsecond=0) - _REFRESH_LAG


def bucketed(call: Call, report: Report) -> Document:
    """Answer with a page of buckets."""
    only_days(call, _WIDTHS)
    cut = cut_of(
        call,
        report.dimensions(call.edition),
        {frozenset(): "total", report.group_by: "grouped"},
    )
    equals = (*_filters(call, report), ("cut", (str(cut),)))
    if cut == "total" and len(equals) > 1:
        raise bad_request(
            "filters are legal here, but the stand-in holds them on grouped rows only"
        )
    span = span_of(*_bounds(call), call.now)
    refreshed = refreshed_at(call.now)
    pager = Pager(call, bucket_limit(call), refreshed_at=refreshed)
    columns = columns_of(served_columns(call.views.columns(report.table)), call.edition)
    selection = Selection(
        report.table,
        pager.at,
        last_day=refreshed.date() - _ONE_DAY,
        equals=equals,
        sorts=_rank(report),
    )
    data = bucket_page(call, pager, span, selection, Shape(columns))
    for bucket in data:
        shown = bucket["results"][:_TOP_GROUPS]
        bucket["results"] = [rename_cost_and_usage(record, call.edition) for record in shown]
    return _document(data, refreshed, pager, len(span.days()))


def per_user(call: Call, report: Report) -> Document:
    """Answer with a page of users' rows, the largest first."""
    starting_at, ending_at = _bounds(call)
    if "bucket_width" not in call.query:
        raise bad_request("bucket_width: may be left out, but the stand-in holds days only")
    if "ending_at" not in call.query:
        raise bad_request("ending_at: required with bucket_width")
    only_days(call, _WIDTHS)
    is_split = _is_split(call, report)
    order_by = call.query.choice("order_by", report.orders, report.orders[0])
    descending = call.query.choice("order", ("asc", "desc"), "desc") == "desc"
    refreshed = refreshed_at(call.now)
    limit = call.query.limit(_USER_LIMIT, _MAX_USER_LIMIT)
    pager = Pager(call, limit, refreshed_at=refreshed)
    span = span_of(starting_at, ending_at, call.now)
    last_day = min(span.end_day, refreshed.date()) - _ONE_DAY
    sorts = (
        Sort(order_by, descending=descending, is_amount=report.is_cost),
        *(Sort(name) for name in ("actor__user_id", "date_day", "product", "model")),
    )
    rows = call.views.rows(
        Selection(report.table, pager.at, span.first_day, last_day, _filters(call, report), sorts)
    )
    total = rows.num_rows
    columns = [
        name
        for name in columns_of(call.views.columns(report.table), call.edition)
        if name not in {"date_day", "cut"}
    ]
    records = Shape(columns).records(rows.slice(pager.start, pager.stop(total) - pager.start))
    if call.query.flag("exclude_deleted_users"):
        # Taken out after the page was cut, so that pages come out short.
        records = [record for record in records if not record["actor"]["deleted"]]
    shown = [
        part for record in records for part in (_by_cost_type(record) if is_split else (record,))
    ]
    data = [rename_cost_and_usage(record, call.edition) for record in shown]
    return _document(data, refreshed, pager, total)


def _document(data: list[Record], refreshed: datetime, pager: Pager, total: int) -> Document:
    return {
        "organization_id": ORGANISATION_ID,
        "data": data,
        "data_refreshed_at": rfc3339(refreshed),
        **pager.has_more(total),
    }


def _bounds(call: Call) -> tuple[datetime, datetime]:
    starting_at, asked_end = asked_moments(call)
    if starting_at < max(_FIRST_MOMENT, call.now - _HISTORY):
        raise bad_request("starting_at: before 2026-01-01 or more than 365 days ago")
    ending_at = asked_end or min(call.now, starting_at + _MAX_SPAN)
    if ending_at - starting_at > _MAX_SPAN:
        raise bad_request("at most 31 days per request")
    return starting_at, ending_at


def _filters(call: Call, report: Report) -> tuple[tuple[str, tuple[str, ...]], ...]:
    known = call.views.columns(report.table)
    chosen = []
    for name, column in _FILTERS.items():
        if values := call.query.array(name):
            if column not in known:
                raise bad_request(f"{name}[]: legal, but not held by the stand-in")
            chosen.append((column, values))
    for name in _TAG_FILTERS:
        if name in call.query:
            raise bad_request(f"{name}: not held by the stand-in")
    return tuple(chosen)


def _rank(report: Report) -> tuple[Sort, ...]:
    if report.is_cost:
        return (Sort("date_day"), Sort("list_amount", descending=True, is_amount=True))
    return (Sort("date_day"), Sort("requests", descending=True))


def _is_split(call: Call, report: Report) -> bool:
    """Whether rows are split by cost type; the parts do not count towards the page size."""
    dimensions = report.dimensions(call.edition)
    cuts = {report.group_by: "rows"}
    if report.is_cost:
        cuts[report.group_by | {"cost_type"}] = "parts"
    return cut_of(call, dimensions, cuts) == "parts"


def _by_cost_type(record: Record) -> Iterable[Record]:
    parts = {name: Decimal(record[name]) for name in ("amount", "list_amount")}
    searches = {name: (value * _WEB_SEARCH_PART).quantize(value) for name, value in parts.items()}
    tokens = {name: value - searches[name] for name, value in parts.items()}
    for cost_type, amounts in (("tokens", tokens), ("web_search", searches)):
        yield {
            **record,
            **{name: str(value) for name, value in amounts.items()},
            "actor": dict(record["actor"]),
            "cost_type": cost_type,
            "requests": None,
        }
