# ruff: noqa: S608  # queries are put together from constants of this room alone
"""What everybody did, day by day and surface by surface.

A count depends on the seed, the person and the day alone, so any stretch of days can be made by
itself. `who` is the person, or the actor with a minus sign.
"""

from typing import Final

from .staff import BEDROCK_TEAM

# surface, route, chance on a working day, days until full use, whether only developers do it
_HABITS: Final = """
    ('chat', 'enterprise', 0.75, 30, false), ('claude_code', 'enterprise', 0.70, 45, true),
    ('cowork', 'enterprise', 0.15, 60, false), ('office', 'enterprise', 0.20, 60, false),
    ('chrome', 'enterprise', 0.08, 40, false), ('design', 'enterprise', 0.04, 40, false),
    ('claude_code', 'console', 0.65, 40, true), ('chat', 'team', 0.65, 30, false),
    ('claude_code', 'team', 0.60, 40, true), ('claude_code', 'bedrock', 0.70, 30, true)
"""
_WEEKEND_SHARE: Final = 0.06
_APPS: Final = "['excel', 'powerpoint', 'word', 'outlook']"
# Days at the end of which an experiment with a key got out of hand.
RUNAWAY_DAYS: Final = 3


def _rare(tag: str, mean: float) -> str:
    """SQL of a count that is mostly near zero and seldom high."""
    chance = f"draw('{tag}' || surface || route, who, date_day)"
    return f"floor(-ln(1 - {chance}) * {mean} * intensity)::bigint"


def _count(tag: str, mean: float) -> str:
    """SQL of a count of at least one."""
    return f"(1 + {_rare(tag, mean)})"


def _on(surfaces: str, expression: str) -> str:
    """SQL that is null on all other surfaces."""
    names = ", ".join(f"'{surface}'" for surface in surfaces.split())
    return f"case when surface in ({names}) then {expression} end"


ACTIVE_DAYS: Final = f"""
    with habits as (
        select * from (values {_HABITS}) _(surface, route, chance, ramp_days, needs_developer)
    ),
    access as (
        select person_id, system as route, added_date, removed_date from accounts
        union all
        select person_id, 'bedrock', greatest(start_date, getvariable('start')), end_date + 1
        from people
        join traits using (person_id)
        where team = '{BEDROCK_TEAM}'
    ),
    days as (
        select * from calendar
        where date_day between getvariable('chunk_start') and getvariable('chunk_end')
    )
    select
        date_day, person_id, null::bigint as actor_id, habits.surface, habits.route,
        person_id as who, intensity, reject_rate
    from days
    join access on date_day >= added_date and (removed_date is null or date_day < removed_date)
    join traits using (person_id)
    join people using (person_id)
    join habits
        on habits.route = access.route and (not needs_developer or traits.is_developer)
    where
        draw('use' || habits.surface || habits.route, person_id, date_day)
        < chance * propensity
            * case when is_workday then 1 else {_WEEKEND_SHARE} end
            * case when people.is_champion then 1.3 else 1 end
            * case when lag_cause = 'misfit' and habits.surface != 'chat' then 0.15 else 1 end
            * (0.3 + 0.7 * least(1.0, (date_day - added_date) / ramp_days::double))
    union all
    select date_day, null, actor_id, 'claude_code', 'console', -actor_id, 1.5, 0
    from days, actors
    where in_claude_code and is_workday
    union all
    select date_day, null, actor_id, 'api', 'console', -actor_id, 1.0, 0
    from days, actors
    where
        kind != 'user_key' and not in_claude_code
        and (is_workday or is_batch or is_runaway or draw('weekend', actor_id, date_day) < 0.3)
        and case
            when is_runaway
                then date_day between getvariable('runaway_day') - {RUNAWAY_DAYS - 1}
                    and getvariable('runaway_day')
            when status = 'archived' then date_day < getvariable('start') + 40
            else true
        end
"""

