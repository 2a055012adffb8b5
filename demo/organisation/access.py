# ruff: noqa: S608  # queries are put together from constants of this room alone
"""Who has which access: seats by wave, accounts, invitations, groups that follow departments."""

from typing import Final

# Days between two waves of the roll-out; a short period has short waves.
_WAVE_DAYS: Final = "greatest(1, least(35, getvariable('days') // 9))"
_INVITE_DAYS: Final = 21
_LEAVERS_WITH_SEAT: Final = 0.8
# Developers of the main company who use Claude Code by an API key as well.
_CONSOLE_SHARE: Final = 0.25
# Of those without a seat, who was invited and never came.
_IGNORED_SHARE: Final = 0.25
_PREMIUM_SHARE: Final = 0.25
_NEVER: Final = "date '9999-12-31'"

TABLES: Final[dict[str, str]] = {
    # All seats are given: the Team plan has one for everybody there, Enterprise the rest. Who has
    # waited longest takes over the seat of somebody who leaves.
    "seat_holders": f"""
        with candidates as (
            select
                people.*, end_date is not null as is_leaver,
                end_date + 2 + floor(draw('offboarded', person_id, 0) * 4)::int as removed_date,
                row_number() over (
                    partition by end_date is not null
                    order by former_email is null, draw('seat', person_id, 0), person_id
                ) as number
            from people
            join places using (person_id)
            where people.legal_entity = 'main' and not is_on_bedrock
        ),
        capacity as (
            select
                getvariable('seats')
                - count(*) filter (legal_entity = 'team_subsidiary' and end_date is null)
                    as seat_count
            from people
        ),
        stayers as (
            select candidates.*, seat_count - number as waited
            from candidates, capacity
            where not is_leaver and number <= seat_count
        ),
        leavers as (
            select candidates.*, number - 1 as waited
            from candidates, capacity
            where
                is_leaver and number <= seat_count
                and draw('seat of leaver', person_id, 0) < {_LEAVERS_WITH_SEAT}
        )
        select
            stayers.person_id, stayers.start_date, stayers.wave, leavers.removed_date as free_date,
            null::date as removed_date
        from stayers
        left join leavers using (waited)
        union all
        select person_id, start_date, wave, null, removed_date from leavers
    """,
    "grants": f"""
        with planned as (
            select
                person_id, 'enterprise' as system, removed_date,
                greatest(
                    start_date + 1, free_date,
                    getvariable('start') + 1 + (wave - 1) * {_WAVE_DAYS}
                ) as invited_date
            from seat_holders
            union all
            select
                person_id, 'console', end_date + 2,
                greatest(start_date + 1, getvariable('start') + {_WAVE_DAYS} // 4)
            from people
            join places using (person_id)
            where
                people.legal_entity = 'console_subsidiary'
                or (
                    people.legal_entity = 'main' and people.is_developer and not is_on_bedrock
                    and draw('console', person_id, 0) < {_CONSOLE_SHARE}
                )
            union all
            select
                person_id, 'team', end_date + 2,
                greatest(start_date + 1, getvariable('start') + {_WAVE_DAYS} // 2)
            from people where legal_entity = 'team_subsidiary'
        ),
        dated as (
            select
                *, invited_date + 1 + floor(
                    power(draw('accepted' || system, person_id, 0), 4)
                    * least(14, getvariable('days') // 6)
                )::int as added_date
            from planned
        )
        select dated.* from dated
        join people using (person_id)
        where
            invited_date <= getvariable('until')
            and (end_date is null or added_date <= end_date)
    """,
    "accounts": """
        select
            person_id, system,
            'user_' || left(md5(getvariable('seed') || system || person_id), 24) as user_id,
            md5('account' || getvariable('seed') || system || person_id)::uuid::varchar
                as account_uuid,
            case
                when person_id = min(person_id) over (partition by system)
                    then case system when 'console' then 'admin' else 'primary_owner' end
                when system = 'console' then 'claude_code_user' else 'user'
            end as role,
            added_date, removed_date
        from grants
        where added_date <= getvariable('until')
    """,
    "ignored_invites": f"""
        select
            person_id,
            greatest(
                start_date + 1,
                getvariable('until') - floor(
                    power(draw('invited', person_id, 0), 2) * 0.7 * getvariable('days')
                )::int
            ) as invited_date
        from people
        join places using (person_id)
        where
            people.legal_entity = 'main' and not is_on_bedrock and end_date is null
            and draw('ignored', person_id, 0) < {_IGNORED_SHARE}
            and person_id not in (select person_id from seat_holders)
    """,
    "seats_daily": f"""
        with periods as (
            select person_id, system, 'assigned' as seat_status, added_date as first_day,
                coalesce(removed_date, {_NEVER}) as end_day
            from accounts
            union all
            select person_id, system, 'invited', invited_date, added_date from grants
            union all
            select person_id, 'enterprise', 'invited', invited_date, invited_date + {_INVITE_DAYS}
            from ignored_invites
        )
        select
            date_day, person_id, system,
            case when draw('tier', person_id, 0) < {_PREMIUM_SHARE} then 'premium'
                else 'standard' end as seat_tier,
            seat_status
        from calendar
        join periods on date_day >= first_day and date_day < end_day
        where system in ('enterprise', 'team')
    """,
    "invites": f"""
        with sent as (
            select grants.person_id, grants.system, invited_date, accounts.added_date,
                coalesce(role, 'user') as role
            from grants
            left join accounts using (person_id, system)
            where grants.system in ('enterprise', 'console')
            union all
            select person_id, 'enterprise', invited_date, null, 'user'
            from ignored_invites where invited_date <= getvariable('until')
        )
        select
            'invite_' || left(md5(getvariable('seed') || 'invite' || system || person_id), 24)
                as invite_id,
            person_id, system, role, invited_date + interval 9 hour as invited_at,
            added_date + interval 8 hour as accepted_at,
            invited_date + {_INVITE_DAYS} + interval 9 hour as expires_at
        from sent
    """,
    "groups": """
        select
            'rbac_group_' || left(md5(getvariable('seed') || department), 20) as rbac_group_id,
            department as name,
            case when department = 'Operations' then 'direct' else 'scim' end as source_type,
            department, getvariable('start') + interval 8 hour as created_at
        from departments where legal_entity = 'main'
    """,
    "group_members": f"""
        select
            rbac_group_id, person_id,
            greatest(memberships.valid_from_date, added_date) as valid_from_date,
            least(memberships.valid_to_date, removed_date) as valid_to_date
        from memberships
        join groups using (department)
        join accounts using (person_id)
        where
            system = 'enterprise'
            and coalesce(memberships.valid_to_date, {_NEVER}) > added_date
            and memberships.valid_from_date < coalesce(removed_date, {_NEVER})
            and memberships.valid_from_date <= getvariable('until')
    """,
}
