"""The Enterprise source: tables and endpoints, windows, limits, who is named, how fresh it is."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from ingestion.declared import (
    ADVICE_RUN,
    PULLS_TABLE,
    Api,
    Declaration,
    Freshness,
    Person,
    Table,
    Timing,
    by_reader,
    names,
)
from ingestion.http.dialects.anthropic import (
    BUCKETS,
    DATED,
    DAYS,
    PAGE_ROWS,
    PAGES,
    ROOT,
    beta,
    listed,
    report_params,
)
from ingestion.http.endpoints import Days, Endpoint, Layout, Query, RowFunction
from ingestion.http.records import (
    COUNT,
    DAY,
    FLAG,
    MOMENT,
    RATE,
    TEXT,
    TableSpec,
    raw_schema,
    to_json_text,
    typed,
)

from .newest import FIRST_DAY, refreshed, refused_after
from .rows import OFFICE_APPS, office_rows, summaries

if TYPE_CHECKING:
    from ingestion.http.dialect import Params

# What messages call the keys, and what a key must be allowed.
KEY_VARIABLE: Final = "ENTERPRISE_KEY"
ADMIN_KEY_VARIABLE: Final = "ENTERPRISE_ADMIN_KEY"
KEY_SETTING: Final = f"CLAUDE_ANALYTICS_{KEY_VARIABLE}"
ADMIN_KEY_SETTING: Final = f"CLAUDE_ANALYTICS_{ADMIN_KEY_VARIABLE}"
ANALYTICS_SCOPE: Final = "read:analytics"
MEMBERS_SCOPE: Final = "read:members"
GROUPS_SCOPE: Final = "read:rbac_groups"
SPEND_LIMITS_SCOPE: Final = "read:spend_limits"

# --- windows -----------------------------------------------------------------------------------

# Values move "over the following days": the newest day and the seven before are read again.
ENGAGEMENT_REREAD_DAYS: Final = 8
# Some editions allow 366 days, all allow these.
SUMMARY_DAYS_PER_QUERY: Final = 31
# Cost and usage move for 30 days.
REPORT_REREAD_DAYS: Final = 31
# A query may start within the last 365 days, to the minute; the day in which that minute lies is
# out of reach.
REPORT_HISTORY_DAYS: Final = 364
# The longest span of a query, and the most buckets of a page.
REPORT_DAYS_PER_QUERY: Final = 31
# A cursor dies when the data is refreshed, and the query starts again: a week of a large
# organisation is read long before.
USER_REPORT_DAYS_PER_QUERY: Final = 7
BATCH_DAYS: Final = 7

_ENGAGEMENT_TIMING: Final = Timing(
    24,
    7,
    "Published about a day after the day ends and three days after by older editions; counts move "
    "by a few percent in the days that follow so the newest day and the seven before are asked "
    "each day",
)
_REPORT_TIMING: Final = Timing(
    24,
    31,
    "Published 4 to 24 hours after use and revised for 30 days so the trailing 31 days are asked "
    "each day",
)
# A day is published one day after it ended, but documents and practice know three days: then it is
# landed at 78 hours and is 102 hours old before the next run.
_ENGAGEMENT_AGE: Final = timedelta(hours=120)
# Cost of a day is whole up to 24 hours after it ended; the day is landed on the second morning.
_REPORT_AGE: Final = timedelta(hours=72)
# Snapshots are taken at each run, so they are as old as the last run.
_OBJECT_AGE: Final = timedelta(hours=48)

# --- limits ------------------------------------------------------------------------------------

# Shared by all endpoints of Enterprise Analytics and all keys of the organisation.
ANALYTICS_REQUESTS_PER_MINUTE: Final = 60
OBJECT_REQUESTS_PER_MINUTE: Final = 100
SPEND_LIMIT_REQUESTS_PER_MINUTE: Final = 60
# The guide calls it harmless, the reference needed.
GROUPS_BETA: Final = "ce-user-management-2026-07-13"
# One client for each key and limit.
ANALYTICS: Final = "analytics"
MEMBERS: Final = "members"
GROUPS: Final = "groups"
SPEND_LIMITS: Final = "spend_limits"

# --- who is named ------------------------------------------------------------------------------

_USER: Final = Person({"account_id": "user_id"})
_MEMBER: Final = Person({"account_id": "id", "email": "email"})
_ACTOR_PERSON: Final = Person({"account_id": "actor__user_id", "email": "actor__email"})

Columns = dict[str, pa.DataType]


def _each(kind: pa.DataType, outer: Iterable[str], inner: Iterable[str]) -> Columns:
    return {f"{first}__{second}": kind for first in outer for second in inner}


# --- columns of engagement ---------------------------------------------------------------------

_OFFICE: Final = tuple(f"office_metrics__{app}" for app in OFFICE_APPS)
_OTHER_OFFICE: Final[Columns] = {"other_office_metrics_json": TEXT}
_UNIFIED: Final = "chat_cowork_unified_metrics"
# Filled when grouped by another dimension than ours.
_OTHER_GROUPS: Final = ("rbac_group_id", "rbac_group_name")

_CHAT: Final = names(
    """
    message_count thinking_message_count connectors_used_count
    shared_conversations_viewed_count distinct_conversation_count
    distinct_projects_created_count distinct_projects_used_count distinct_files_uploaded_count
    distinct_artifacts_created_count distinct_shared_artifacts_viewed_count
    distinct_skills_used_count distinct_connectors_used_count
    """
)
_CLAUDE_CODE: Final = (
    "core_metrics__commit_count",
    "core_metrics__pull_request_count",
    "core_metrics__distinct_session_count",
    "core_metrics__lines_of_code__added_count",
    "core_metrics__lines_of_code__removed_count",
    "core_metrics__artifacts_created_count",
    *(
        f"tool_actions__{tool}__{answer}_count"
        for tool in ("edit_tool", "multi_edit_tool", "write_tool", "notebook_edit_tool")
        for answer in ("accepted", "rejected")
    ),
)
_COWORK: Final = names(
    """
    message_count action_count dispatch_turn_count skills_used_count connectors_used_count
    distinct_session_count distinct_skills_used_count distinct_connectors_used_count
    plugins_used_count distinct_plugins_used_count file_edit_count edit_tool_count
    multi_edit_tool_count write_tool_count notebook_edit_tool_count
    sessions_with_file_edits_count artifacts_created_count
    """
)
_OFFICE_APP: Final = names(
    """
    message_count skills_used_count connectors_used_count distinct_session_count
    distinct_skills_used_count distinct_connectors_used_count
    """
)
_DESIGN: Final = names(
    """
    message_count distinct_projects_created_count distinct_session_count
    distinct_projects_used_count
    """
)
_SCIENCE: Final = names(
    """
    message_count delegation_count remote_compute_job_count skills_used_count
    distinct_session_count
    """
)
_USER_ACTIVITY: Final[Columns] = {
    **typed(TEXT, "user__id", "user__email_address", "user__type"),
    "last_activity_date": DAY,
    "web_search_count": COUNT,
    **typed(COUNT, *_CHAT, prefix="chat_metrics__"),
    **typed(COUNT, *_CLAUDE_CODE, prefix="claude_code_metrics__"),
    **typed(COUNT, *_COWORK, prefix="cowork_metrics__"),
    **_each(COUNT, _OFFICE, _OFFICE_APP),
    **_OTHER_OFFICE,
    **typed(COUNT, *_DESIGN, prefix="design_metrics__"),
    **typed(COUNT, *_SCIENCE, prefix="science_metrics__"),
    **typed(COUNT, *_CHAT, prefix=f"{_UNIFIED}__chat__"),
    **typed(COUNT, *_COWORK, prefix=f"{_UNIFIED}__sessions__"),
}

_SPANS: Final = ("daily", "weekly", "monthly")
_SUMMARY_PRODUCTS: Final = (
    "",
    "cowork_",
    "chat_",
    "claude_code_",
    "claude_design_",
    "office_agent_",
    "science_",
    "chat_cowork_unified_",
)
_SUMMARIES: Final[Columns] = {
    **typed(MOMENT, "starting_at", "ending_at"),
    **{
        f"{product}{span}_active_user_count": COUNT
        for product in _SUMMARY_PRODUCTS
        for span in _SPANS
    },
    **typed(COUNT, "assigned_seat_count", "pending_invite_count", "science_entitled_user_count"),
    **typed(RATE, *(f"{span}_adoption_rate" for span in _SPANS)),
}
_CHAT_PROJECTS: Final[Columns] = {
    **typed(TEXT, "cut", "project_id", "user_id", "project_name"),
    **typed(COUNT, "distinct_user_count", "message_count", "distinct_conversation_count"),
    "created_at": MOMENT,
    **typed(TEXT, "id", "email_address", "type", prefix="created_by__"),
}


def _use_columns(feature: str) -> Columns:
    """Conversations of chat, and sessions of the other products, that used a feature."""
    conversations = f"distinct_conversation_{feature}_used_count"
    sessions = f"distinct_session_{feature}_used_count"
    return {
        f"chat_metrics__{conversations}": COUNT,
        f"claude_code_metrics__{sessions}": COUNT,
        f"cowork_metrics__{sessions}": COUNT,
        **_each(COUNT, _OFFICE, [sessions]),
        **_OTHER_OFFICE,
        f"{_UNIFIED}__chat__{conversations}": COUNT,
        f"{_UNIFIED}__sessions__{sessions}": COUNT,
    }


_SKILLS: Final[Columns] = {
    **typed(TEXT, "cut", "skill_name", "user_id", "share_status"),
    **typed(COUNT, "distinct_user_count", "invocation_count", "enable_count"),
    **_use_columns("skill"),
    **typed(TEXT, "estimated_overage_spend", "attributed_list_price", "currency"),
}
_CONNECTORS: Final[Columns] = {
    **typed(TEXT, "cut", "connector_name", "user_id"),
    "distinct_user_count": COUNT,
    **_use_columns("connector"),
    **typed(COUNT, "read_call_count", "write_call_count", "unclassified_call_count"),
    **typed(COUNT, "managed_auth_distinct_user_count", "individual_auth_distinct_user_count"),
}
_PLUGIN_SESSIONS: Final = "distinct_session_plugin_used_count"
_PLUGINS: Final[Columns] = {
    **typed(TEXT, "cut", "plugin_name", "plugin_id", "user_id"),
    **typed(COUNT, "distinct_user_count", "install_count", "invocation_count"),
    f"claude_code_metrics__{_PLUGIN_SESSIONS}": COUNT,
    f"cowork_metrics__{_PLUGIN_SESSIONS}": COUNT,
    f"{_UNIFIED}__sessions__{_PLUGIN_SESSIONS}": COUNT,
}
_ARTIFACTS: Final[Columns] = {
    **typed(TEXT, "cut", "artifact_type", "user_id"),
    "is_shared": FLAG,
    **typed(COUNT, "artifacts_created_count", "published_artifacts_created_count"),
    "distinct_user_count": COUNT,
}


# --- columns of cost and usage -----------------------------------------------------------------

_DIMENSIONS: Final = (
    "product",
    "model",
    "context_window",
    "inference_geo",
    "speed",
    "rbac_group_id",
    "slack_channel_id",
    # Since edition D.
    "claude_tag_category",
    "claude_tag_user_id",
)
_COST_DIMENSIONS: Final = (*_DIMENSIONS, "cost_type", "token_type")
_BUCKET: Final = typed(MOMENT, "starting_at", "ending_at")
_TOKENS: Final = typed(
    COUNT,
    "uncached_input_tokens",
    "cache_creation__ephemeral_5m_input_tokens",
    "cache_creation__ephemeral_1h_input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
    "server_tool_use__web_search_requests",
    "requests",
)
_AMOUNTS: Final = ("amount", "list_amount")
_COST: Final[Columns] = {**typed(TEXT, *_AMOUNTS, "currency"), "requests": COUNT}
_TOKEN_MEASURES: Final = names(
    """
    uncached_input_tokens cache_read_input_tokens output_tokens requests
    """
)
_ACTOR: Final[Columns] = {
    **typed(TEXT, "type", "user_id", "email", prefix="actor__"),
    "actor__deleted": FLAG,
}
# Named so since edition D.
_ACTOR_ALIASES: Final = {"actor__email_address": "actor__email"}

# --- what is asked -----------------------------------------------------------------------------

_ANALYTICS_ROOT: Final = f"{ROOT}/analytics"

# The second cut of each table; the first one is not grouped. Grouped reports have at most the top
# 100 groups of a day and no rest, so totals come from the first cut.
USER_CUT_GROUPS: Final = ("user_id",)
USAGE_GROUPS: Final = ("product", "model", "context_window", "inference_geo", "speed")
COST_GROUPS: Final = ("product", "model", "cost_type", "token_type")
USER_REPORT_GROUPS: Final = ("product", "model")


def _grouped(cut: str | None, groups: tuple[str, ...]) -> dict[str, str]:
    """Columns that tell how the rows of a query are grouped."""
    # Null means another thing in a dimension that was not asked for.
    values = {"group_by_json": to_json_text(list(groups))}
    return values if cut is None else {"cut": cut, **values}


def _engagement_days(path: str, day_param: str, per_query: int = 1) -> Days:
    return Days(
        refused_after(path, day_param),
        reread_days=ENGAGEMENT_REREAD_DAYS,
        per_query=per_query,
        earliest_day=FIRST_DAY,
    )


def _day_params(groups: tuple[str, ...]) -> "Callable[[date, date], Params]":
    def params(first: date, _last: date) -> "Params":
        return (
            ("date", first.isoformat()),
            ("limit", str(PAGE_ROWS)),
            *(("group_by[]", group) for group in groups),
        )

    return params


def _summary_params(first: date, last: date) -> "Params":
    end = last + timedelta(days=1)
    return (("starting_date", first.isoformat()), ("ending_date", end.isoformat()))


# --- tables ------------------------------------------------------------------------------------

_listed: Final = partial(listed, "Enterprise", max_age=_OBJECT_AGE)


def _daily_list(
    name: str,
    columns: Columns,
    keys: tuple[str, ...],
    grain: str,
    about: str,
    measures: tuple[str, ...],
    *,
    title: str = "",
    path: str = "",
    rows: RowFunction | None = None,
    money: frozenset[str] = frozenset(),
    ignored: frozenset[str] = frozenset(),
    persons: tuple[Person, ...] = (_USER,),
    **facts: Any,  # noqa: ANN401  # of the table
) -> Table:
    """A list that is asked for twice: as the organisation is, and by user."""
    path = f"{_ANALYTICS_ROOT}/{path or name}"
    cuts: dict[str, tuple[str, ...]] = {"organisation": (), "user": USER_CUT_GROUPS}
    queries = tuple(
        Query(path, _day_params(groups), PAGES, rows=rows, values=_grouped(cut, groups))
        for cut, groups in cuts.items()
    )
    return Table(
        name,
        TableSpec(
            raw_schema(columns, grouped=True),
            keys=("cut", *keys, "user_id"),
            money=money,
            ignored=frozenset({*_OTHER_GROUPS, "product"}) | ignored,
        ),
        grain=f"UTC day, cut, {grain} and, in the cut by user, user",
        title=f"Enterprise {title or name}",
        about=about,
        timing=_ENGAGEMENT_TIMING,
        measures=measures,
        persons=persons,
        **facts,
        endpoint=Endpoint((name,), queries, ANALYTICS, _engagement_days(path, "date")),
    )


def _report(
    name: str,
    spec: TableSpec,
    layout: Layout,
    cuts: dict[str | None, tuple[str, ...]],
    *,
    days_per_query: int,
    page_size: int,
    **facts: Any,  # noqa: ANN401  # of the table
) -> Table:
    """A cost or usage report, asked for once for each cut."""
    path = f"{_ANALYTICS_ROOT}/{name}"
    queries = tuple(
        Query(
            path,
            report_params(groups, page_size),
            PAGES,
            layout,
            values=_grouped(cut, groups),
        )
        for cut, groups in cuts.items()
    )
    days = Days(
        refreshed(path, next(iter(cuts.values()))),
        reread_days=REPORT_REREAD_DAYS,
        per_query=days_per_query,
        earliest_day=FIRST_DAY,
        history_days=REPORT_HISTORY_DAYS,
    )
    return Table(
        name,
        spec,
        timing=_REPORT_TIMING,
        max_age=_REPORT_AGE,
        **facts,
        endpoint=Endpoint((name,), queries, ANALYTICS, days),
    )


def _bucketed(
    name: str,
    columns: Columns,
    dimensions: tuple[str, ...],
    groups: tuple[str, ...],
    money: frozenset[str] = frozenset(),
    **facts: Any,  # noqa: ANN401  # of the table
) -> Table:
    """A report of the organisation, in total and grouped."""
    columns = {**typed(TEXT, "cut"), **_BUCKET, **typed(TEXT, *dimensions), **columns}
    return _report(
        name,
        TableSpec(
            raw_schema(columns, refreshed=True, grouped=True),
            keys=("cut", *dimensions),
            money=money,
        ),
        BUCKETS,
        {"total": (), "grouped": groups},
        days_per_query=REPORT_DAYS_PER_QUERY,
        page_size=REPORT_DAYS_PER_QUERY,
        values=("claude_tag_user_id",),
        **facts,
    )


def _per_user(
    name: str,
    columns: Columns,
    dimensions: tuple[str, ...],
    money: frozenset[str] = frozenset(),
    **facts: Any,  # noqa: ANN401  # of the table
) -> Table:
    """A report by user."""
    columns = {**_BUCKET, **_ACTOR, **typed(TEXT, *dimensions), **columns}
    return _report(
        name,
        TableSpec(
            raw_schema(columns, refreshed=True, grouped=True),
            keys=("actor__user_id", *dimensions),
            money=money,
            aliases=_ACTOR_ALIASES,
            # Names of people are not needed to tell them apart.
            ignored=frozenset({"actor__name"}),
        ),
        DATED,
        {None: USER_REPORT_GROUPS},
        days_per_query=USER_REPORT_DAYS_PER_QUERY,
        page_size=PAGE_ROWS,
        grain="UTC day, user, product and model",
        persons=(_ACTOR_PERSON,),
        **facts,
    )


_TABLES: Final = (
    _listed(
        "members",
        {**typed(TEXT, "id", "type", "email", "role"), "added_at": MOMENT},
        " and member",
        "One row per member of the organisation",
        MEMBERS,
        path="users",
        ignored=frozenset({"name"}),
        persons=(_MEMBER,),
    ),
    _listed(
        "invites",
        {
            **typed(TEXT, "id", "type", "email", "role", "status"),
            **typed(MOMENT, "invited_at", "expires_at", "accepted_at"),
            "rbac_group_ids_json": TEXT,
        },
        " and invitation",
        "One row per invitation",
        MEMBERS,
        persons=(Person({"email": "email"}),),
    ),
    _listed(
        "rbac_groups",
        {
            **typed(TEXT, "id", "type", "name", "source_type", "roles_json"),
            **typed(MOMENT, "created_at", "updated_at"),
        },
        " and group",
        "One row per group",
        GROUPS,
        PAGES,
        title="groups",
        headers=beta(GROUPS_BETA),
        texts=("name",),
    ),
    _listed(
        "rbac_group_members",
        {**typed(TEXT, "type", "group_id", "user_id", "email"), "created_at": MOMENT},
        ", group and member",
        "One row per member of a group",
        GROUPS,
        PAGES,
        title="group members",
        path="rbac_groups/{id}/members",
        keys=("group_id", "user_id"),
        parent="rbac_groups",
        headers=beta(GROUPS_BETA),
        persons=(Person({"account_id": "user_id", "email": "email"}),),
    ),
    _listed(
        "spend_limits",
        {
            **typed(TEXT, "type", "user_id", "email_address", prefix="actor__"),
            "actor__deleted": FLAG,
            **typed(TEXT, "type", "user_id", prefix="scope__"),
            **typed(TEXT, "spend_limit_id", "period", "amount", "period_to_date_spend", "currency"),
            **typed(
                TEXT, "type", "seat_tier", "rbac_group_id", "service", "user_id", prefix="source__"
            ),
        },
        ", user and period of the limit",
        "One row per limit on spend",
        SPEND_LIMITS,
        PAGES,
        path="spend_limits/effective",
        # A limit of a group or seat tier has one id for all its people.
        keys=("actor__user_id", "scope__type", "scope__user_id", "period"),
        money=frozenset({"amount", "period_to_date_spend"}),
        ignored=frozenset({"actor__name"}),
        persons=(Person({"account_id": "actor__user_id", "email": "actor__email_address"}),),
        values=("scope__user_id", "source__user_id"),
    ),
    Table(
        "user_activity",
        TableSpec(
            raw_schema(_USER_ACTIVITY),
            keys=("user__id",),
            ignored=frozenset({*_OTHER_GROUPS, "distinct_user_count"}),
        ),
        grain="UTC day and user who is told of",
        title="Enterprise user activity",
        about="One row per person of a day with counters per product",
        timing=_ENGAGEMENT_TIMING,
        measures=(
            "chat_metrics__message_count",
            "claude_code_metrics__core_metrics__distinct_session_count",
            "claude_code_metrics__core_metrics__lines_of_code__added_count",
            "cowork_metrics__message_count",
            "web_search_count",
        ),
        persons=(Person({"account_id": "user__id", "email": "user__email_address"}),),
        endpoint=Endpoint(
            ("user_activity",),
            (
                Query(
                    f"{_ANALYTICS_ROOT}/users",
                    _day_params(()),
                    PAGES,
                    rows=office_rows("user_activity"),
                ),
            ),
            ANALYTICS,
            _engagement_days(f"{_ANALYTICS_ROOT}/users", "date"),
        ),
    ),
    Table(
        "summaries",
        TableSpec(
            raw_schema(_SUMMARIES),
            keys=(),
            # Named so by editions A and B.
            aliases={"starting_date": "starting_at", "ending_date": "ending_at"},
        ),
        grain="UTC day",
        title="Enterprise summaries",
        about="One row per day with active people and seats",
        timing=_ENGAGEMENT_TIMING,
        measures=("daily_active_user_count", "assigned_seat_count"),
        endpoint=Endpoint(
            ("summaries",),
            (
                Query(
                    f"{_ANALYTICS_ROOT}/summaries",
                    _summary_params,
                    PAGES,
                    DAYS,
                    items=summaries,
                ),
            ),
            ANALYTICS,
            _engagement_days(
                f"{_ANALYTICS_ROOT}/summaries", "starting_date", SUMMARY_DAYS_PER_QUERY
            ),
        ),
    ),
    _daily_list(
        "chat_projects",
        _CHAT_PROJECTS,
        ("project_id",),
        "project",
        "One row per project of a day",
        ("message_count",),
        title="chat projects",
        path="apps/chat/projects",
        persons=(
            _USER,
            Person({"account_id": "created_by__id", "email": "created_by__email_address"}),
        ),
        texts=("project_name",),
    ),
    _daily_list(
        "skills",
        _SKILLS,
        ("skill_name",),
        "skill",
        "One row per skill of a day for the organisation and per person",
        ("invocation_count",),
        rows=office_rows("skills"),
        money=frozenset({"estimated_overage_spend", "attributed_list_price"}),
        # Display names may be what a member called something of their own.
        ignored=frozenset({"skill_display_name"}),
        texts=("skill_name",),
    ),
    _daily_list(
        "connectors",
        _CONNECTORS,
        ("connector_name",),
        "connector",
        "One row per connector of a day for the organisation and per person",
        ("read_call_count", "write_call_count", "unclassified_call_count"),
        rows=office_rows("connectors"),
        ignored=frozenset({"connector_display_name"}),
        texts=("connector_name",),
    ),
    _daily_list(
        "plugins",
        _PLUGINS,
        ("plugin_name", "plugin_id"),
        "plugin",
        "One row per plugin of a day for the organisation and per person",
        ("invocation_count",),
        texts=("plugin_name",),
    ),
    _daily_list(
        "artifacts",
        _ARTIFACTS,
        ("artifact_type", "is_shared"),
        "type of artifact, whether shared",
        "One row per kind of artifact of a day for the organisation and per person",
        ("artifacts_created_count",),
    ),
    _bucketed(
        "usage_report",
        _TOKENS,
        _DIMENSIONS,
        USAGE_GROUPS,
        grain="UTC day, cut, product, model, context window, geography and speed",
        title="Enterprise usage report",
        about="Tokens and requests of a day in total and by product model and tier",
        measures=_TOKEN_MEASURES,
    ),
    _bucketed(
        "cost_report",
        _COST,
        _COST_DIMENSIONS,
        COST_GROUPS,
        frozenset(_AMOUNTS),
        grain="UTC day, cut, product, model, kind of cost and kind of tokens",
        title="Enterprise cost report",
        about="Amounts of a day in total and by product model and kind of cost",
        measures=_AMOUNTS,
    ),
    _per_user(
        "user_usage_report",
        {**_TOKENS, "total_tokens": COUNT},
        _DIMENSIONS,
        title="Enterprise user usage",
        about="Tokens and requests of a day by person product and model",
        measures=_TOKEN_MEASURES,
    ),
    _per_user(
        "user_cost_report",
        _COST,
        _COST_DIMENSIONS,
        frozenset(_AMOUNTS),
        title="Enterprise user cost",
        about="Amounts of a day by person product and model",
        measures=_AMOUNTS,
    ),
    PULLS_TABLE,
)


SOURCE: Final = Declaration(
    source_id="anthropic_enterprise",
    description="An Enterprise organisation as its Analytics and Admin APIs tell it, without "
    "display names of people, skills and connectors.",
    kind="Enterprise API",
    prefix="enterprise",
    access=Api(KEY_VARIABLE, by_reader("anthropic_enterprise", "open_api")),
    freshness=Freshness(_ENGAGEMENT_AGE, ADVICE_RUN, is_by_table=True),
    tables=_TABLES,
    brings="people, projects, skills, connectors, artifacts, usage, cost, groups, seats",
    example="`ingest anthropic_enterprise --since 2026-01-01`",
    variables={
        KEY_VARIABLE: "key of the Enterprise organisation with the scope `read:analytics`",
        ADMIN_KEY_VARIABLE: "key with the scopes `read:members`, `read:rbac_groups`, "
        "`read:spend_limits`; the same key if left out",
    },
)
