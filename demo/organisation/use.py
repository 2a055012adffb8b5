# ruff: noqa: S608  # queries are put together from constants of this room alone
"""What everybody did, day by day and surface by surface.

A count depends on the seed, the person and the day alone, so any stretch of days can be made by
itself. `who` is the person, or the actor with a minus sign.
"""

from typing import Final

# surface, route, chance on a working day, days until full use, whether only developers do it
_HABITS: Final = """
    ('chat', 'enterprise', 0.75, 30, false), ('claude_code', 'enterprise', 0.70, 45, true),
    ('cowork', 'enterprise', 0.15, 60, false), ('office', 'enterprise', 0.20, 60, false),
    ('chrome', 'enterprise', 0.08, 40, false), ('design', 'enterprise', 0.04, 40, false),
    ('claude_code', 'console', 0.65, 40, true), ('chat', 'team', 0.65, 30, false),
    ('claude_code', 'team', 0.60, 40, true), ('claude_code', 'bedrock', 0.70, 30, true)
"""
# What a department's cause does to its people's use. Part of them who use it at all, chance of a
# day, the same after three weeks, growth, amount of a day, part of proposals that are refused,
# features beside chat, surfaces beside chat and Claude Code.
_LAGS: Final = """
    (null,       1.0, 1.00, 1.0, 1.0, 1.0, 0.12, 1.0, 1.0),
    ('training', 1.0, 0.90, 1.0, 0.0, 0.5, 0.25, 0.1, 0.5),
    ('misfit',   1.0, 1.00, 0.3, 1.0, 0.7, 0.15, 0.3, 0.1),
    ('friction', 1.0, 0.80, 0.8, 0.7, 0.4, 0.45, 0.5, 0.7),
    ('culture',  0.2, 0.60, 1.0, 0.5, 0.7, 0.12, 0.7, 0.7)
"""
_LAG_COLUMNS: Final = """
    lag_cause, open_share, early_factor, late_factor, growth_factor, amount_factor, reject_rate,
    feature_factor, other_factor
"""
_FADE_DAYS: Final = 21
# Use on the first day of access, of what it grows to.
_FIRST_USE: Final = 0.3
_CHAMPION_FACTOR: Final = 1.25
_WEEKEND_FACTOR: Final = 0.06
# Refused proposals of the most skilled person, less than those of the least skilled.
_SKILL_EFFECT: Final = 0.1
# Chance that somebody is away for a week.
_AWAY: Final = """
    case
        when strftime(date_day, '%m-%d') >= '12-22' or strftime(date_day, '%m-%d') <= '01-03'
            then 0.6
        when month(date_day) in (7, 8) then 0.2
        else 0.04
    end
"""
# Days at the end of which an experiment with a key got out of hand.
RUNAWAY_DAYS: Final = 3
_ARCHIVED_AFTER_DAYS: Final = 40

ACTIVE_DAYS: Final = f"""
    with habits as (
        select * from (values {_HABITS}) _(surface, route, chance, ramp_days, needs_developer)
    ),
    lags as (
        select * from (values {_LAGS}) _({_LAG_COLUMNS})
    ),
    access as (
        select person_id, system as route, added_date from accounts
        union all
        select person_id, 'bedrock', greatest(start_date + 2, getvariable('start'))
        from people
        join places using (person_id)
        where is_on_bedrock
    ),
    days as (
        select * from calendar
        where date_day between getvariable('chunk_start') and getvariable('chunk_end')
    ),
    -- The cause is that of the department of the day.
    present as (
        select
            days.*, access.person_id, route, team, traits.* exclude (person_id), is_developer,
            is_champion, date_day - added_date as access_days, lags.* exclude (lag_cause)
        from days
        join access on date_day >= added_date
        join traits using (person_id)
        join people using (person_id)
        join memberships
            on
                memberships.person_id = access.person_id
                and date_day >= valid_from_date
                and (valid_to_date is null or date_day < valid_to_date)
        join departments using (department)
        join lags on lags.lag_cause is not distinct from departments.lag_cause
        where draw('away', access.person_id, date_trunc('week', date_day)) >= {_AWAY}
    )
    select
        date_day, person_id, null::bigint as actor_id, habits.surface, route, person_id as who,
        team, intensity * amount_factor as amount,
        greatest(0.01, reject_rate + {_SKILL_EFFECT} * (0.5 - skill)) as reject_rate,
        breadth * feature_factor as breadth, skill
    from present
    join habits using (route)
    where
        (not needs_developer or is_developer)
        -- Where few are open to it, those who lead are not among them.
        and (
            open_share = 1
            or (
                openness >= 1 - open_share
                and person_id not in (
                    select manager_person_id from memberships where manager_person_id is not null
                )
            )
        )
        and draw('use' || habits.surface || route, person_id, date_day)
        < chance * propensity
            * case when is_workday then 1 else {_WEEKEND_FACTOR} end
            * case when is_champion then {_CHAMPION_FACTOR} else 1 end
            * early_factor
            * case when access_days > {_FADE_DAYS} then late_factor else 1 end
            * case when surface in ('chat', 'claude_code') then 1 else other_factor end
            * (
                {_FIRST_USE}
                + (1 - {_FIRST_USE}) * growth_factor * least(1, access_days / ramp_days::double)
            )
    union all
    select
        date_day, null, actor_id, case when in_claude_code then 'claude_code' else 'api' end,
        'console', -actor_id, null, 1.5, 0.01, 0, 1
    from days, actors
    where
        kind != 'user_key'
        and case
            when in_claude_code then is_workday
            when is_runaway
                then date_day between getvariable('runaway_day') - {RUNAWAY_DAYS - 1}
                    and getvariable('runaway_day')
            else is_workday or is_batch or draw('weekend', actor_id, date_day) < 0.3
        end
        and (status != 'archived' or date_day < getvariable('start') + {_ARCHIVED_AFTER_DAYS})
"""


