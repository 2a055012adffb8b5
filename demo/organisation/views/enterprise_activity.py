# ruff: noqa: S608  # queries are put together from constants of this room alone
"""What the Enterprise engagement lists say of members and of the organisation, day by day."""

from typing import Final

from .versions import FIRST_SEEN, versioned

_APPS: Final = ("excel", "powerpoint", "word", "outlook")
_TOOLS: Final = ("edit_tool", "multi_edit_tool", "write_tool", "notebook_edit_tool")
# Product of a summary, and its surface.
_PRODUCTS: Final = {
    "": None,
    "chat_": "chat",
    "claude_code_": "claude_code",
    "cowork_": "cowork",
    "claude_design_": "design",
    "office_agent_": "office",
}
_SPANS: Final = {"daily": 1, "weekly": 7, "monthly": 30}
# Cowork's own features came later, and so did merged chat; the fields are there, without a value.
_NOT_YET: Final = "null::bigint"
_NEVER: Final = "0::bigint"


def _of(surface: str, column: str) -> str:
    return f"sum({column}) filter (surface = '{surface}')"


def _uses(product: str, kind: str) -> str:
    return f"max(uses) filter (product = '{product}' and feature_kind = '{kind}')"


def _office(app: str) -> dict[str, str]:
    in_app = f"filter (office_app = '{app}')"
    only_app = f"filter (product = 'office_agent' and first_app = '{app}' and feature_kind ="
    return {
        "message_count": f"sum(message_count) {in_app}",
        "skills_used_count": f"max(uses) {only_app} 'skill')",
        "connectors_used_count": f"max(uses) {only_app} 'connector')",
        "distinct_session_count": f"sum(session_count) {in_app}",
        "distinct_skills_used_count": f"sum(skill_used_count) {in_app}",
        "distinct_connectors_used_count": f"sum(connector_used_count) {in_app}",
    }


