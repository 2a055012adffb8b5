"""Enterprise Analytics, engagement: who used what on a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from .calls import Call, Document, Edition
from .clock import midnight
from .editions import columns_of, summaries_document
from .errors import bad_request
from .paging import Pager
from .parameters import required
from .shapes import Shape, as_text
from .views import Selection, Sort

FIRST_DAY: Final = date(2026, 1, 1)
_MAX_LIMIT: Final = 1000
_DEFAULT_LIMIT: Final = 100
_ONE_DAY: Final = timedelta(days=1)
_MAX_DAYS: Final = 366
_MAX_DAYS_BEFORE_C: Final = 31
_ONLY_GROUPED: Final = ("product", "user_id", "rbac_group_id", "rbac_group_name")
_SUMMARIES: Final = "anthropic_enterprise.summaries"

PARAMETERS: Final = frozenset(
    {
        "date",
        "starting_date",
        "ending_date",
        "group_by[]",
        "filter[]",
        "order_by",
        "order",
        "limit",
        "page",
    }
)
ARTIFACTS_PARAMETERS: Final = PARAMETERS - {"starting_date", "ending_date", "order_by", "order"}
# The last two since edition D.
SUMMARIES_PARAMETERS: Final = frozenset(
    {"starting_date", "ending_date", "filter[]", "limit", "page"}
)


@dataclass(frozen=True)
class Feature:
    """One of the daily lists.

    Args:
        table: Its view.
        sort_column: The order of its rows.
        group_by: What the vendor lets group by.
        filters: What it lets filter by, and the column that tells; None where the views have none.
        has_cuts: Whether the view holds the rows by user beside those of the organisation.
        omit_null: Further columns that are left out where they are null.
        nullable_objects: Objects that may be null.
    """

    table: str
    sort_column: str
    group_by: tuple[str, ...]
    filters: Mapping[str, str | None]
    has_cuts: bool = True
    omit_null: tuple[str, ...] = ()
    nullable_objects: tuple[str, ...] = ()
    default_limit: Mapping[Edition, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The bare name of the table."""
        return self.table.rpartition(".")[2]


USERS: Final = Feature(
    "anthropic_enterprise.user_activity",
    "user__email_address",
    ("rbac_group_id",),
    MappingProxyType({"project_id": None, "rbac_group_id": None, "user_id": "user__id"}),
    has_cuts=False,
    omit_null=("distinct_user_count", "rbac_group_id", "rbac_group_name"),
    nullable_objects=("user",),
    default_limit=MappingProxyType({Edition.A: 20, Edition.B: 20}),
)
CHAT_PROJECTS: Final = Feature(
    "anthropic_enterprise.chat_projects",
    "project_id",
    ("user_id", "rbac_group_id"),
    MappingProxyType({"project_id": "project_id", "rbac_group_id": None, "user_id": "user_id"}),
    nullable_objects=("created_by",),
)
SKILLS: Final = Feature(
    "anthropic_enterprise.skills",
    "skill_name",
    ("user_id", "rbac_group_id", "product"),
    MappingProxyType(
        {
            "product": None,
            "rbac_group_id": None,
            "share_status": "share_status",
            "skill_name": "skill_name",
            "user_id": "user_id",
        }
    ),
)
CONNECTORS: Final = Feature(
    "anthropic_enterprise.connectors",
    "connector_name",
    ("user_id", "rbac_group_id", "product"),
    MappingProxyType(
        {
            "connector_name": "connector_name",
            "product": None,
            "rbac_group_id": None,
            "user_id": "user_id",
        }
    ),
)
PLUGINS: Final = Feature(
    "anthropic_enterprise.plugins",
    "plugin_name",
    ("user_id", "rbac_group_id", "product"),
    MappingProxyType(
        {
            "plugin_name": "plugin_name",
            "product": None,
            "rbac_group_id": None,
            "user_id": "user_id",
        }
    ),
)
ARTIFACTS: Final = Feature(
    "anthropic_enterprise.artifacts",
    "artifact_type",
    ("user_id", "rbac_group_id"),
    MappingProxyType(
        {
            "artifact_type": "artifact_type",
            "is_shared": "is_shared",
            "rbac_group_id": None,
            "user_id": "user_id",
        }
    ),
)


def daily_list(call: Call, feature: Feature) -> Document:
    """Answer with a page of a daily list."""
    day = _asked_day(call, feature)
    cut = _cut(call, feature)
    equals = _filters(call, feature, cut)
    limit = call.query.limit(feature.default_limit.get(call.edition, _DEFAULT_LIMIT), _MAX_LIMIT)
    pager = Pager(call, limit)
    sort = Sort(feature.sort_column, descending=_is_descending(call, feature))
    selection = Selection(feature.table, pager.at, day, day, equals, (sort,))
    rows = call.views.rows(selection)
    total = rows.num_rows
    columns = [
        name
        for name in columns_of(rows.column_names, call.edition)
        if name not in {"date_day", "cut"}
    ]
    shape = Shape(
        columns,
        omit_null=(*_ONLY_GROUPED, *feature.omit_null),
        nullable_objects=feature.nullable_objects,
    )
    if feature is ARTIFACTS and cut == "organisation":
        # Its ungrouped answer is one page, whatever the limit says.
        return {"data": shape.records(rows), "next_page": None}
    page = rows.slice(pager.start, pager.stop(total) - pager.start)
    return {"data": shape.records(page), "next_page": pager.next_page(total)}


