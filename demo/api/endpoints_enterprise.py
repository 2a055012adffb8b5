"""The endpoints of an Enterprise organisation."""

from collections.abc import Callable
from functools import partial
from types import MappingProxyType
from typing import Final

from . import admin_objects, cost_usage, engagement
from .admin_objects import PAGE_PARAMETERS
from .calls import Budget, Call, Document, Edition, Endpoint
from .keys import READ_ANALYTICS, READ_GROUPS, READ_SPEND_LIMITS


def _enterprise(
    path: str,
    scope: str,
    budget: Budget,
    parameters: frozenset[str],
    answer: Callable[[Call], Document],
    *,
    since: Edition = Edition.A,
    is_versioned: bool = True,
) -> Endpoint:
    return Endpoint(
        f"/v1/organizations/{path}",
        MappingProxyType({"enterprise": scope}),
        MappingProxyType({"enterprise": budget}),
        parameters,
        answer,
        since=since,
        is_versioned=is_versioned,
    )


def _analytics(
    path: str,
    parameters: frozenset[str],
    answer: Callable[[Call], Document],
    since: Edition = Edition.A,
) -> Endpoint:
    return _enterprise(
        f"analytics/{path}",
        READ_ANALYTICS,
        Budget.ENTERPRISE_ANALYTICS,
        parameters,
        answer,
        since=since,
        # Editions A and B show calls without the header.
        is_versioned=False,
    )


def _daily(path: str, feature: engagement.Feature, since: Edition = Edition.A) -> Endpoint:
    is_one_day = feature is engagement.ARTIFACTS
    parameters = engagement.ARTIFACTS_PARAMETERS if is_one_day else engagement.PARAMETERS
    return _analytics(path, parameters, partial(engagement.daily_list, feature=feature), since)


def _bucketed(path: str, report: cost_usage.Report) -> Endpoint:
    answer = partial(cost_usage.bucketed, report=report)
    return _analytics(path, cost_usage.BUCKET_PARAMETERS, answer, Edition.B)


def _per_user(path: str, report: cost_usage.Report) -> Endpoint:
    answer = partial(cost_usage.per_user, report=report)
    return _analytics(path, cost_usage.USER_PARAMETERS, answer, Edition.B)


ENDPOINTS: Final = (
    _daily("users", engagement.USERS),
    _analytics("summaries", engagement.SUMMARIES_PARAMETERS, engagement.summaries),
    _daily("apps/chat/projects", engagement.CHAT_PROJECTS),
    _daily("skills", engagement.SKILLS),
    _daily("connectors", engagement.CONNECTORS),
    _daily("plugins", engagement.PLUGINS, Edition.C),
    _daily("artifacts", engagement.ARTIFACTS, Edition.C),
    _bucketed("usage_report", cost_usage.USAGE),
    _bucketed("cost_report", cost_usage.COST),
    _per_user("user_usage_report", cost_usage.USER_USAGE),
    _per_user("user_cost_report", cost_usage.USER_COST),
    _enterprise(
        "rbac_groups",
        READ_GROUPS,
        Budget.ENTERPRISE_OBJECTS,
        PAGE_PARAMETERS,
        admin_objects.rbac_groups,
        is_versioned=False,
    ),
    _enterprise(
        "rbac_groups/{group_id}/members",
        READ_GROUPS,
        Budget.ENTERPRISE_OBJECTS,
        PAGE_PARAMETERS,
        admin_objects.rbac_group_members,
        is_versioned=False,
    ),
    _enterprise(
        "spend_limits/effective",
        READ_SPEND_LIMITS,
        Budget.SPEND_LIMITS,
        PAGE_PARAMETERS | {"user_ids[]", "period[]"},
        admin_objects.spend_limits,
    ),
)
