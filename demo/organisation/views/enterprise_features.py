# ruff: noqa: S608  # queries are put together from constants of this room alone
"""What the Enterprise lists of projects, skills, connectors, plugins and artifacts say in the end.

Each is asked twice: for the organisation (`cut` organisation) and by user (`cut` user).
"""

from collections.abc import Callable
from typing import Final

_APPS: Final = ("excel", "powerpoint", "word", "outlook")


def _both_cuts(kind: str, key: str, columns: Callable[[bool], str], extra: str = "") -> str:
    """SQL of a list in both cuts.

    Args:
        kind: The kind of feature.
        key: Column that is named by the feature, `<id> as <name>`.
        columns: Aggregates, told whether they are for a user.
        extra: Further columns that belong to the key.
    """
    also = f", {extra}" if extra else ""
    return f"""
        select
            date_day, 'organisation' as cut, {key}, null::varchar as user_id{also},
            count(distinct person_id) as distinct_user_count, {columns(False)}
        from feature_days where feature_kind = '{kind}'
        group by all
        union all
        select
            date_day, 'user', {key}, user_id{also},
            count(distinct person_id), {columns(True)}
        from feature_days where feature_kind = '{kind}'
        group by all
    """


def _sessions(thing: str) -> str:
    """SQL of conversations and sessions with a thing: one per person and day."""
    office = ", ".join(
        f"""count(distinct person_id) filter (product = 'office_agent' and office_app = '{app}')
            as office_metrics__{app}__distinct_session_{thing}_used_count"""
        for app in _APPS
    )
    return f"""
        count(distinct person_id) filter (product = 'chat')
            as chat_metrics__distinct_conversation_{thing}_used_count,
        count(distinct person_id) filter (product = 'claude_code')
            as claude_code_metrics__distinct_session_{thing}_used_count,
        count(distinct person_id) filter (product = 'cowork')
            as cowork_metrics__distinct_session_{thing}_used_count,
        {office}
    """


# The person, the app in use that day, and the user id.
FEATURE_DAYS: Final = """
    select feature_use_daily.*, office_app, user_id
    from feature_use_daily
    join enterprise_accounts using (person_id)
    left join (
        select date_day, person_id, min(office_app) as office_app
        from usage_daily where surface = 'office' group by all
    ) using (date_day, person_id)
"""

_PROJECTS: Final = _both_cuts(
    "project",
    "feature_id as project_id",
    lambda _is_user: (
        """
        min(feature_name) as project_name, sum(use_count)::bigint as message_count,
        sum((use_count + 1) // 2)::bigint as distinct_conversation_count
    """
    ),
)
CHAT_PROJECTS: Final = f"""
    with created as (
        select
            feature_id as project_id, min(date_day) as created_date,
            min_by(person_id, row(date_day, person_id)) as creator
        from feature_days
        where feature_kind = 'project' and created_count > 0
        group by feature_id
    )
    select
        listed.*, created_date + interval 9 hour as created_at,
        enterprise_accounts.user_id as created_by__id, email as created_by__email_address,
        case when creator is not null then 'user' end as created_by__type
    from ({_PROJECTS}) as listed
    left join created on created.project_id = listed.project_id and created_date <= date_day
    left join enterprise_accounts on enterprise_accounts.person_id = creator
    left join people on people.person_id = creator
"""

SKILLS: Final = _both_cuts(
    "skill",
    "feature_id as skill_name",
    lambda is_user: (
        f"""
        {_sessions("skill")}, sum(use_count)::bigint as invocation_count,
        {"null" if is_user else "count(distinct person_id) // 4"}::bigint as enable_count,
        null::varchar as skill_display_name,
        case
            when feature_id in ('pptx', 'xlsx', 'docx', 'pdf') then 'public' else 'organization'
        end as share_status,
        '0.000000' as estimated_overage_spend,
        (sum(use_count) * 12.5)::decimal(18, 6)::varchar as attributed_list_price,
        'USD' as currency
    """
    ),
)
# Calls are told apart from this day on.
_CALLS_SINCE: Final = "date '2026-06-01'"
CONNECTORS: Final = _both_cuts(
    "connector",
    "feature_id as connector_name",
    lambda _is_user: (
        f"""
        {_sessions("connector")},
        sum(use_count - use_count // 3 - use_count // 4) filter (date_day >= {_CALLS_SINCE})
            ::bigint as read_call_count,
        sum(use_count // 3) filter (date_day >= {_CALLS_SINCE})::bigint as write_call_count,
        sum(use_count // 4) filter (date_day >= {_CALLS_SINCE})::bigint
            as unclassified_call_count,
        null::varchar as connector_display_name,
        null::bigint as managed_auth_distinct_user_count,
        null::bigint as individual_auth_distinct_user_count
    """
    ),
)
PLUGINS: Final = _both_cuts(
    "plugin",
    "feature_id as plugin_name",
    lambda _is_user: (
        """
        case when feature_id = 'third-party' then null else 'plugin_' || left(md5(feature_id), 12)
            end as plugin_id,
        0::bigint as install_count, sum(use_count)::bigint as invocation_count,
        count(distinct person_id) filter (product = 'claude_code')
            as claude_code_metrics__distinct_session_plugin_used_count,
        count(distinct person_id) filter (product = 'cowork')
            as cowork_metrics__distinct_session_plugin_used_count
    """
    ),
)
ARTIFACTS: Final = _both_cuts(
    "artifact",
    "feature_id as artifact_type",
    lambda _is_user: (
        """
        sum(created_count)::bigint as artifacts_created_count,
        sum(case when draw('published', person_id, date_day) < 0.2 then created_count else 0 end)
            ::bigint as published_artifacts_created_count
    """
    ),
    extra="draw('shared', person_id, date_day) < 0.3 as is_shared",
)
