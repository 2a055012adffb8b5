"""Who is who, and where in the organisation from day to day, against the truth."""

from typing import Final

# A file's roster knows of memberships only; the truth's accounts end where access does.
_MEMBERSHIPS: Final = """
    select person_keys.person_key, memberships.department, memberships.team, calendar.date_day
    from truth.memberships
    join truth.person_keys using (person_id)
    join truth.calendar on
        calendar.date_day >= memberships.valid_from_date
        and calendar.date_day < coalesce(memberships.valid_to_date, date '9999-12-31')
"""
_PLACES: Final = """
    select
        memberships.person_key,
        departments.org_unit_name as department,
        teams.org_unit_name as team,
        calendar.date_day
    from warehouse.identity.int_identity__memberships as memberships
    join truth.calendar on
        calendar.date_day >= memberships.valid_from_date
        and calendar.date_day < memberships.until_date
    join warehouse.marts.dim_org_units as teams using (org_unit_key)
    join warehouse.marts.dim_org_units as departments
        on teams.department_key = departments.org_unit_key
"""

# What each source shows of somebody: kind, value, day, and whose it was.
# The Console's lists are of the day on which they are asked for: an account that was removed before
# is named by its key alone, unless telemetry knew it.
_UNSEEN: Final = """
    select user_id
    from truth.accounts
    join truth.people using (person_id)
    where
        system = 'console'
        and removed_date <= (select max(date_day) from truth.calendar)
        and (telemetry_from_date is null or telemetry_from_date >= removed_date)
"""
_SIGNED_IN: Final = f"""
    select 'account_id' as identity_kind, user_id as identity_value, person_id
    from truth.accounts
    where user_id not in ({_UNSEEN})
    union all
    select 'account_uuid', account_uuid, person_id from truth.accounts
    union all
    select 'email', email, person_id from truth.people
    union all
    select 'email', former_email, person_id from truth.people where former_email is not null
    union all
    select 'sso_login', printf('p%05d', person_id), person_id from truth.people
    union all
    select 'github_login', github_login, person_id from truth.people where github_login is not null
"""

CHECKS: Final = {
    "places are the truth's": f"({_MEMBERSHIPS}) except all ({_PLACES})",
    "no other places are told": f"({_PLACES}) except all ({_MEMBERSHIPS})",
    "accounts, addresses and logins are their person's": f"""
        select aliases.identity_kind, aliases.identity_value
        from ({_SIGNED_IN}) as expected
        join truth.person_keys using (person_id)
        join warehouse.identity.int_identity__aliases as aliases
            using (identity_kind, identity_value)
        where aliases.person_key != person_keys.person_key or not aliases.is_resolved
    """,
    "everybody's addresses and logins are known": f"""
        select identity_kind, identity_value
        from ({_SIGNED_IN}) as expected
        anti join warehouse.identity.int_identity__aliases using (identity_kind, identity_value)
        where identity_kind in ('email', 'sso_login', 'github_login')
    """,
    "keys of people are their owner's, others their own": f"""
        with unseen as ({_UNSEEN})
        select actors.api_key_id
        from truth.actors
        left join truth.accounts
            on actors.owner_person_id = accounts.person_id and accounts.system = 'console'
        left join truth.person_keys on actors.owner_person_id = person_keys.person_id
        left join warehouse.identity.int_identity__aliases as aliases
            on aliases.identity_kind = 'api_key_id' and aliases.identity_value = actors.api_key_id
        where
            aliases.identity_value is null
            or (aliases.actor_key = '-1') != (actors.kind = 'user_key')
            or (
                coalesce(accounts.user_id, '') not in (select user_id from unseen)
                and aliases.person_key
                    != case when actors.kind = 'user_key' then person_keys.person_key else '-1' end
            )
    """,
    "one person or actor holds an identity on a day": """
        select identity_kind, identity_value
        from warehouse.identity.int_identity__aliases
        where (person_key = '-1') = (actor_key = '-1')
    """,
}

COUNTS: Final = {
    "places are the truth's": f"select count(*) from ({_MEMBERSHIPS})",
    "no other places are told": f"select count(*) from ({_PLACES})",
    "accounts, addresses and logins are their person's": f"""
        select count(*)
        from ({_SIGNED_IN}) as expected
        join warehouse.identity.int_identity__aliases using (identity_kind, identity_value)
    """,
    "everybody's addresses and logins are known": "select count(*) from truth.people",
    "keys of people are their owner's, others their own": "select count(*) from truth.actors",
    "one person or actor holds an identity on a day": (
        "select count(*) from warehouse.identity.int_identity__aliases"
    ),
}
