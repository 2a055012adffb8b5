"""Usage and cost of the Console."""

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
from .calls import Call, Document
from .errors import bad_request
from .paging import Pager
from .shapes import Shape
from .views import Selection

_USAGE: Final = "anthropic_console.messages_usage"
_COST: Final = "anthropic_console.cost_report"
_FAST_MODE: Final = "fast-mode-2026-02-01"
_USAGE_DIMENSIONS: Final = (
    "account_id",
    "api_key_id",
    "context_window",
    "inference_geo",
    "model",
    "service_account_id",
    "service_tier",
    "speed",
    "workspace_id",
)
_COST_DIMENSIONS: Final = ("workspace_id", "description")
# Parameter and column of each filter; one of them has a singular name.
_USAGE_FILTERS: Final = {
    "account_ids": "account_id",
    "api_key_ids": "api_key_id",
    "service_account_ids": "service_account_id",
    "workspace_ids": "workspace_id",
    "models": "model",
    "context_window": "context_window",
    "inference_geos": "inference_geo",
    "service_tiers": "service_tier",
    "speeds": "speed",
}
_COMMON: Final = frozenset(
    {"starting_at", "ending_at", "bucket_width", "limit", "page", "group_by[]"}
)
USAGE_PARAMETERS: Final = _COMMON | {f"{name}[]" for name in _USAGE_FILTERS}
COST_PARAMETERS: Final = _COMMON


def messages_usage(call: Call) -> Document:
    """Answer with buckets of tokens."""
    only_days(call, ("1m", "1h", "1d"))
    wants_speed = "speed" in call.query.array("group_by") or "speeds[]" in call.query
    if wants_speed and _FAST_MODE not in call.headers.get("anthropic-beta", ""):
        raise bad_request(f"speed needs the header anthropic-beta: {_FAST_MODE}")
    cut_of(call, _USAGE_DIMENSIONS, {frozenset(_USAGE_DIMENSIONS): None})
    equals = tuple(
        (column, values)
        for name, column in _USAGE_FILTERS.items()
        if (values := call.query.array(name))
    )
    return _report(call, _USAGE, equals)


def cost_report(call: Call) -> Document:
    """Answer with buckets of cost."""
    only_days(call, ("1d",))
    cut_of(call, _COST_DIMENSIONS, {frozenset(_COST_DIMENSIONS): None})
    return _report(call, _COST, ())


def _report(call: Call, table: str, equals: tuple[tuple[str, tuple[str, ...]], ...]) -> Document:
    starting_at, ending_at = asked_moments(call)
    pager = Pager(call, bucket_limit(call))
    span = span_of(starting_at, ending_at, pager.at)
    shape = Shape(served_columns(call.views.columns(table)), omit_null=("speed",))
    data = bucket_page(call, pager, span, Selection(table, pager.at, equals=equals), shape)
    return {"data": data, **pager.has_more(len(span.days()))}
