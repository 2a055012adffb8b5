# ruff: noqa: S608  # queries are put together from constants of this room alone
"""Who works in the company, where and since when.

Each table is one query over the tables before it. `draw(tag, a, b)` is a number between 0 and 1
that depends on the seed and its arguments alone, so nothing depends on order or on chunks.
"""

from typing import Final

# department, entity, share of all people, wave, cause of its lag, share of developers, function
_DEPARTMENTS: Final = """
    ('Platform Engineering', 'main', 0.12, 1, null, 0.85, 'engineering'),
    ('Product Engineering', 'main', 0.17, 1, null, 0.80, 'engineering'),
    ('Data and Analytics', 'main', 0.08, 2, null, 0.50, 'engineering'),
    ('Marketing', 'main', 0.08, 2, null, 0.00, 'marketing'),
    ('Sales', 'main', 0.12, 3, null, 0.00, 'sales'),
    ('Customer Support', 'main', 0.11, 3, 'friction', 0.05, 'support'),
    ('Finance', 'main', 0.06, 3, 'training', 0.00, 'finance'),
    ('Operations', 'main', 0.07, 4, 'misfit', 0.05, 'operations'),
    ('People and Legal', 'main', 0.04, 4, 'culture', 0.00, 'people'),
    ('Nordic Sales', 'team_subsidiary', 0.05, 2, null, 0.10, 'sales'),
    ('Nordic Support', 'team_subsidiary', 0.03, 2, null, 0.60, 'support'),
    ('Labs', 'console_subsidiary', 0.07, 1, null, 1.00, 'engineering')
"""
BEDROCK_TEAM: Final = "Product Engineering 4"
_TEAMS: Final = 4

TABLES: Final[dict[str, str]] = {
    "departments_full": f"""
        select
            *, row_number() over () as department_number,
            sum(share) over (rows between unbounded preceding and 1 preceding) as share_before,
            sum(share) over (rows unbounded preceding) as share_until
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
    # A stable place in the company decides the department, so that shares hold at every size.
    "traits": f"""
        with places as (
            select
                person_id,
                (row_number() over (order by draw('place', person_id, 0), person_id) - 0.5)
                / getvariable('people') as place
            from range(1, getvariable('people') + 1) _(person_id)
        )
        select
            person_id::bigint as person_id, department, legal_entity, wave, lag_cause, function,
            department || ' ' || (1 + floor(draw('team', person_id, 0) * {_TEAMS}))::int as team,
            draw('developer', person_id, 0) < developer_share as is_developer,
            draw('champion', person_id, 0) < 0.06 as is_champion,
            case lag_cause
                when 'culture' then 0.25 when 'training' then 0.55 when 'misfit' then 0.6
                else 1.0
            end * (0.35 + 0.65 * draw('propensity', person_id, 0)) as propensity,
            case lag_cause when 'training' then 0.4 when 'friction' then 0.5 else 1.0 end
            * exp(1.2 * (draw('intensity', person_id, 0) - 0.5)) as intensity,
            case lag_cause when 'friction' then 0.45 else 0.12 end as reject_rate
        from places
        join departments_full on place > coalesce(share_before, 0) and place <= share_until
    """,
    "people": f"""
        select
            person_id,
            format('person.{{:05d}}@example.com', person_id) as email,
            case when is_renamed then format('former.{{:05d}}@example.com', person_id) end
                as former_email,
            case when is_renamed then
                getvariable('start') + (getvariable('days') * 0.6)::int
            end as email_changed_date,
            format('Person {{:05d}}', person_id) as name,
            legal_entity,
            case when draw('joined', person_id, 0) < 0.15
                then getvariable('start') + (draw('join', person_id, 0) * getvariable('days'))::int
                else getvariable('start') - (30 + draw('join', person_id, 0) * 2000)::int
            end as start_date,
            case when draw('left', person_id, 0) < 0.07
                then getvariable('start')
                    + (getvariable('days') * (0.3 + 0.65 * draw('leave', person_id, 0)))::int
            end as end_date,
            ['junior', 'professional', 'senior', 'lead'][
                1 + floor(draw('seniority', person_id, 0) * 4)::int] as seniority,
            ['Berlin', 'Lyon', 'Oslo', 'Austin'][1 + floor(draw('site', person_id, 0) * 4)::int]
                as location,
            'B' || (1 + floor(draw('band', person_id, 0) * 5))::int as cost_band,
            wave::int as wave, is_champion, is_developer,
            is_developer and (team = '{BEDROCK_TEAM}' or draw('telemetry', person_id, 0) < 0.3)
                as has_telemetry,
            case
                when is_developer and team = '{BEDROCK_TEAM}' then getvariable('start')
                when is_developer and draw('telemetry', person_id, 0) < 0.3
                    then greatest(getvariable('start'), getvariable('until') - 79)
            end as telemetry_from_date,
            is_developer and legal_entity = 'main' and team != '{BEDROCK_TEAM}'
                and draw('logs', person_id, 0) < least(0.05, 30.0 / getvariable('people'))
                as has_local_logs,
            format('octo-{{:05d}}', person_id) as github_login
        from (
            select *, draw('renamed', person_id, 0) < 0.01 or person_id = 3 as is_renamed
            from traits
        )
    """,
    # A mover changes the department once; everybody else stays.
    "memberships": """
        with movers as (
            select
                traits.person_id,
                greatest(people.start_date + 20, getvariable('start')
                    + (
                        getvariable('days') * (0.25 + 0.5 * draw('moved', traits.person_id, 0))
                    )::int
                ) as moved_date
            from traits
            join people using (person_id)
            where
                traits.legal_entity = 'main' and not traits.is_developer
                and draw('mover', traits.person_id, 0) < 0.05
        ),
        periods as (
            select
                traits.person_id, traits.department, traits.team, traits.function,
                people.start_date as valid_from_date,
                least(moved_date, people.end_date) as valid_to_date
            from traits
            join people using (person_id)
            left join movers using (person_id)
            union all
            select
                person_id, target.department, target.department || ' 1', target.function,
                moved_date, people.end_date
            from movers
            join people using (person_id)
            join traits using (person_id)
            join departments_full as target
                on target.department = case traits.department
                    when 'Sales' then 'Marketing' else 'Sales' end
        ),
        leads as (
            select team, min(person_id) as lead_id from traits group by team
        )
        select
            periods.person_id, department, team, function,
            case when lead_id != periods.person_id then lead_id end as manager_person_id,
            valid_from_date, valid_to_date
        from periods
        left join leads using (team)
        where valid_to_date is null or valid_from_date < valid_to_date
    """,
}
