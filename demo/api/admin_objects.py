"""Objects of the Admin API: what exists now, without history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from .calls import Call, Document
from .editions import api_key, columns_of
from .errors import Refusal, bad_request
from .keys import Organisation
from .paging import Pager, id_page
from .shapes import Record, Shape
from .views import Selection, Sort

_DEFAULT_LIMIT: Final = 20
_MAX_LIMIT: Final = 1000
ID_PAGE_PARAMETERS: Final = frozenset({"limit", "after_id", "before_id"})
PAGE_PARAMETERS: Final = frozenset({"limit", "page"})

_USERS: Final[Mapping[Organisation, str]] = MappingProxyType(
    {"console": "anthropic_console.users", "enterprise": "anthropic_enterprise.members"}
)
_INVITES: Final[Mapping[Organisation, str]] = MappingProxyType(
    {"console": "anthropic_console.invites", "enterprise": "anthropic_enterprise.invites"}
)
_ORGANISATIONS: Final = "anthropic_console.organizations"
_WORKSPACES: Final = "anthropic_console.workspaces"
_GROUPS: Final = "anthropic_enterprise.rbac_groups"


@dataclass(frozen=True)
class Listing:
    """A list of objects.

    Args:
        table: Its view.
        id_column: What names an object.
        newest_first: The column that dates it; None sorts by id.
        omit_null: Columns that are left out where they are null.
        nullable_objects: Objects that may be null.
    """

    table: str
    id_column: str = "id"
    newest_first: str | None = None
    omit_null: tuple[str, ...] = ()
    nullable_objects: tuple[str, ...] = ()

    def selection(self, at: datetime, equals: Mapping[str, tuple[str, ...]]) -> Selection:
        """All its objects with given values, in the vendor's order."""
        dated = (Sort(self.newest_first, descending=True),) if self.newest_first else ()
        return Selection(
            self.table,
            at,
            equals=tuple((column, values) for column, values in equals.items() if values),
            sorts=(*dated, Sort(self.id_column)),
        )

    def shape(self, call: Call) -> Shape:
        """How its columns nest."""
        columns = columns_of(call.views.columns(self.table), call.edition)
        return Shape(
            [name for name in columns if name != "date_day"],
            omit_null=self.omit_null,
            nullable_objects=self.nullable_objects,
        )


def organization(call: Call) -> Document:
    """Answer with the organisation itself."""
    listing = Listing(_ORGANISATIONS)
    found = listing.shape(call).records(call.views.rows(listing.selection(call.now, {})))
    if not found:
        raise Refusal(404, "no such organization")
    return found[0]


def users(call: Call) -> Document:
    """Answer with members."""
    listing = Listing(_USERS[call.key.organisation], newest_first="added_at")
    return _id_document(call, listing, _equals(call, email="email", roles="role"))


def invites(call: Call) -> Document:
    """Answer with invitations."""
    listing = Listing(
        _INVITES[call.key.organisation],
        newest_first="invited_at",
        omit_null=("rbac_group_ids_json",),
    )
    return _id_document(
        call, listing, _equals(call, email="email", roles="role", statuses="status")
    )


def workspaces(call: Call) -> Document:
    """Answer with workspaces; the default one is never among them."""
    listing = Listing(_WORKSPACES, newest_first="created_at")
    with_archived = call.query.flag("include_archived")
    found = listing.shape(call).records(call.views.rows(listing.selection(call.now, {})))
    return _id_page(
        call,
        [record for record in found if with_archived or record["archived_at"] is None],
        listing.id_column,
    )


def workspace_members(call: Call) -> Document:
    """Answer with the members of one workspace."""
    workspace_id = call.path_parameters["workspace_id"]
    _must_exist(call, _WORKSPACES, workspace_id)
    listing = Listing("anthropic_console.workspace_members", "user_id")
    return _id_document(call, listing, {"workspace_id": (workspace_id,)})


def api_keys(call: Call) -> Document:
    """Answer with API keys."""
    listing = Listing(
        "anthropic_console.api_keys",
        newest_first="created_at",
        omit_null=("scope__type", "scope__workspace_id"),
        nullable_objects=("created_by", "principal"),
    )
    wanted = _equals(
        call, status="status", workspace_id="workspace_id", created_by_user_id="created_by__id"
    )
    document = _id_document(call, listing, wanted)
    document["data"] = [api_key(record, call.edition) for record in document["data"]]
    return document


def rbac_groups(call: Call) -> Document:
    """Answer with groups."""
    return _has_more_document(call, Listing(_GROUPS, newest_first="created_at"), {})


def rbac_group_members(call: Call) -> Document:
    """Answer with the members of one group."""
    group_id = call.path_parameters["group_id"]
    _must_exist(call, _GROUPS, group_id)
    listing = Listing("anthropic_enterprise.rbac_group_members", "user_id")
    return _has_more_document(call, listing, {"group_id": (group_id,)})


def spend_limits(call: Call) -> Document:
    """Answer with the limits that are in force."""
    listing = Listing(
        "anthropic_enterprise.spend_limits",
        "spend_limit_id",
        omit_null=tuple(
            f"source__{name}" for name in ("seat_tier", "rbac_group_id", "service", "user_id")
        ),
    )
    wanted = _equals(call, user_ids="actor__user_id", period="period")
    pager, data, total = _page(call, listing, wanted)
    return {"data": data, "next_page": pager.next_page(total)}


def _equals(call: Call, **columns: str) -> dict[str, tuple[str, ...]]:
    """The values asked for, by column; the names are those of single or bracketed parameters."""
    wanted: dict[str, tuple[str, ...]] = {}
    for name, column in columns.items():
        single = call.query.text(name)
        wanted[column] = (single,) if single is not None else call.query.array(name)
    return wanted


def _id_document(call: Call, listing: Listing, equals: Mapping[str, tuple[str, ...]]) -> Document:
    rows = call.views.rows(listing.selection(call.now, equals))
    return _id_page(call, listing.shape(call).records(rows), listing.id_column)


def _id_page(call: Call, records: list[Record], id_column: str) -> Document:
    limit = call.query.limit(_DEFAULT_LIMIT, _MAX_LIMIT)
    page, end = id_page(call, [record[id_column] for record in records], limit)
    return {"data": records[page], **end}


def _has_more_document(
    call: Call, listing: Listing, equals: Mapping[str, tuple[str, ...]]
) -> Document:
    pager, data, total = _page(call, listing, equals)
    return {"data": data, **pager.has_more(total)}


def _page(
    call: Call, listing: Listing, equals: Mapping[str, tuple[str, ...]]
) -> tuple[Pager, list[Record], int]:
    pager = Pager(call, call.query.limit(_DEFAULT_LIMIT, _MAX_LIMIT))
    rows = call.views.rows(listing.selection(pager.at, equals))
    total = rows.num_rows
    page = rows.slice(pager.start, pager.stop(total) - pager.start)
    return pager, listing.shape(call).records(page), total


def _must_exist(call: Call, table: str, object_id: str) -> None:
    if object_id.strip() != object_id or not object_id:
        raise bad_request("malformed id")
    listing = Listing(table)
    if not call.views.rows(listing.selection(call.now, {"id": (object_id,)})).num_rows:
        raise Refusal(404, f"no such object: {object_id}")
