# ruff: noqa: S608  # queries are put together from constants of this room alone
"""What the Enterprise engagement lists say in the end of people and of the organisation."""

from typing import Final

from .console import EMAIL_THEN

_APPS: Final = ("excel", "powerpoint", "word", "outlook")
_PRODUCTS: Final = {
    "chat": "chat",
    "claude_code": "claude_code",
    "cowork": "cowork",
    "claude_design": "design",
    "office_agent": "office",
}


def _of(surface: str, column: str, name: str) -> str:
    """SQL of a counter of one surface; a product that was not used shows zero."""
    return f"coalesce(sum({column}) filter (surface = '{surface}'), 0)::bigint as {name}"


def _used(product: str, kind: str, name: str) -> str:
    """SQL of how often things of a kind were used in a product."""
    return f"""coalesce(sum(use_count) filter (
        product = '{product}' and feature_kind = '{kind}'
    ), 0)::bigint as {name}"""


_OFFICE: Final = ",\n".join(
    f"""
    coalesce(sum(message_count) filter (office_app = '{app}'), 0)::bigint
        as office_metrics__{app}__message_count,
    max(case when office_app = '{app}' then office_skills else 0 end)::bigint
        as office_metrics__{app}__skills_used_count,
    max(case when office_app = '{app}' then office_connectors else 0 end)::bigint
        as office_metrics__{app}__connectors_used_count,
    coalesce(sum(session_count) filter (office_app = '{app}'), 0)::bigint
        as office_metrics__{app}__distinct_session_count,
    coalesce(sum(skill_used_count) filter (office_app = '{app}'), 0)::bigint
        as office_metrics__{app}__distinct_skills_used_count,
    coalesce(sum(connector_used_count) filter (office_app = '{app}'), 0)::bigint
        as office_metrics__{app}__distinct_connectors_used_count
    """
    for app in _APPS
)
_CODE: Final = "claude_code_metrics__core_metrics"
_TOOLS: Final = "claude_code_metrics__tool_actions"

