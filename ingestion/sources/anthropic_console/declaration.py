"""The Console source: tables and endpoints, windows, limits, what names people, how fresh it is."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ingestion.declared import (
    ADVICE_RUN,
    PULLS_TABLE,
    SNAPSHOT,
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
    PAGE_ROWS,
    PAGES,
    ROOT,
    beta,
    listed,
    report_params,
)
from ingestion.http.endpoints import Days, Endpoint, Query, complete_after
from ingestion.http.records import (
    COUNT,
    FLAG,
    MOMENT,
    TEXT,
    TableSpec,
    raw_schema,
    to_json_text,
    typed,
)

from .rows import TOOLS, claude_code

if TYPE_CHECKING:
    from ingestion.http.dialect import Params

# What messages call the key, and what it must be.
KEY_VARIABLE: Final = "CONSOLE_ADMIN_KEY"
KEY_SETTING: Final = f"CLAUDE_ANALYTICS_{KEY_VARIABLE}"
KEY_SCOPE: Final = "an Admin API key of the Console organisation (sk-ant-admin01-…)"

# --- windows -----------------------------------------------------------------------------------
# How late rows may come is not published for any of these endpoints.

# The report returns nothing younger than an hour.
CLAUDE_CODE_LAG_MINUTES: Final = 60
CLAUDE_CODE_REREAD_DAYS: Final = 3
# Usage and cost follow a request within five minutes.
REPORT_LAG_MINUTES: Final = 5
REPORT_REREAD_DAYS: Final = 5
# Bills of a month are settled after its end, so the month is read once more.
MONTH_REREAD_DAY: Final = 3
# The most buckets that a page may hold; one page is then the whole window.
REPORT_DAYS_PER_QUERY: Final = 31
BATCH_DAYS: Final = 31

_CLAUDE_CODE_TIMING: Final = Timing(
    1,
    3,
    "Answers are complete about an hour after use; the vendor names no revision window so the "
    "last three days are asked again each day",
)
_REPORT_TIMING: Final = Timing(
    1,
    34,
    "Answers are complete about five minutes after use; the vendor names no revision window so "
    "five days are asked again each day and each day of a past month once more from the third of "
    "the next",
)

# --- limits ------------------------------------------------------------------------------------

# Not published for the Claude Code report and the objects: as careful as the strictest limit that
# is published for another part of the API.
REQUESTS_PER_MINUTE: Final = 60
# Usage and cost may be polled once a minute each; the pages of a poll are free.
POLLS_PER_MINUTE: Final = 1
# Needed to group usage by speed.
SPEED_BETA: Final = "fast-mode-2026-02-01"
# One client for each limit.
OBJECTS: Final = "objects"
USAGE: Final = "usage"
COST: Final = "cost"

# --- what is asked -----------------------------------------------------------------------------


def _organization(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [payload]


def _claude_code_params(first: date, _last: date) -> "Params":
    return (("starting_at", first.isoformat()), ("limit", str(PAGE_ROWS)))


def _report(
    path: str, table: str, client: str, groups: tuple[str, ...], **headers: str
) -> Endpoint:
    query = Query(
        f"{ROOT}/{path}",
        report_params(groups, REPORT_DAYS_PER_QUERY),
        PAGES,
        BUCKETS,
        # Null means another thing in a dimension that was not asked for.
        values={"group_by_json": to_json_text(list(groups))},
        headers=headers,
    )
    days = Days(
        complete_after(timedelta(minutes=REPORT_LAG_MINUTES)),
        reread_days=REPORT_REREAD_DAYS,
        per_query=REPORT_DAYS_PER_QUERY,
        month_reread_day=MONTH_REREAD_DAY,
    )
    return Endpoint((table,), (query,), client, days)


# --- columns of the larger tables --------------------------------------------------------------

USAGE_GROUPS: Final = names(
    """
    api_key_id workspace_id model service_tier context_window inference_geo account_id
    service_account_id speed
    """
)
COST_GROUPS: Final = ("workspace_id", "description")

_CLAUDE_CODE_KEYS: Final = names(
    """
    organization_id actor__type actor__email_address actor__api_key_name customer_type
    subscription_type is_remote terminal_type
    """
)
_CLAUDE_CODE_MEASURES: Final = names(
    """
    core_metrics__num_sessions core_metrics__lines_of_code__added
    core_metrics__lines_of_code__removed core_metrics__commits_by_claude_code
    core_metrics__pull_requests_by_claude_code
    """
)
_MODEL_MEASURES: Final = names(
    """
    tokens__input tokens__output tokens__cache_read tokens__cache_creation
    """
)
_USAGE_MEASURES: Final = names(
    """
    uncached_input_tokens cache_creation__ephemeral_5m_input_tokens
    cache_creation__ephemeral_1h_input_tokens cache_read_input_tokens output_tokens
    server_tool_use__web_search_requests
    """
)
_BUCKET: Final = typed(MOMENT, "starting_at", "ending_at")
_COST_DIMENSIONS: Final = names(
    """
    workspace_id description cost_type model token_type context_window service_tier
    inference_geo speed
    """
)
_ACCOUNT: Final = Person({"account_id": "user_id"})
_MEMBER: Final = Person({"account_id": "id", "email": "email"})

# --- tables ------------------------------------------------------------------------------------

_listed: Final = partial(listed, "Console", client=OBJECTS)
_TABLES: Final = (
    Table(
        "organizations",
        TableSpec(raw_schema(typed(TEXT, "id", "type", "name")), keys=("id",)),
        grain="day on which the organisation was read",
        title="Console organisation",
        about="The organisation of the key",
        timing=SNAPSHOT,
        endpoint=Endpoint(
            ("organizations",),
            (
                Query(
                    f"{ROOT}/me",
                    lambda _first, _last: (),
                    items=_organization,
                ),
            ),
            OBJECTS,
        ),
    ),
    _listed(
        "users",
        {**typed(TEXT, "id", "type", "email", "role"), "added_at": MOMENT},
        " and member",
        "One row per member of the organisation",
        # Names of people are not needed to tell them apart, so they do not land.
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
        persons=(Person({"email": "email"}),),
    ),
    _listed(
        "workspaces",
        {
            **typed(TEXT, "id", "type", "name", "display_color"),
            **typed(MOMENT, "created_at", "archived_at"),
            **typed(TEXT, "compartment_id", "external_key_id"),
            **typed(
                TEXT,
                "workspace_geo",
                "default_inference_geo",
                "allowed_inference_geos_json",
                prefix="data_residency__",
            ),
            "tags_json": TEXT,
        },
        " and workspace",
        "One row per workspace archived ones included",
        # Usage of the past may stand in a workspace that is archived by now.
        params=(("include_archived", "true"),),
        texts=("name", "tags_json"),
    ),
    _listed(
        "workspace_members",
        typed(TEXT, "type", "user_id", "workspace_id", "workspace_role"),
        ", workspace and member",
        "One row per member of a workspace",
        path="workspaces/{id}/members",
        keys=("workspace_id", "user_id"),
        parent="workspaces",
        persons=(_ACCOUNT,),
    ),
    _listed(
        "api_keys",
        {
            **typed(TEXT, "id", "type", "name", "status"),
            **typed(MOMENT, "created_at", "expires_at"),
            **dict.fromkeys(
                (
                    "created_by__id",
                    "created_by__type",
                    "principal__id",
                    "principal__type",
                    "workspace_id",
                    "scope__type",
                    "scope__workspace_id",
                ),
                TEXT,
            ),
        },
        " and API key",
        "One row per key without any part of the key itself",
        title="API keys",
        # The hint is a part of a secret.
        ignored=frozenset({"partial_key_hint"}),
        persons=(
            Person({"account_id": "principal__id"}, condition="lower(principal__type) = 'user'"),
            Person({"account_id": "created_by__id"}, condition="lower(created_by__type) = 'user'"),
        ),
        values=("id", "name"),
        texts=("name",),
    ),
    Table(
        "claude_code_rows",
        TableSpec(
            raw_schema(
                {
                    **typed(TEXT, *_CLAUDE_CODE_KEYS),
                    "is_remote": FLAG,
                    **typed(COUNT, *_CLAUDE_CODE_MEASURES),
                    **{
                        f"tool_actions__{tool}__{answer}": COUNT
                        for tool in TOOLS
                        for answer in ("accepted", "rejected")
                    },
                    "other_tool_actions_json": TEXT,
                }
            ),
            keys=_CLAUDE_CODE_KEYS,
            # The day is the one that was asked for; models have a table of their own.
            ignored=frozenset({"date", "model_breakdown"}),
        ),
        grain="UTC day, actor, customer type, subscription type, terminal and place (local or "
        "remote); one person may have several a day",
        title="Console Claude Code report",
        about="One row per actor terminal and customer type of a day with sessions lines commits "
        "and tool decisions",
        timing=_CLAUDE_CODE_TIMING,
        measures=_CLAUDE_CODE_MEASURES,
        persons=(Person({"email": "actor__email_address"}),),
        values=("actor__api_key_name",),
        texts=("actor__api_key_name",),
        endpoint=Endpoint(
            ("claude_code_rows", "claude_code_models"),
            (
                Query(
                    f"{ROOT}/usage_report/claude_code",
                    _claude_code_params,
                    PAGES,
                    rows=claude_code,
                ),
            ),
            OBJECTS,
            Days(
                complete_after(timedelta(minutes=CLAUDE_CODE_LAG_MINUTES)),
                reread_days=CLAUDE_CODE_REREAD_DAYS,
            ),
        ),
    ),
    Table(
        "claude_code_models",
        TableSpec(
            raw_schema(
                {
                    **typed(TEXT, "parent_row_key", "model"),
                    **typed(COUNT, *_MODEL_MEASURES),
                    "estimated_cost__amount": TEXT,
                    "estimated_cost__currency": TEXT,
                }
            ),
            keys=("parent_row_key", "model"),
            money=frozenset({"estimated_cost__amount"}),
        ),
        grain="row of the Claude Code report and Claude model",
        title="Console Claude Code models",
        about="One row per Claude model of a Claude Code report row with tokens and the vendor's "
        "cost estimate",
        timing=_CLAUDE_CODE_TIMING,
        measures=(*_MODEL_MEASURES, "estimated_cost__amount"),
    ),
    Table(
        "messages_usage",
        TableSpec(
            raw_schema(
                {
                    **_BUCKET,
                    **typed(TEXT, *USAGE_GROUPS),
                    **typed(COUNT, *_USAGE_MEASURES),
                },
                grouped=True,
            ),
            keys=USAGE_GROUPS,
        ),
        grain="UTC day, API key, workspace, account, service account, model, service tier, context "
        "window, geography and speed",
        title="Console messages usage",
        about="One row per key workspace model and tier of a day with tokens and searches",
        timing=_REPORT_TIMING,
        measures=_USAGE_MEASURES,
        persons=(Person({"account_id": "account_id"}),),
        values=("api_key_id",),
        endpoint=_report(
            "usage_report/messages", "messages_usage", USAGE, USAGE_GROUPS, **beta(SPEED_BETA)
        ),
    ),
    Table(
        "cost_report",
        TableSpec(
            raw_schema(
                {
                    **_BUCKET,
                    **typed(TEXT, *_COST_DIMENSIONS),
                    "amount": TEXT,
                    "currency": TEXT,
                },
                grouped=True,
            ),
            keys=_COST_DIMENSIONS,
            money=frozenset({"amount"}),
        ),
        grain="UTC day, workspace and line of cost",
        title="Console cost report",
        about="One row per workspace and cost line of a day",
        timing=_REPORT_TIMING,
        measures=("amount",),
        endpoint=_report("cost_report", "cost_report", COST, COST_GROUPS),
    ),
    PULLS_TABLE,
)


SOURCE: Final = Declaration(
    source_id="anthropic_console",
    description="A Console organisation as its Admin API tells it, without names of people and "
    "without any part of a key.",
    kind="Console API",
    prefix="console",
    access=Api(KEY_VARIABLE, by_reader("anthropic_console", "open_api")),
    # A daily run finds yesterday whole in the morning; before the next run it is 30 hours old. The
    # rest is room for a run that is late. Snapshots are taken at each run, as old as the last one.
    freshness=Freshness(timedelta(hours=48), ADVICE_RUN, is_by_table=True),
    tables=_TABLES,
    brings="Claude Code report, API usage and cost, keys, workspaces, members",
    example="`ingest anthropic_console --since 2026-01-01`",
    variables={KEY_VARIABLE: "Admin API key of the Console organisation"},
)
