"""Who had a seat or an invitation, against the truth.

A list tells the days since the list before it, of those who are on it. So nobody sees the seat of
a person who had left by the next list, a state after the last list, or an invitation to the Team
plan. Days of the lists are those that landed. Tiers of Enterprise are seen where the limit of the
tier holds.
"""

_LISTS = """
    select 'enterprise' as system, 'assigned' as seat_status, date_day as list_date
    from warehouse.raw_anthropic_enterprise.members group by date_day
    union all
    select 'enterprise', 'invited', date_day
    from warehouse.raw_anthropic_enterprise.invites group by date_day
    union all
    select 'team', 'assigned', date_day
    from warehouse.raw_anthropic_exports.members group by date_day
"""
_TOLD_TIERS = """
    select distinct date_day as list_date, actor__user_id as user_id
    from warehouse.raw_anthropic_enterprise.spend_limits
    where source__seat_tier is not null
"""
_SEEN = f"""
    select
        seats_daily.date_day, person_key, seats_daily.system, seats_daily.seat_status,
        case
            when seats_daily.seat_status = 'assigned'
            and (seats_daily.system = 'team' or told_tiers.user_id is not null)
                then seats_daily.seat_tier
        end as seat_tier
    from truth.seats_daily
    inner join truth.person_keys using (person_id)
    asof inner join ({_LISTS}) as lists
        on
            seats_daily.system = lists.system
            and seats_daily.seat_status = lists.seat_status
            and seats_daily.date_day <= lists.list_date
    left join truth.accounts
        on
            seats_daily.seat_status = 'assigned'
            and seats_daily.person_id = accounts.person_id
            and seats_daily.system = accounts.system
    left join ({_TOLD_TIERS}) as told_tiers using (list_date, user_id)
    where removed_date is null or removed_date > list_date
"""
_MART = """
    select date_day, person_key, seat_system as system, seat_status, seat_tier
    from fct_seats_daily where seat_status != 'removed'
"""
# The first list without somebody, if an earlier one had him.
_GONE = f"""
    select list_date as date_day, person_key, accounts.system
    from truth.accounts
    inner join truth.person_keys using (person_id)
    asof inner join ({_LISTS}) as lists
        on accounts.system = lists.system and accounts.removed_date <= lists.list_date
    where
        list_date <= (select max(date_day) from truth.calendar)
        and exists (
            select 1 from ({_LISTS}) as before
            where
                before.system = accounts.system and before.seat_status = 'assigned'
                and before.list_date >= added_date and before.list_date < removed_date
        )
"""
_INVITES = """
    with lists as (
        select 'enterprise' as system, max(date_day) as last_list_date
        from warehouse.raw_anthropic_enterprise.invites
        union all
        select 'console', max(date_day) from warehouse.raw_anthropic_console.invites
    ),
    seen as (
        select
            invites.* replace (
                case when accepted_at::date <= last_list_date then accepted_at end as accepted_at
            ),
            (select max(date_day) from truth.calendar) as today
        from truth.invites
        inner join lists using (system)
        where invited_at::date <= last_list_date
    )
    select
        md5(system || '|' || invite_id) as invite_key, system, person_key, role,
        case
            when accepted_at is not null then 'accepted'
            when expires_at::date <= today then 'expired'
            else 'pending'
        end as status,
        invited_at, accepted_at, expires_at,
        least(coalesce(accepted_at, expires_at)::date, today) - invited_at::date as pending_days
    from seen
    inner join truth.person_keys using (person_id)
"""
_LISTED_INVITES = """
    select
        invite_key, invite_system, person_key, invited_role, invite_status, invited_at, accepted_at,
        expires_at, pending_days
    from fct_invites
"""

CHECKS: dict[str, str] = {
    "seats that the truth does not have": f"({_MART}) except all ({_SEEN})",
    "seats that the mart lacks": f"({_SEEN}) except all ({_MART})",
    "removals that the truth does not have": f"""
        (
            select date_day, person_key, seat_system from fct_seats_daily
            where seat_status = 'removed'
        ) except all ({_GONE})
    """,
    "removals that the mart lacks": f"""
        ({_GONE}) except all (
            select date_day, person_key, seat_system from fct_seats_daily
            where seat_status = 'removed'
        )
    """,
    "seats of a person that are not one": "select * from fct_seats_daily where seat_count != 1",
    "seats in another team than that of the day": """
        select date_day, person_key, org_unit_key, team
        from fct_seats_daily
        inner join truth.person_keys using (person_key)
        inner join truth.memberships
            on
                memberships.person_id = person_keys.person_id
                and date_day >= valid_from_date
                and (valid_to_date is null or date_day < valid_to_date)
        left join dim_org_units using (org_unit_key)
        where org_unit_name is distinct from team
    """,
    "invitations that the truth does not have": f"({_LISTED_INVITES}) except all ({_INVITES})",
    "invitations that the mart lacks": f"({_INVITES}) except all ({_LISTED_INVITES})",
}

COUNTS: dict[str, str] = {
    "seat days of Enterprise": f"""
        select count(*) from ({_SEEN}) where system = 'enterprise' and seat_status = 'assigned'
    """,
    "seat days with a tier": f"""
        select count(*) from ({_SEEN}) where system = 'enterprise' and seat_tier is not null
    """,
    "seat days of Team": f"select count(*) from ({_SEEN}) where system = 'team'",
    "days of open invitations": f"""
        select count(*) from ({_SEEN}) where seat_status = 'invited'
    """,
    "invitations": f"select count(*) from ({_INVITES})",
}