def summaries(call: Call) -> Document:
    """Answer with the organisation's days."""
    if call.edition < Edition.D and ("limit" in call.query or "page" in call.query):
        raise bad_request("limit, page: this endpoint has no pages")
    newest = call.publication.newest_day("summaries", call.now)
    today = call.now.date()
    first = required(call.query.day("starting_date"), "starting_date")
    _not_before_first(first, "starting_date")
    if first > newest:
        raise _not_available(first, newest)
    end = call.query.day("ending_date") or newest + _ONE_DAY
    if end > today:
        raise bad_request("ending_date: at most today")
    longest = _MAX_DAYS if call.edition >= Edition.C else _MAX_DAYS_BEFORE_C
    _check_window(first, end, longest)
    for entry in call.query.array("filter"):
        dimension = entry.partition(":")[0]
        if dimension != "rbac_group_id":
            raise bad_request(f"filter[]: unsupported dimension '{dimension}'")
        raise bad_request("filter[]: legal, but the stand-in holds the organisation only")
    last = min(end - _ONE_DAY, newest)
    rows = call.views.rows(Selection(_SUMMARIES, call.now, first, last, (), (Sort("date_day"),)))
    columns = columns_of(rows.column_names, call.edition)
    optional = tuple(
        name for name in columns if name.endswith(("_active_user_count", "_entitled_user_count"))
    )
    shape = Shape([name for name in columns if name != "cut"], omit_null=optional)
    records = []
    for record in shape.records(rows):
        day = date.fromisoformat(record.pop("date_day"))
        bounds = {
            "starting_at": as_text(midnight(day)),
            "ending_at": as_text(midnight(day + _ONE_DAY)),
        }
        records.append({**record, **bounds})
    return summaries_document(records, call.edition)


def _asked_day(call: Call, feature: Feature) -> date:
    day, first = call.query.day("date"), call.query.day("starting_date")
    if (day is None) == (first is None):
        raise bad_request("exactly one of date and starting_date is required")
    if "ending_date" in call.query and first is None:
        raise bad_request("ending_date: only with starting_date")
    newest = call.publication.newest_day(feature.name, call.now)
    if first is None:
        wanted = required(day, "date")
        _not_before_first(wanted, "date")
    else:
        wanted = first
        _not_before_first(wanted, "starting_date")
        end = call.query.day("ending_date") or newest + _ONE_DAY
        if end > call.now.date():
            raise bad_request("ending_date: at most today")
        if wanted <= newest:
            _check_window(wanted, end, _MAX_DAYS)
            if end - wanted > _ONE_DAY:
                raise bad_request("ending_date: legal, but the stand-in holds single days only")
    if wanted > newest:
        raise _not_available(wanted, newest)
    return wanted


def _not_before_first(day: date, name: str) -> None:
    if day < FIRST_DAY:
        raise bad_request(f"{name}: no data before {FIRST_DAY}")


def _not_available(day: date, newest: date) -> Exception:
    return bad_request(f"data for {day} is not available yet; the newest available day is {newest}")


def _check_window(first: date, end: date, longest: int) -> None:
    if end <= first:
        raise bad_request("ending_date: must be after starting_date")
    if (end - first).days > longest:
        raise bad_request(f"at most {longest} days per request")


def _cut(call: Call, feature: Feature) -> str | None:
    asked = call.query.array("group_by", feature.group_by)
    if feature is ARTIFACTS and not asked and "page" in call.query:
        raise bad_request("page: only with group_by[]")
    if not asked:
        return "organisation" if feature.has_cuts else None
    if feature.has_cuts and set(asked) == {"user_id"}:
        return "user"
    raise bad_request("group_by[]: legal, but the stand-in holds no such cut")


def _filters(
    call: Call, feature: Feature, cut: str | None
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    wanted: dict[str, list[str]] = {}
    for entry in call.query.array("filter"):
        dimension, colon, value = entry.partition(":")
        if dimension not in feature.filters or not colon:
            raise bad_request(f"filter[]: unsupported dimension '{dimension}'")
        column = feature.filters[dimension]
        if column is None or (column == "user_id" and cut != "user"):
            raise bad_request(f"filter[]: '{dimension}' is legal, but not held by the stand-in")
        wanted.setdefault(column, []).append(value)
    cuts = [("cut", (cut,))] if cut else []
    return (*cuts, *((column, tuple(values)) for column, values in wanted.items()))


def _is_descending(call: Call, feature: Feature) -> bool:
    order_by = call.query.text("order_by")
    if order_by is not None and order_by != feature.sort_column.rpartition("__")[2]:
        raise bad_request(f"order_by: the stand-in sorts by {feature.sort_column} only")
    return call.query.choice("order", ("asc", "desc"), "asc") == "desc"
