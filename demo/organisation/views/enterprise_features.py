# ruff: noqa: S608  # queries are put together from constants of this room alone
"""What the Enterprise lists of projects, skills, connectors, plugins and artifacts say.

Each list has two cuts: of the organisation, and by user.
"""

from typing import Final

from .versions import in_spans, joined_spans, versioned

_APPS: Final = ("excel", "powerpoint", "word", "outlook")
_PUBLIC_SKILLS: Final = "('pptx', 'xlsx', 'docx', 'pdf')"
# Calls of connectors are told apart from these days on, by product.
_CALLS_SINCE: Final = """
    case product
        when 'chat' then date '2026-06-01' when 'claude_code' then date '2026-05-30'
        when 'office_agent' then date '2026-05-29' else date '2026-06-02'
    end
"""
_CALLS_FROM: Final = "date '2026-05-29'"
_SIGN_IN_FROM: Final = "date '2026-07-01'"
# The truth knows no cost of a skill: so much per use, in cents.
_SKILL_CENTS: Final = "12.5"
_MANAGED_SHARE: Final = 0.6
_SHARED_SHARE: Final = 0.3


def _table_of(kind: str) -> str:
    return "chat_projects" if kind == "project" else f"{kind}s"


_KINDS: Final = ("project", "skill", "connector", "plugin", "artifact")

CHUNK: Final = {
    **{
        f"{kind}_days": f"select * from feature_days where feature_kind = '{kind}'"
        for kind in _KINDS
    },
    **{
        f"told_{kind}s": f"""
            select * replace (
                restated(use_count, permille) as use_count,
                restated(created_count, permille) as created_count
            )
            from ({versioned(f"{kind}_days", _table_of(kind), "hash(person_id, feature_id)")})
        """
        for kind in _KINDS
    },
}


def _both_cuts(kind: str, keys: str, measures: str) -> str:
    """SQL of a list in both cuts.

    Args:
        kind: The kind of feature.
        keys: Columns that name a row.
        measures: Aggregates.
    """
    return joined_spans(
        " union all ".join(
            f"""
            select
                date_day, '{cut}' as cut, {keys}, {user_id} as user_id, visible_from, visible_to,
                count(distinct person_id) as distinct_user_count, {measures}
            from {in_spans(f"told_{kind}s", _table_of(kind))}
            group by all
            """
            for cut, user_id in (("organisation", "null::varchar"), ("user", "user_id"))
        )
    )


def _sessions(thing: str) -> str:
    """SQL of the conversations and sessions with a thing: one per person and product."""
    counted = {
        f"chat_metrics__distinct_conversation_{thing}_used_count": "product = 'chat'",
        f"claude_code_metrics__distinct_session_{thing}_used_count": "product = 'claude_code'",
        f"cowork_metrics__distinct_session_{thing}_used_count": "product = 'cowork'",
        **{
            f"office_metrics__{app}__distinct_session_{thing}_used_count": (
                f"product = 'office_agent' and office_app = '{app}'"
            )
            for app in _APPS
        },
    }
    unified = ("chat__distinct_conversation", "sessions__distinct_session")
    return ", ".join(
        [
            *(f"count(*) filter ({condition}) as {name}" for name, condition in counted.items()),
            *(
                f"null::bigint as chat_cowork_unified_metrics__{name}_{thing}_used_count"
                for name in unified
            ),
        ]
    )


def _calls(name: str, part: str) -> str:
    return f"""case when min(date_day) >= {_CALLS_FROM} then coalesce(
        sum({part}) filter (date_day >= {_CALLS_SINCE}), 0
    )::bigint end as {name}"""


def _sign_ins(name: str, comparison: str) -> str:
    return f"""case when min(date_day) >= {_SIGN_IN_FROM} then count(distinct person_id) filter (
        draw('sign in', person_id, feature_id) {comparison} {_MANAGED_SHARE}
    ) end as {name}"""


_PROJECTS: Final = _both_cuts(
    "project",
    "feature_id as project_id",
    "sum(use_count)::bigint as message_count, count(*) as distinct_conversation_count",
)
_SKILLS: Final = _both_cuts(
    "skill",
    f"""
    feature_id as skill_name,
    case when feature_id in {_PUBLIC_SKILLS} then 'public' else 'organization' end as share_status
    """,
    f"""
    sum(use_count)::bigint as invocation_count, {_sessions("skill")},
    '0.000000' as estimated_overage_spend,
    (sum(use_count) * {_SKILL_CENTS})::decimal(18, 6)::varchar as attributed_list_price,
    'USD' as currency
    """,
)

DAILY: Final = {
    "chat_projects": f"""
        select
            listed.*, project_name, created_date + interval 9 hour as created_at,
            enterprise_accounts.user_id as created_by__id,
            email_then(created_date, email, former_email, email_changed_date)
                as created_by__email_address,
            case when enterprise_accounts.user_id is not null then 'user' end as created_by__type
        from ({_PROJECTS}) as listed
        left join projects using (project_id)
        left join enterprise_accounts on enterprise_accounts.person_id = created_by_person_id
        left join people on people.person_id = created_by_person_id
    """,
    # Who has switched a skill on is told of the organisation alone.
    "skills": f"""
        select
            *, case cut when 'organisation' then distinct_user_count // 4 end as enable_count,
            case share_status when 'organization' then 'Our ' || replace(skill_name, '-', ' ') end
                as skill_display_name
        from ({_SKILLS})
    """,
    "connectors": _both_cuts(
        "connector",
        "feature_id as connector_name, null::varchar as connector_display_name",
        f"""
        {_sessions("connector")},
        {_calls("read_call_count", "use_count - use_count // 2")},
        {_calls("write_call_count", "use_count // 4")},
        {_calls("unclassified_call_count", "use_count // 2 - use_count // 4")},
        {_sign_ins("managed_auth_distinct_user_count", "<")},
        {_sign_ins("individual_auth_distinct_user_count", ">=")}
        """,
    ),
    "plugins": _both_cuts(
        "plugin",
        """
        feature_id as plugin_name,
        case when feature_id != 'third-party' then 'plugin_' || left(md5(feature_id), 12) end
            as plugin_id
        """,
        """
        0::bigint as install_count, sum(use_count)::bigint as invocation_count,
        count(*) filter (product = 'claude_code')
            as claude_code_metrics__distinct_session_plugin_used_count,
        count(*) filter (product = 'cowork')
            as cowork_metrics__distinct_session_plugin_used_count,
        null::bigint
            as chat_cowork_unified_metrics__sessions__distinct_session_plugin_used_count
        """,
    ),
    "artifacts": _both_cuts(
        "artifact",
        f"""
        feature_id as artifact_type,
        draw('shared', person_id, date_day) < {_SHARED_SHARE} as is_shared
        """,
        f"""
        sum(created_count)::bigint as artifacts_created_count,
        coalesce(sum(created_count) filter (
            draw('shared', person_id, date_day) < {_SHARED_SHARE / 2}
        ), 0)::bigint as published_artifacts_created_count
        """,
    ),
}