_CHAT: Final = {
    "message_count": _of("chat", "message_count"),
    "thinking_message_count": _of("chat", "thinking_message_count"),
    "connectors_used_count": _uses("chat", "connector"),
    "shared_conversations_viewed_count": _NEVER,
    "distinct_conversation_count": _of("chat", "conversation_count"),
    "distinct_projects_created_count": _of("chat", "project_created_count"),
    "distinct_projects_used_count": _of("chat", "project_used_count"),
    "distinct_files_uploaded_count": _of("chat", "file_uploaded_count"),
    "distinct_artifacts_created_count": _of("chat", "artifact_created_count"),
    "distinct_shared_artifacts_viewed_count": _NEVER,
    "distinct_skills_used_count": _of("chat", "skill_used_count"),
    "distinct_connectors_used_count": _of("chat", "connector_used_count"),
}
_COWORK: Final = {
    "message_count": _of("cowork", "message_count"),
    "action_count": _of("cowork", "action_count"),
    "dispatch_turn_count": _NEVER,
    "skills_used_count": _uses("cowork", "skill"),
    "connectors_used_count": _uses("cowork", "connector"),
    "distinct_session_count": _of("cowork", "session_count"),
    "distinct_skills_used_count": _of("cowork", "skill_used_count"),
    "distinct_connectors_used_count": _of("cowork", "connector_used_count"),
    "plugins_used_count": _uses("cowork", "plugin"),
    "distinct_plugins_used_count": _of("cowork", "plugin_used_count"),
    "file_edit_count": _NOT_YET,
    "edit_tool_count": _NOT_YET,
    "multi_edit_tool_count": _NOT_YET,
    "write_tool_count": _NOT_YET,
    "notebook_edit_tool_count": _NOT_YET,
    "sessions_with_file_edits_count": _NOT_YET,
    "artifacts_created_count": _NEVER,
}
_CODE: Final = {
    "core_metrics__commit_count": _of("claude_code", "commit_count"),
    "core_metrics__pull_request_count": _of("claude_code", "pull_request_count"),
    "core_metrics__distinct_session_count": _of("claude_code", "session_count"),
    "core_metrics__lines_of_code__added_count": _of("claude_code", "lines_added_count"),
    "core_metrics__lines_of_code__removed_count": _of("claude_code", "lines_removed_count"),
    "core_metrics__artifacts_created_count": _NEVER,
    **{
        f"tool_actions__{tool}__{answer}_count": _NEVER
        for tool in _TOOLS
        for answer in ("accepted", "rejected")
    },
    **{
        f"tool_actions__{tool}_tool__{answer}_count": _of("claude_code", f"{tool}_{answer}_count")
        for tool in ("edit", "write")
        for answer in ("accepted", "rejected")
    },
}
_DESIGN: Final = {
    "message_count": _of("design", "message_count"),
    "distinct_projects_created_count": _of("design", "project_created_count"),
    "distinct_session_count": _of("design", "session_count"),
    "distinct_projects_used_count": _of("design", "project_used_count"),
}
_SCIENCE: Final = (
    "message_count",
    "delegation_count",
    "remote_compute_job_count",
    "skills_used_count",
    "distinct_session_count",
)
_UNIFIED: Final = "chat_cowork_unified_metrics"
# Every product shows zeros to those who do not use it.
_METRICS: Final = {
    "web_search_count": "sum(web_search_count)",
    **{f"chat_metrics__{name}": value for name, value in _CHAT.items()},
    **{f"claude_code_metrics__{name}": value for name, value in _CODE.items()},
    **{f"cowork_metrics__{name}": value for name, value in _COWORK.items()},
    **{
        f"office_metrics__{app}__{name}": value
        for app in _APPS
        for name, value in _office(app).items()
    },
    **{f"design_metrics__{name}": value for name, value in _DESIGN.items()},
    **{f"science_metrics__{name}": _NEVER for name in _SCIENCE},
    **{f"{_UNIFIED}__chat__{name}": _NOT_YET for name in _CHAT},
    **{f"{_UNIFIED}__sessions__{name}": _NOT_YET for name in _COWORK},
}
_METRIC_COLUMNS: Final = ", ".join(
    f"{value if value == _NOT_YET else f'coalesce({value}, 0)::bigint'} as {name}"
    for name, value in _METRICS.items()
)
_RESTATED: Final = (
    "chat_metrics__message_count",
    "cowork_metrics__message_count",
    "claude_code_metrics__core_metrics__lines_of_code__added_count",
    "web_search_count",
)
# No more conversations than messages, whatever the messages are said to be.
_WITHIN_MESSAGES: Final = (
    "chat_metrics__thinking_message_count",
    "chat_metrics__distinct_conversation_count",
)
_TOLD: Final = ", ".join(
    [
        *(f"restated({name}, permille) as {name}" for name in _RESTATED),
        *(
            f"least({name}, restated(chat_metrics__message_count, permille)) as {name}"
            for name in _WITHIN_MESSAGES
        ),
    ]
)

CHUNK: Final = {
    # What somebody does in the browser extension is in the cost reports alone.
    "activity_days": f"""
        with used as (
            select *, null as product, null as feature_kind, null::bigint as uses, null as first_app
            from usage_days
            where route = 'enterprise' and surface != 'chrome' and person_id is not null
        ),
        apps as (
            select date_day, person_id, min(office_app) as first_app
            from used where surface = 'office' group by all
        ),
        features as (
            select date_day, person_id, product, feature_kind, sum(use_count) as uses
            from feature_days group by all
        ),
        both_kinds as (
            from used
            union all by name
            select features.*, first_app from features left join apps using (date_day, person_id)
        )
        select date_day, person_id, {_METRIC_COLUMNS}
        from both_kinds
        group by all
        having count(surface) > 0
    """,
}