USAGE: Final = f"""
    with counted as (
        select
            *,
            {_on("chat cowork office chrome design", _count("message", 8))} as message_count,
            {_on("chat chrome design", _count("conversation", 1.2))} as conversations,
            {_on("claude_code cowork office design", _count("session", 1.3))} as sessions,
            {_on("chat design", f"least(2, {_rare('project', 0.5)})")} as project_used_count,
            {_on("claude_code", _count("edit", 12))} as edits,
            {_on("claude_code", _count("write", 3))} as writes
        from active_days
    )
    select
        date_day, person_id, actor_id, surface, route,
        {_on("office", f"{_APPS}[1 + floor(draw('app', who, date_day) * 4)::int]")} as office_app,
        message_count,
        {_on("chat", "floor(message_count * 0.4 * draw('think', who, date_day))::bigint")}
            as thinking_message_count,
        least(conversations, message_count) as conversation_count,
        least(sessions, coalesce(message_count, edits)) as session_count,
        project_used_count,
        {_on("chat design", "(draw('new', who, date_day) < 0.04)::bigint")}
            * least(1, project_used_count) as project_created_count,
        {_on("chat", _rare("artifact", 0.5))} as artifact_created_count,
        {_on("chat", _rare("file", 0.8))} as file_uploaded_count,
        {_on("chat cowork office", f"least(3, {_rare('skill', 0.5)})")} as skill_used_count,
        {_on("chat cowork office claude_code", f"least(3, {_rare('connector', 0.5)})")}
            as connector_used_count,
        {_on("cowork claude_code", f"least(2, {_rare('plugin', 0.3)})")} as plugin_used_count,
        {_on("chat claude_code", _rare("search", 0.7))} as web_search_count,
        {_on("claude_code", _count("added", 120))} as lines_added_count,
        {_on("claude_code", _rare("removed", 40))} as lines_removed_count,
        {_on("claude_code", _rare("commit", 1.1))} as commit_count,
        {_on("claude_code", _rare("pull", 0.35))} as pull_request_count,
        edits - floor(edits * reject_rate)::bigint as edit_accepted_count,
        floor(edits * reject_rate)::bigint as edit_rejected_count,
        writes - floor(writes * reject_rate / 2)::bigint as write_accepted_count,
        floor(writes * reject_rate / 2)::bigint as write_rejected_count,
        {_on("cowork", _count("action", 9))} as action_count
    from counted
"""

# The things of one kind that a person uses on a day are neighbours in their list, so they differ.
_THINGS: Final = """
    ('project', 40, null),
    ('skill', 8, ['pptx', 'xlsx', 'docx', 'pdf', 'sql-review', 'brand-voice', 'release-notes',
        'incident-summary']),
    ('connector', 6, ['atlassian', 'google-drive', 'github', 'slack', 'snowflake', 'sharepoint']),
    ('plugin', 4, ['third-party', 'code-review', 'data-tools', 'test-writer']),
    ('artifact', 5, ['text/markdown', 'text/html', 'application/vnd.ant.react', 'image/svg+xml',
        'application/vnd.ant.code'])
"""
FEATURES: Final = f"""
    with things as (
        select * from (values {_THINGS}) _(feature_kind, thing_count, names)
    ),
    seats as (
        select * from usage_days where route in ('enterprise', 'team')
    ),
    used as (
        select date_day, person_id, surface, 'project' as feature_kind, project_used_count as used,
            project_created_count as created
        from seats where surface = 'chat'
        union all
        select date_day, person_id, surface, 'skill', skill_used_count, 0 from seats
        union all
        select date_day, person_id, surface, 'connector', connector_used_count, 0 from seats
        union all
        select date_day, person_id, surface, 'plugin', plugin_used_count, 0 from seats
        union all
        select date_day, person_id, surface, 'artifact', least(1, artifact_created_count),
            artifact_created_count
        from seats
    ),
    each_thing as (
        select
            used.* exclude (used), names, number,
            (
                floor(draw(feature_kind || surface, person_id, date_day) * thing_count)::bigint
                + number
            ) % thing_count as thing
        from used
        join things using (feature_kind)
        cross join unnest(range(used)) _(number)
        where used > 0
    )
    select
        date_day, person_id,
        case surface when 'office' then 'office_agent' else surface end as product, feature_kind,
        case feature_kind
            when 'project' then 'claude_proj_' || left(md5(getvariable('seed') || 'p' || thing), 20)
            else names[thing + 1]
        end as feature_id,
        case feature_kind
            when 'project' then format('Project {{:02d}}', thing + 1) else names[thing + 1]
        end as feature_name,
        case feature_kind
            when 'artifact' then created
            else
                1 + floor(draw('times' || feature_kind || surface, person_id, date_day) * 4)::bigint
        end as use_count,
        case when number = 0 then created else 0 end::bigint as created_count
    from each_thing
"""