def _rare(tag: str, mean: float, factor: str = "amount") -> str:
    """SQL of a count that is mostly near zero and seldom high."""
    chance = f"draw('{tag}' || surface || route, who, date_day)"
    return f"floor(-ln(1 - {chance}) * {mean} * {factor})::bigint"


def _count(tag: str, mean: float) -> str:
    """SQL of a count of at least one."""
    return f"(1 + {_rare(tag, mean)})"


def _few(tag: str, mean: float, most: int) -> str:
    """SQL of how many different things of a kind were used: more by people of greater breadth."""
    return f"least({most}, {_rare(tag, mean, 'breadth')})"


def _share(tag: str, count: str, share: str) -> str:
    """SQL of a part of a count; what is left of a whole one is drawn."""
    return f"floor({count} * {share} + draw('{tag}' || route, who, date_day))::bigint"


def _on(surfaces: str, expression: str) -> str:
    """SQL that is null on all other surfaces."""
    names = ", ".join(f"'{surface}'" for surface in surfaces.split())
    return f"case when surface in ({names}) then {expression} end"


_OFFICE_APP: Final = """
    ['excel', 'powerpoint', 'word', 'outlook'][1 + floor(draw('app', who, date_day) * 4)::int]
"""
USAGE: Final = f"""
    with counted as (
        select
            *,
            {_on("chat cowork office chrome design", _count("message", 8))} as message_count,
            {_on("chat chrome design", _count("conversation", 1.2))} as conversations,
            {_on("claude_code cowork office design", _count("session", 1.3))} as sessions,
            {_on("chat design", _few("project", 0.5, 2))} as projects,
            {_on("claude_code", _count("edit", 12))} as edits,
            {_on("claude_code", _count("write", 3))} as writes
        from active_days
    ),
    decided as (
        select
            *, {_on("chat design", "least(projects, message_count)")} as project_used_count,
            edits - least(edits, {_share("refuse", "edits", "reject_rate")}) as edit_accepted_count,
            writes - least(writes, {_share("refuse w", "writes", "reject_rate / 2")})
                as write_accepted_count
        from counted
    )
    select
        date_day, person_id, actor_id, surface, route,
        {_on("office", _OFFICE_APP)} as office_app,
        message_count,
        {_on("chat", "floor(message_count * 0.4 * draw('think', who, date_day))::bigint")}
            as thinking_message_count,
        {_on("chat chrome design", "least(conversations, message_count)")} as conversation_count,
        {_on("claude_code cowork office design", "least(sessions, coalesce(message_count, edits))")}
            as session_count,
        project_used_count,
        case when project_used_count is not null then
            (project_used_count > 0 and draw('new' || surface, who, date_day) < 0.04)::bigint
        end as project_created_count,
        {_on("chat", _rare("artifact", 0.5, "breadth"))} as artifact_created_count,
        {_on("chat", _rare("file", 0.8, "breadth"))} as file_uploaded_count,
        {_on("chat cowork office", _few("skill", 0.5, 3))} as skill_used_count,
        {_on("chat cowork office claude_code", _few("connector", 0.5, 3))}
            as connector_used_count,
        {_on("cowork claude_code", _few("plugin", 0.3, 2))} as plugin_used_count,
        {_on("chat claude_code", _rare("search", 0.7))} as web_search_count,
        floor(
            (edit_accepted_count * 7 + write_accepted_count * 20)
            * (0.4 + 0.8 * skill + 0.8 * draw('added', who, date_day))
        )::bigint as lines_added_count,
        floor(edit_accepted_count * 5 * draw('removed', who, date_day))::bigint
            as lines_removed_count,
        {_on("claude_code", _rare("commit", 1.1, "amount * (0.5 + skill)"))} as commit_count,
        {_on("claude_code", _rare("pull", 0.35, "amount * (0.5 + skill)"))} as pull_request_count,
        edit_accepted_count,
        edits - edit_accepted_count as edit_rejected_count,
        write_accepted_count,
        writes - write_accepted_count as write_rejected_count,
        {_on("cowork", _count("action", 9))} as action_count
    from decided
"""