DAILY: Final = {
    "user_activity": f"""
        with told as (
            {versioned("activity_days", "user_activity", "person_id")}
            union all by name
            select
                date_day, person_id, {
        ", ".join(
            f"{'3' if name == 'chat_metrics__message_count' else '0'} as {name}"
            for name in _METRICS
            if _UNIFIED not in name
        )
    },
                date_day + {FIRST_SEEN["user_activity"]} as visible_from,
                withdrawn_at as visible_to, 0 as permille
            from phantoms
            where
                family = 'user_activity'
                and date_day between getvariable('chunk_start') and getvariable('chunk_end')
        )
        select
            date_day, user_id as user__id,
            email_then(date_day, email, former_email, email_changed_date) as user__email_address,
            'user' as user__type, date_day as last_activity_date,
            told.* exclude (date_day, person_id, permille) replace ({_TOLD})
        from told
        join people using (person_id)
        join enterprise_accounts using (person_id)
    """,
}


def _active(prefix: str, surface: str | None) -> str:
    """SQL of active people by day: each active day counts until the next one or its span's end."""
    condition = f"surface = '{surface}'" if surface else "surface != 'chrome'"
    return " union all ".join(
        f"""
        select '{prefix}{span}_active_user_count' as name, date_day,
            least(
                date_day + {days},
                lead(date_day, 1, date '9999-01-01') over (partition by person_id order by date_day)
            ) as end_day
        from (
            select distinct person_id, date_day
            from usage_daily where route = 'enterprise' and {condition}
        )
        """
        for span, days in _SPANS.items()
    )


_NAMES: Final = [f"{prefix}{span}_active_user_count" for prefix in _PRODUCTS for span in _SPANS]
_NOT_OFFERED: Final = ", ".join(
    f"{'0::bigint' if product == 'science' else _NOT_YET} as {product}_{span}_active_user_count"
    for product in ("science", "chat_cowork_unified")
    for span in _SPANS
)


def _rate(span: str) -> str:
    return f"""round(100.0::double * {span}_active_user_count / nullif(assigned_seat_count, 0), 2)
        as {span}_adoption_rate"""


TABLES: Final = {
    "active_counts": f"""
        with spans as (
            {" union all ".join(_active(*product) for product in _PRODUCTS.items())}
        ),
        steps as (
            select name, date_day, count(*) as step from spans group by all
            union all
            select name, end_day, -count(*) from spans group by all
        ),
        days as (
            select name, date_day, sum(step) as step from steps group by all
        ),
        counts as (
            select name, date_day, sum(coalesce(step, 0)) over (
                partition by name order by date_day
            )::bigint as people
            from calendar
            cross join (select unnest({_NAMES}) as name)
            left join days using (name, date_day)
        )
        pivot counts on name in {tuple(_NAMES)} using max(people) group by date_day
    """,
    "summary_days": """
        with seats as (
            select date_day, count(*) as assigned_seat_count
            from seats_daily
            where system = 'enterprise' and seat_status = 'assigned'
            group by date_day
        ),
        waiting as (
            select date_day, count(*) as pending_invite_count
            from calendar
            join invites
                on
                    invited_at < date_day + 1 and expires_at >= date_day + 1
                    and (accepted_at is null or accepted_at >= date_day + 1)
            where system = 'enterprise'
            group by date_day
        )
        select
            active_counts.*, coalesce(assigned_seat_count, 0) as assigned_seat_count,
            coalesce(pending_invite_count, 0) as pending_invite_count
        from active_counts
        left join seats using (date_day)
        left join waiting using (date_day)
    """,
    # A day's people come in late; the week and the month know them from another day.
    "told_summaries": f"""
        with told as ({versioned("summary_days", "summaries", "0")})
        select told.* replace ({
        ", ".join(
            f"restated({prefix}daily_active_user_count, permille) "
            f"as {prefix}daily_active_user_count"
            for prefix in _PRODUCTS
        )
    })
        from told
    """,
}

ONCE: Final = {
    "summaries": f"""
        select
            date_day, date_day::timestamp as starting_at,
            date_day + interval 1 day as ending_at, {", ".join(_NAMES)}, {_NOT_OFFERED},
            assigned_seat_count, pending_invite_count,
            {", ".join(_rate(span) for span in _SPANS)},
            null::bigint as science_entitled_user_count, visible_from, visible_to
        from told_summaries
    """,
}
