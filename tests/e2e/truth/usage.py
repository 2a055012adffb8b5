"""Days of use in the marts against the truth.

The Enterprise list of activity sees every member but for the browser extension, which the usage
report tells of without a counter, and so it does of products that nobody knows. The Console sees
Claude Code of its people and services, and that a key or the Workbench was used. Telemetry sees
Claude Code on Bedrock and in the Team plan. Chats of the Team plan, Claude Code there without
telemetry, and days on which telemetry stopped, are seen by nothing.
"""

from typing import Final

from tests.e2e.truth.tokens import PEOPLE_PER_NAMELESS, PLANTED

# Counters that the best source of a surface can see.
_VISIBLE: Final = {
    "message_count": ("chat", "cowork", "office", "design"),
    "conversation_count": ("chat",),
    "session_count": ("claude_code", "cowork", "office", "design"),
    "project_used_count": ("chat", "design"),
    "project_created_count": ("chat", "design"),
    "artifact_created_count": ("chat",),
    "file_uploaded_count": ("chat",),
    "skill_used_count": ("chat", "cowork", "office"),
    "connector_used_count": ("chat", "cowork", "office"),
    "lines_added_count": ("claude_code",),
    "lines_removed_count": ("claude_code",),
    "commit_count": ("claude_code",),
    "pull_request_count": ("claude_code",),
    "edit_accepted_count": ("claude_code",),
    "edit_rejected_count": ("claude_code",),
}
_TRUE_COUNTS: Final = {
    "edit_accepted_count": "edit_accepted_count + write_accepted_count",
    "edit_rejected_count": "edit_rejected_count + write_rejected_count",
}
_COUNTERS: Final = ", ".join(_VISIBLE)
_COUNTED: Final = ", ".join(
    f"case when usage_daily.surface in {(*surfaces, '')} then "
    f"coalesce({_TRUE_COUNTS.get(name, name)}, 0) end as {name}"
    for name, surfaces in _VISIBLE.items()
)
_SUMS: Final = ", ".join(f"sum({name})::bigint as {name}" for name in _VISIBLE)

# What some source sees, with whom it tells it of; `is_seen` is false for what none does.
_TOLD: Final = f"""
    {PLANTED},
    telemetry_days as (
        select distinct date_day, person_id, route from truth.requests where seen_by_telemetry
    ),
    told as (
        select
            usage_daily.date_day,
            coalesce(usage_daily.person_id, workbench_days.owner_person_id) as person_id,
            case when workbench_days.actor_id is null then usage_daily.actor_id end as actor_id,
            usage_daily.route,
            case when usage_daily.surface = 'chrome'
                then coalesce(odd_products.told_surface, 'chrome') else usage_daily.surface
            end as surface,
            case
                when usage_daily.route in ('enterprise', 'console') then true
                when usage_daily.surface != 'claude_code' then false
                else telemetry_days.date_day is not null
            end as is_seen,
            {_COUNTED}
        from truth.usage_daily
        left join workbench_days
            on
                usage_daily.date_day = workbench_days.date_day
                and usage_daily.actor_id = workbench_days.actor_id
        left join odd_products
            on
                usage_daily.route = 'enterprise'
                and odd_products.date_day = usage_daily.date_day
                and odd_products.surface = usage_daily.surface
                and odd_products.person_id = usage_daily.person_id
        left join telemetry_days
            on
                usage_daily.date_day = telemetry_days.date_day
                and usage_daily.person_id = telemetry_days.person_id
                and usage_daily.route = telemetry_days.route
        union all by name
        select date_day, person_id, 'enterprise' as route, told_surface as surface, true as is_seen
        from odd_products where surface != 'chrome'
    )
"""
_EXPECTED: Final = f"""
    {_TOLD},
    keyed as (
        select
            told.* exclude (actor_id),
            case
                when route = 'bedrock' and person_id % {PEOPLE_PER_NAMELESS} = 0
                    then 'an installation'
                else coalesce(person_keys.person_key, '-1')
            end as person_key,
            coalesce(actor_keys.actor_key, '-1') as actor_key
        from told
        left join truth.person_keys using (person_id)
        left join truth.actor_keys on told.actor_id = actor_keys.actor_id
        where is_seen
    ),
    expected as (
        select date_day, person_key, actor_key, surface, true as is_active, {_SUMS}
        from keyed group by all
    ),
    found as (
        select
            date_day,
            case
                when person_key = '-1' or person_key in (select person_key from truth.person_keys)
                    then person_key
                else 'an installation'
            end as person_key,
            actor_key, surface, bool_and(is_active) as is_active, {_SUMS}
        from fct_usage_daily
        group by all
    )
"""
_UNSEEN: Final = f"""
    {_TOLD},
    unseen as (
        select date_day, route as channel, surface, count(distinct person_id) as people_count
        from told where not is_seen group by all
    ),
    counted as (
        select date_day, channel, surface, sum(unseen_count) as unseen_count
        from fct_source_coverage_daily
        where source_id = '-1' and measure_group = 'activity' group by all
    )
"""

CHECKS: Final = {
    "days_of_use": f"""
        with {_EXPECTED}
        (select 'found' as side, * from (from found except all from expected))
        union all
        (select 'true', * from (from expected except all from found))
    """,
    "whom_no_source_sees_is_counted_as_unseen": f"""
        with {_UNSEEN}
        select unseen.*, unseen_count
        from unseen left join counted using (date_day, channel, surface)
        where coalesce(unseen_count, 0) < people_count
    """,
    "the_team_of_the_day": """
        select usage.date_day, usage.person_key, org_unit_name, team
        from fct_usage_daily as usage
        join dim_org_units using (org_unit_key)
        join truth.person_keys on usage.person_key = person_keys.person_key
        left join truth.memberships
            on
                memberships.person_id = person_keys.person_id
                and usage.date_day >= valid_from_date
                and (valid_to_date is null or usage.date_day < valid_to_date)
        where team is distinct from org_unit_name
    """,
}
COUNTS: Final = {
    "days_of_use": f"with {_EXPECTED} select count(*) from expected",
    "whom_no_source_sees_is_counted_as_unseen": f"with {_UNSEEN} select count(*) from unseen",
    "the_team_of_the_day": """
        select count(*) from fct_usage_daily join truth.person_keys using (person_key)
    """,
}
