"""The Claude Code report of the Console: one day per request, models nested in their row."""

from datetime import datetime
from typing import Any, Final

import orjson
import pyarrow as pa

from .calls import Call, Document, Edition
from .clock import midnight, rfc3339
from .paging import Pager
from .parameters import required
from .shapes import Record, Shape
from .views import Selection, Sort, tuples

_ROWS: Final = "anthropic_console.claude_code_rows"
_MODELS: Final = "anthropic_console.claude_code_models"
PARAMETERS: Final = frozenset({"starting_at", "limit", "page"})
_DEFAULT_LIMIT: Final = 20
_MAX_LIMIT: Final = 1000
# A row and its models agree in all of these.
_DIMENSIONS: Final = (
    "organization_id",
    "actor__type",
    "actor__email_address",
    "actor__api_key_name",
    "customer_type",
    "subscription_type",
    "is_remote",
    "terminal_type",
)
_TOOLS: Final = ("edit_tool", "multi_edit_tool", "write_tool", "notebook_edit_tool")
_OMIT_NULL: Final = (
    "actor__email_address",
    "actor__api_key_name",
    "other_tool_actions_json",
    *(f"tool_actions__{tool}__{kind}" for tool in _TOOLS for kind in ("accepted", "rejected")),
)
_SORTS: Final = tuple(Sort(name) for name in _DIMENSIONS)


def claude_code(call: Call) -> Document:
    """Answer with a page of rows."""
    day = required(call.query.day("starting_at"), "starting_at")
    pager = Pager(call, call.query.limit(_DEFAULT_LIMIT, _MAX_LIMIT))
    selection = Selection(_ROWS, pager.at, first_day=day, last_day=day, sorts=_SORTS)
    rows = call.views.rows(selection)
    total = rows.num_rows
    page = rows.slice(pager.start, pager.stop(total) - pager.start)
    models = _models(call, Selection(_MODELS, pager.at, first_day=day, last_day=day))
    data = [
        _nested(record, midnight(day), models.get(key, []), call.edition)
        for key, record in zip(_keys(page), _records(call, page), strict=True)
    ]
    return {"data": data, **pager.has_more(total)}


def _records(call: Call, page: pa.Table) -> list[Record]:
    columns = [name for name in call.views.columns(_ROWS) if name != "date_day"]
    return Shape(columns, omit_null=_OMIT_NULL).records(page)


def _keys(rows: pa.Table) -> list[tuple[Any, ...]]:
    return list(tuples(rows, _DIMENSIONS)) if rows.num_rows else []


def _models(call: Call, selection: Selection) -> dict[tuple[Any, ...], list[Record]]:
    rows = call.views.rows(selection)
    columns = [
        name for name in call.views.columns(_MODELS) if name not in {*_DIMENSIONS, "date_day"}
    ]
    found: dict[tuple[Any, ...], list[Record]] = {}
    for key, record in zip(_keys(rows), Shape(columns).records(rows), strict=True):
        # The amount is a JSON number here, and its digits are those of the view.
        cost = record["estimated_cost"]
        cost["amount"] = orjson.Fragment(str(cost["amount"]))
        found.setdefault(key, []).append(record)
    return found


def _nested(
    record: Record, starting_at: datetime, models: list[Record], edition: Edition
) -> Record:
    actions = record.pop("tool_actions", {}) | record.pop("other_tool_actions", {})
    if edition < Edition.C:
        record.pop("is_remote", None)
    return {
        "date": rfc3339(starting_at),
        **record,
        "tool_actions": actions,
        "model_breakdown": models,
    }
