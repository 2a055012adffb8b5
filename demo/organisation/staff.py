# ruff: noqa: S608  # queries are put together from constants of this room alone
"""Who works in the company, where and since when, and what kind of user everybody is.

Each table is one query over the tables before it. `draw(tag, a, b)` is a number between 0 and 1
that depends on the seed and its arguments alone, so nothing depends on order or on chunks.
"""

from typing import Final

# department, entity, share of all people, wave, cause of its lag, share of developers, function
_DEPARTMENTS: Final = """
    ('Platform Engineering', 'main', 0.12, 1, null, 0.85, 'engineering'),
    ('Product Engineering', 'main', 0.17, 1, null, 0.80, 'engineering'),
    ('Data and Analytics', 'main', 0.08, 2, 'friction', 0.60, 'engineering'),
    ('Marketing', 'main', 0.08, 2, null, 0.00, 'marketing'),
    ('Sales', 'main', 0.12, 3, null, 0.00, 'sales'),
    ('Customer Support', 'main', 0.11, 3, null, 0.05, 'support'),
    ('Finance', 'main', 0.06, 3, 'training', 0.00, 'finance'),
    ('Operations', 'main', 0.07, 4, 'misfit', 0.05, 'operations'),
    ('People and Legal', 'main', 0.04, 4, 'culture', 0.00, 'people'),
    ('Nordic Sales', 'team_subsidiary', 0.05, 2, null, 0.10, 'sales'),
    ('Nordic Support', 'team_subsidiary', 0.03, 2, null, 0.60, 'support'),
    ('Labs', 'console_subsidiary', 0.07, 1, null, 1.00, 'engineering')
"""
# Its people use Claude Code on Bedrock and nothing else.
BEDROCK_TEAM: Final = "Product Engineering 2"
_TEAM_SIZE: Final = 12
# Telemetry was rolled out late, outside the Bedrock team; session logs come from few machines.
_TELEMETRY_SHARE: Final = 0.3
_TELEMETRY_DAYS: Final = 80
_LOG_MACHINES: Final = 30
_CHAMPION_SHARE: Final = 0.06
# Part of the people to whom it happens in a year, and the fewest in any company.
_EVENTS: Final = {
    "joiner": (0.16, 2),
    "leaver": (0.08, 1),
    "mover": (0.05, 1),
    "renamed": (0.01, 1),
}
_STEADY: Final = "not is_joiner and not is_leaver and legal_entity = 'main' and not is_on_bedrock"


def _is_among_first(event: str, condition: str) -> str:
    """SQL that tells whether something happens to a person, of those to whom it may happen."""
    share, fewest = _EVENTS[event]
    return f"""
        ({condition}) and row_number() over (
            partition by ({condition}) order by draw('{event}', person_id, 0), person_id
        ) <= greatest({fewest}, getvariable('people') * {share} * getvariable('days') / 365)
    """


