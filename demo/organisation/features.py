# ruff: noqa: S608  # queries are put together from constants of this room alone
"""Projects, skills, connectors, plugins and artifacts: which ones a day's counts stand for.

The things of one kind that a person uses on a day are neighbours in a list, so they differ.
"""

from typing import Final

_KINDS: Final = """
    ('skill', ['pptx', 'xlsx', 'docx', 'pdf', 'sql-review', 'brand-voice', 'release-notes',
        'incident-summary']),
    ('connector', ['atlassian', 'google-drive', 'github', 'slack', 'snowflake', 'sharepoint']),
    ('plugin', ['third-party', 'code-review', 'data-tools', 'test-writer']),
    ('artifact', ['text/markdown', 'text/html', 'application/vnd.ant.react', 'image/svg+xml',
        'application/vnd.ant.code'])
"""
# What each team has from the beginning, and how many of its projects people come back to.
_FIRST_PROJECTS: Final = 3
_LIVELY_PROJECTS: Final = 12

TABLES: Final[dict[str, str]] = {
    "projects": f"""
        select
            'claude_proj_' || left(md5(concat_ws('|', getvariable('seed'), team, number)), 24)
                as project_id,
            format('{{}}, project {{:03d}}', team, number) as project_name, team,
            null::bigint as created_by_person_id, getvariable('start') - 30 as created_date,
            number::bigint as number
        from (select distinct team from memberships)
        cross join range(1, {_FIRST_PROJECTS} + 1) _(number)
    """
}

# The projects that were created on these days, numbered after the older ones of the team.
NEW_PROJECTS: Final = """
    with created as (
        select
            usage_days.person_id, usage_days.date_day, team,
            row_number() over (
                partition by team order by usage_days.date_day, usage_days.person_id
            ) as nth
        from usage_days
        join active_days using (date_day, person_id, surface, route)
        where surface = 'chat' and project_created_count > 0
    ),
    numbered as (
        select created.*, nth + last_number as number
        from created
        join (select team, max(number) as last_number from projects group by team) using (team)
    )
    select
        'claude_proj_' || left(md5(concat_ws('|', getvariable('seed'), team, number)), 24)
            as project_id,
        format('{}, project {:03d}', team, number) as project_name, team,
        person_id as created_by_person_id, date_day as created_date, number
    from numbered
"""

# Only seats report features; use by a key or on Bedrock has no such list.
FEATURES: Final = f"""
    with kinds as (
        select * from (values {_KINDS}) _(feature_kind, names)
    ),
    seats as (
        select * from usage_days where route in ('enterprise', 'team')
    ),
    used as (
        select date_day, person_id, surface, 'skill' as feature_kind, skill_used_count as used,
            0 as created
        from seats
        union all
        select date_day, person_id, surface, 'connector', connector_used_count, 0 from seats
        union all
        select date_day, person_id, surface, 'plugin', plugin_used_count, 0 from seats
        union all
        select date_day, person_id, surface, 'artifact', least(1, artifact_created_count),
            artifact_created_count
        from seats where artifact_created_count > 0
    ),
    things as (
        select
            date_day, person_id, surface, feature_kind,
            names[1 + (
                floor(draw(feature_kind || surface, person_id, date_day) * len(names))::bigint
                + number
            ) % len(names)] as feature_id,
            case
                when feature_kind = 'artifact' then created
                else 1 + floor(draw('times' || feature_kind || surface, person_id, date_day) * 4)
            end as use_count,
            created
        from used
        join kinds using (feature_kind)
        cross join unnest(range(used)) _(number)
        where used > 0
    ),
    numbers as (
        select team, created_date, max(number) as last_number from projects group by all
    ),
    in_projects as (
        select
            seats.date_day, person_id, active_days.team, project_used_count, project_created_count,
            greatest(1, message_count // (project_used_count + 1)) as use_count,
            least(last_number, {_LIVELY_PROJECTS}) as lively_count
        from seats
        join active_days using (date_day, person_id, surface, route)
        asof join numbers
            on active_days.team = numbers.team and active_days.date_day > numbers.created_date
        where surface = 'chat' and project_used_count > 0
    ),
    -- People come back to the same two or three projects.
    returned as (
        select
            date_day, person_id, team, use_count,
            1 + (
                floor(draw('project', person_id, 0) * 60)::bigint + number
                + floor(draw('which', person_id, date_day) * 2)::bigint
            ) % lively_count as number
        from in_projects
        cross join unnest(range(project_used_count - project_created_count)) _(number)
    )
    select
        date_day, person_id,
        case surface when 'office' then 'office_agent' else surface end as product, feature_kind,
        feature_id, feature_id as feature_name, use_count::bigint as use_count,
        created::bigint as created_count
    from things
    union all
    select date_day, person_id, 'chat', 'project', project_id, project_name, use_count, 0
    from returned
    join projects using (team, number)
    union all
    select date_day, person_id, 'chat', 'project', project_id, project_name, use_count, 1
    from in_projects
    join projects
        on
            projects.created_by_person_id = in_projects.person_id
            and projects.created_date = in_projects.date_day
    where project_created_count > 0
"""