USER_ACTIVITY: Final = f"""
    with features as (
        select
            date_day, person_id,
            {_used("chat", "connector", "chat_connectors")},
            {_used("cowork", "skill", "cowork_skills")},
            {_used("cowork", "connector", "cowork_connectors")},
            {_used("cowork", "plugin", "cowork_plugins")},
            {_used("office_agent", "skill", "office_skills")},
            {_used("office_agent", "connector", "office_connectors")}
        from feature_use_daily
        group by all
    ),
    joined as (
        select
            usage_daily.*, user_id, {EMAIL_THEN} as email_then,
            columns(features.* exclude (date_day, person_id))
        from usage_daily
        join people using (person_id)
        join enterprise_accounts using (person_id)
        left join features using (date_day, person_id)
        -- What is done in the browser extension is in the cost reports only.
        where route = 'enterprise' and surface != 'chrome'
    )
    select
        date_day, user_id as user__id, min(email_then) as user__email_address,
        'user' as user__type, date_day as last_activity_date,
        coalesce(sum(web_search_count), 0)::bigint as web_search_count,
        {_of("chat", "message_count", "chat_metrics__message_count")},
        {_of("chat", "thinking_message_count", "chat_metrics__thinking_message_count")},
        coalesce(max(chat_connectors) filter (surface = 'chat'), 0)::bigint
            as chat_metrics__connectors_used_count,
        0::bigint as chat_metrics__shared_conversations_viewed_count,
        {_of("chat", "conversation_count", "chat_metrics__distinct_conversation_count")},
        {_of("chat", "project_created_count", "chat_metrics__distinct_projects_created_count")},
        {_of("chat", "project_used_count", "chat_metrics__distinct_projects_used_count")},
        {_of("chat", "file_uploaded_count", "chat_metrics__distinct_files_uploaded_count")},
        {_of("chat", "artifact_created_count", "chat_metrics__distinct_artifacts_created_count")},
        0::bigint as chat_metrics__distinct_shared_artifacts_viewed_count,
        {_of("chat", "skill_used_count", "chat_metrics__distinct_skills_used_count")},
        {_of("chat", "connector_used_count", "chat_metrics__distinct_connectors_used_count")},
        {_of("claude_code", "commit_count", f"{_CODE}__commit_count")},
        {_of("claude_code", "pull_request_count", f"{_CODE}__pull_request_count")},
        {_of("claude_code", "session_count", f"{_CODE}__distinct_session_count")},
        {_of("claude_code", "lines_added_count", f"{_CODE}__lines_of_code__added_count")},
        {_of("claude_code", "lines_removed_count", f"{_CODE}__lines_of_code__removed_count")},
        {_of("claude_code", "edit_accepted_count", f"{_TOOLS}__edit_tool__accepted_count")},
        {_of("claude_code", "edit_rejected_count", f"{_TOOLS}__edit_tool__rejected_count")},
        0::bigint as {_TOOLS}__multi_edit_tool__accepted_count,
        0::bigint as {_TOOLS}__multi_edit_tool__rejected_count,
        {_of("claude_code", "write_accepted_count", f"{_TOOLS}__write_tool__accepted_count")},
        {_of("claude_code", "write_rejected_count", f"{_TOOLS}__write_tool__rejected_count")},
        0::bigint as {_TOOLS}__notebook_edit_tool__accepted_count,
        0::bigint as {_TOOLS}__notebook_edit_tool__rejected_count,
        {_of("cowork", "message_count", "cowork_metrics__message_count")},
        {_of("cowork", "action_count", "cowork_metrics__action_count")},
        0::bigint as cowork_metrics__dispatch_turn_count,
        coalesce(max(cowork_skills) filter (surface = 'cowork'), 0)::bigint
            as cowork_metrics__skills_used_count,
        coalesce(max(cowork_connectors) filter (surface = 'cowork'), 0)::bigint
            as cowork_metrics__connectors_used_count,
        {_of("cowork", "session_count", "cowork_metrics__distinct_session_count")},
        {_of("cowork", "skill_used_count", "cowork_metrics__distinct_skills_used_count")},
        {_of("cowork", "connector_used_count", "cowork_metrics__distinct_connectors_used_count")},
        coalesce(max(cowork_plugins) filter (surface = 'cowork'), 0)::bigint
            as cowork_metrics__plugins_used_count,
        {_of("cowork", "plugin_used_count", "cowork_metrics__distinct_plugins_used_count")},
        null::bigint as cowork_metrics__file_edit_count,
        null::bigint as cowork_metrics__edit_tool_count,
        null::bigint as cowork_metrics__multi_edit_tool_count,
        null::bigint as cowork_metrics__write_tool_count,
        null::bigint as cowork_metrics__notebook_edit_tool_count,
        null::bigint as cowork_metrics__sessions_with_file_edits_count,
        {_OFFICE},
        {_of("design", "message_count", "design_metrics__message_count")},
        {_of("design", "project_created_count", "design_metrics__distinct_projects_created_count")},
        {_of("design", "session_count", "design_metrics__distinct_session_count")},
        {_of("design", "project_used_count", "design_metrics__distinct_projects_used_count")},
        0::bigint as science_metrics__message_count,
        0::bigint as science_metrics__delegation_count,
        0::bigint as science_metrics__remote_compute_job_count,
        0::bigint as science_metrics__skills_used_count,
        0::bigint as science_metrics__distinct_session_count
    from joined
    group by date_day, user_id
"""


def _active(product: str | None) -> str:
    """SQL of the people active on the last 1, 7 and 30 days, by day."""
    prefix = "" if product is None else f"{product}_"
    surface = "surface != 'chrome'" if product is None else f"surface = '{_PRODUCTS[product]}'"
    return f"""
        select
            calendar.date_day,
            count(distinct person_id) filter (used.date_day = calendar.date_day)
                as {prefix}daily_active_user_count,
            count(distinct person_id) filter (used.date_day > calendar.date_day - 7)
                as {prefix}weekly_active_user_count,
            count(distinct person_id) as {prefix}monthly_active_user_count
        from calendar
        left join (
            select distinct date_day, person_id
            from usage_daily where route = 'enterprise' and {surface}
        ) as used
            on
                used.date_day > calendar.date_day - 30
                and used.date_day <= calendar.date_day
        group by calendar.date_day
    """


SUMMARIES: Final = f"""
    with everybody as ({_active(None)}),
    {", ".join(f"of_{product} as ({_active(product)})" for product in _PRODUCTS)},
    seats as (
        select
            date_day, count(*) filter (seat_status = 'assigned') as assigned_seat_count,
            count(*) filter (seat_status = 'invited') as pending_invite_count
        from seats_daily where system = 'enterprise' group by date_day
    )
    select
        *, date_day::timestamp as starting_at, date_day + interval 1 day as ending_at,
        round(100.0 * daily_active_user_count / nullif(assigned_seat_count, 0), 2)
            as daily_adoption_rate,
        round(100.0 * weekly_active_user_count / nullif(assigned_seat_count, 0), 2)
            as weekly_adoption_rate,
        round(100.0 * monthly_active_user_count / nullif(assigned_seat_count, 0), 2)
            as monthly_adoption_rate
    from everybody
    {" ".join(f"join of_{product} using (date_day)" for product in _PRODUCTS)}
    left join seats using (date_day)
"""