TABLES: Final[dict[str, str]] = {
    "departments_full": f"""
        select
            *, sum(share) over (rows unbounded preceding) - share as share_before,
            sum(share) over (rows unbounded preceding) as share_until,
            greatest(2, round(share * getvariable('people') / {_TEAM_SIZE}))::int as team_count
        from (values {_DEPARTMENTS}) _(
            department, legal_entity, share, wave, lag_cause, developer_share, function
        )
    """,
    "departments": "select department, legal_entity, lag_cause from departments_full",
    "calendar": """
        select
            day::date as date_day,
            isodow(day) < 6 and strftime(day, '%m-%d') not in (
                '01-01', '01-06', '05-01', '10-03', '12-24', '12-25', '12-26', '12-31'
            ) and day::date not in (
                date '2026-04-03', date '2026-04-06', date '2026-05-14', date '2026-05-25'
            ) as is_workday
        from range(
            getvariable('start')::timestamp, getvariable('until') + interval 1 day, interval 1 day
        ) _(day)
    """,
    # A place in a drawn order decides department and team, so that shares hold at every size.
    "places": f"""
        with ranked as (
            select
                person_id::bigint as person_id,
                (row_number() over (order by draw('place', person_id, 0), person_id) - 0.5)
                / getvariable('people') as place
            from range(1, getvariable('people') + 1) _(person_id)
        ),
        placed as (
            select
                *, 1 + least(
                    team_count - 1, floor((place - share_before) / share * team_count)
                )::int as team_number
            from ranked
            join departments_full on place > share_before and place <= share_until
        )
        select
            person_id, department, department || ' ' || team_number as team, legal_entity, wave,
            function, lag_cause,
            department || ' ' || team_number = '{BEDROCK_TEAM}' as is_on_bedrock,
            department || ' ' || team_number = '{BEDROCK_TEAM}'
            or draw('developer', person_id, 0) < developer_share as is_developer
        from placed
    """,
    # What happens to whom: one thing at most.
    "careers": f"""
        with joiners as (
            select *, {_is_among_first("joiner", "true")} as is_joiner from places
        ),
        leavers as (
            select *, {_is_among_first("leaver", "not is_joiner")} as is_leaver from joiners
        ),
        movers as (
            select *, {_is_among_first("mover", _STEADY)} as is_mover from leavers
        )
        select
            person_id, is_joiner, is_leaver, is_mover,
            {_is_among_first("renamed", f"not is_mover and {_STEADY}")} as is_renamed
        from movers
    """,
    # What never shows directly; survey and delivery data can be drawn from the same traits.
    "traits": """
        select
            person_id,
            0.35 + 0.65 * draw('propensity', person_id, 0) as propensity,
            exp(1.2 * (draw('intensity', person_id, 0) - 0.5)) as intensity,
            draw('skill', person_id, 0) as skill,
            0.4 + 1.2 * draw('breadth', person_id, 0) as breadth,
            draw('openness', person_id, 0) as openness
        from places
    """,
    "people": f"""
        select
            person_id,
            format('person.{{:05d}}@example.com', person_id) as email,
            case when is_renamed then format('former.{{:05d}}@example.com', person_id) end
                as former_email,
            case when is_renamed then
                getvariable('start') + (
                    getvariable('days') * (0.4 + 0.3 * draw('rename', person_id, 0))
                )::int
            end as email_changed_date,
            format('Person {{:05d}}', person_id) as name,
            legal_entity,
            case when is_joiner
                then getvariable('start')
                    + (1 + floor(draw('join', person_id, 0) * 0.9 * getvariable('days')))::int
                else getvariable('start') - (30 + draw('join', person_id, 0) * 2000)::int
            end as start_date,
            case when is_leaver
                then getvariable('start')
                    + floor(getvariable('days') * (0.3 + 0.6 * draw('leave', person_id, 0)))::int
            end as end_date,
            ['junior', 'professional', 'senior', 'lead'][
                1 + floor(draw('seniority', person_id, 0) * 4)::int] as seniority,
            ['Berlin', 'Lyon', 'Oslo', 'Austin'][1 + floor(draw('site', person_id, 0) * 4)::int]
                as location,
            'B' || (1 + floor(draw('band', person_id, 0) * 5))::int as cost_band,
            wave,
            -- Where training lacks, nobody shows the others how it is done.
            draw('champion', person_id, 0) < {_CHAMPION_SHARE}
            and lag_cause is distinct from 'training' as is_champion,
            is_developer,
            is_developer
            and (is_on_bedrock or draw('telemetry', person_id, 0) < {_TELEMETRY_SHARE})
                as has_telemetry,
            case
                when is_on_bedrock then getvariable('start')
                when is_developer and draw('telemetry', person_id, 0) < {_TELEMETRY_SHARE}
                    then greatest(
                        getvariable('start'), getvariable('until') - {_TELEMETRY_DAYS - 1}
                    )
            end as telemetry_from_date,
            is_developer and legal_entity = 'main' and not is_on_bedrock
            and draw('logs', person_id, 0) < least(0.05, {_LOG_MACHINES} / getvariable('people'))
                as has_local_logs,
            case when is_developer then format('octo-{{:05d}}', person_id) end as github_login
        from places
        join careers using (person_id)
    """,
    # Half-open; the last day of work is the last day in the team. A mover moves once.
    "memberships": """
        with targets as (
            select
                department, function,
                row_number() over (order by department) - 1 as number,
                count(*) over () as target_count
            from departments_full where legal_entity = 'main'
        ),
        homes as (
            select
                places.*, people.start_date as valid_from_date, people.end_date + 1 as left_date,
                case when is_mover then
                    getvariable('start') + floor(
                        getvariable('days') * (0.3 + 0.4 * draw('move', person_id, 0))
                    )::int
                end as moved_date,
                is_joiner or is_leaver or is_mover as is_unsteady, number as home_number,
                target_count
            from places
            join people using (person_id)
            join careers using (person_id)
            left join targets using (department)
        ),
        leads as (
            select
                team, any_value(department) as department,
                min_by(person_id, row(is_unsteady, person_id)) as lead_id
            from homes group by team
        ),
        heads as (
            select department, min(lead_id) as head_id from leads group by department
        ),
        periods as (
            select
                person_id, department, team, function, valid_from_date,
                coalesce(moved_date, left_date) as valid_to_date
            from homes
            union all
            select
                person_id, targets.department, targets.department || ' 1', targets.function,
                moved_date, left_date
            from homes
            join targets
                on targets.number = (
                    home_number + 1 + floor(draw('target', person_id, 0) * (homes.target_count - 1))
                ) % homes.target_count
            where moved_date is not null
        )
        select
            person_id, periods.department, team, function,
            case
                when person_id = head_id then null when person_id = lead_id then head_id
                else lead_id
            end as manager_person_id,
            valid_from_date, valid_to_date
        from periods
        join leads using (team)
        join heads on heads.department = periods.department
    """,
}
