"""The endpoints of a Console organisation; members and invitations it shares with Enterprise."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from . import admin_objects, claude_code, console_reports
from .admin_objects import ID_PAGE_PARAMETERS
from .calls import Budget, Call, Document, Endpoint
from .keys import ADMIN, READ_MEMBERS, Organisation

_ACCESS: Final[Mapping[Organisation, str]] = MappingProxyType({"console": ADMIN})
_SHARED_ACCESS: Final[Mapping[Organisation, str]] = MappingProxyType(
    {"console": ADMIN, "enterprise": READ_MEMBERS}
)
_SHARED_BUDGETS: Final[Mapping[Organisation, Budget]] = MappingProxyType(
    {"console": Budget.CONSOLE_OBJECTS, "enterprise": Budget.ENTERPRISE_OBJECTS}
)


def _console(
    path: str, budget: Budget, parameters: frozenset[str], answer: Callable[[Call], Document]
) -> Endpoint:
    budgets: Mapping[Organisation, Budget] = MappingProxyType({"console": budget})
    return Endpoint(f"/v1/organizations/{path}", _ACCESS, budgets, parameters, answer)


def _shared(path: str, parameters: frozenset[str], answer: Callable[[Call], Document]) -> Endpoint:
    path = f"/v1/organizations/{path}"
    return Endpoint(path, _SHARED_ACCESS, _SHARED_BUDGETS, parameters, answer)


ENDPOINTS: Final = (
    _console(
        "usage_report/claude_code",
        Budget.CONSOLE_CLAUDE_CODE,
        claude_code.PARAMETERS,
        claude_code.claude_code,
    ),
    _console(
        "usage_report/messages",
        Budget.CONSOLE_REPORTS,
        console_reports.USAGE_PARAMETERS,
        console_reports.messages_usage,
    ),
    _console(
        "cost_report",
        Budget.CONSOLE_REPORTS,
        console_reports.COST_PARAMETERS,
        console_reports.cost_report,
    ),
    _console("me", Budget.CONSOLE_OBJECTS, frozenset(), admin_objects.organization),
    _console(
        "workspaces",
        Budget.CONSOLE_OBJECTS,
        ID_PAGE_PARAMETERS | {"include_archived"},
        admin_objects.workspaces,
    ),
    _console(
        "workspaces/{workspace_id}/members",
        Budget.CONSOLE_OBJECTS,
        ID_PAGE_PARAMETERS,
        admin_objects.workspace_members,
    ),
    _console(
        "api_keys",
        Budget.CONSOLE_OBJECTS,
        ID_PAGE_PARAMETERS | {"status", "workspace_id", "created_by_user_id"},
        admin_objects.api_keys,
    ),
    _shared("users", ID_PAGE_PARAMETERS | {"email", "roles[]"}, admin_objects.users),
    _shared(
        "invites", ID_PAGE_PARAMETERS | {"email", "roles[]", "statuses[]"}, admin_objects.invites
    ),
)
