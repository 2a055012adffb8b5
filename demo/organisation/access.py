# ruff: noqa: S608  # queries are put together from constants of this room alone
"""Who has which access: accounts, seats, invitations, and the groups that follow departments."""

from typing import Final

from .staff import BEDROCK_TEAM

_WAVE_DAYS: Final = 35

TABLES: Final[dict[str, str]] = {
    # Who has which access: seats go by wave until they are used up.
    "accounts": f"""
        with candidates as (
            select
                people.*, team,
                row_number() over (
                    partition by people.legal_entity
                    order by people.wave, draw('seat', people.person_id, 0), people.person_id
                ) as seat_rank
            from people
            join traits using (person_id)
            where people.legal_entity != 'main' or team != '{BEDROCK_TEAM}'
        ),
        access as (
            select person_id, 'enterprise' as system,
                greatest(start_date + 3, getvariable('start') + 4 + (wave - 1) * {_WAVE_DAYS})
                    as added_date
            from candidates where legal_entity = 'main' and seat_rank <= getvariable('seats')
            union all
            select person_id, 'console', greatest(start_date + 3, getvariable('start') + 10)
            from candidates
            where
                legal_entity = 'console_subsidiary'
                or (legal_entity = 'main' and is_developer and draw('console', person_id, 0) < 0.25)
            union all
            select person_id, 'team', greatest(start_date + 3, getvariable('start') + 20)
            from candidates where legal_entity = 'team_subsidiary'
        )
        select
            access.person_id, system,
            'user_' || left(md5(getvariable('seed') || system || access.person_id), 24) as user_id,
            md5('account' || getvariable('seed') || system || access.person_id)::uuid::varchar
                as account_uuid,
            case
                when access.person_id = min(access.person_id) over (partition by system)
                    then case system when 'console' then 'admin' else 'primary_owner' end
                when system = 'console' then 'claude_code_user' else 'user'
            end as role,
            added_date,
            end_date + 1 as removed_date
        from access
        join people using (person_id)
        where added_date <= getvariable('until') and (end_date is null or added_date < end_date)
    """,
    "seats_daily": """
        with invited as (
            select person_id, system, added_date - 3 as first_day, added_date as end_day
            from accounts where system in ('enterprise', 'team')
        )
        select
            date_day, person_id, system,
            case when draw('tier', person_id, 0) < 0.25 then 'premium' else 'standard' end
                as seat_tier,
            'assigned' as seat_status
        from calendar
        join accounts
            on date_day >= added_date and (removed_date is null or date_day < removed_date)
        where system in ('enterprise', 'team')
        union all
        select
            date_day, person_id, system,
            case when draw('tier', person_id, 0) < 0.25 then 'premium' else 'standard' end,
            'invited'
        from calendar
        join invited on date_day >= first_day and date_day < end_day
    """,
    "invites": """
        select
            'invite_' || left(md5(getvariable('seed') || 'invite' || system || person_id), 24)
                as invite_id,
            person_id, system, role,
            added_date - interval 3 day + interval 9 hour as invited_at,
            added_date + interval 8 hour as accepted_at,
            added_date + interval 18 day + interval 9 hour as expires_at
        from accounts where system in ('enterprise', 'console')
        union all
        -- Some invitations wait for ever; the person never gets in.
        select
            'invite_' || left(md5(getvariable('seed') || 'never' || person_id), 24), person_id,
            'enterprise', 'user',
            greatest(start_date, getvariable('start') + 30) + interval 10 hour, null,
            greatest(start_date, getvariable('start') + 30) + interval 21 day + interval 10 hour
        from people
        where
            legal_entity = 'main' and draw('never', person_id, 0) < 0.1
            and person_id not in (select person_id from accounts)
            and greatest(start_date, getvariable('start') + 30) <= getvariable('until')
    """,
    "groups": """
        select
            'rbac_group_' || left(md5(getvariable('seed') || department), 20) as rbac_group_id,
            department as name,
            case when department = 'Operations' then 'direct' else 'scim' end as source_type,
            department, getvariable('start') + interval 8 hour as created_at
        from departments where legal_entity = 'main'
    """,
    "group_members": """
        select
            rbac_group_id, memberships.person_id,
            greatest(memberships.valid_from_date, added_date) as valid_from_date,
            least(memberships.valid_to_date, removed_date) as valid_to_date
        from memberships
        join groups using (department)
        join accounts on accounts.person_id = memberships.person_id and system = 'enterprise'
        where
            coalesce(memberships.valid_to_date, date '9999-01-01') > added_date
            and memberships.valid_from_date < coalesce(removed_date, date '9999-01-01')
    """,
}
