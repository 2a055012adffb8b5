# ruff: noqa: S608  # queries are put together from constants of this room alone
"""Members, invitations, workspaces, keys and groups as they are at each moment.

A row is visible as long as the object is in that state; the loader dates it.
"""

from typing import Final

from .console import ORGANISATION_ID
from .enterprise_cost import PAID_SHARE

_DAY: Final = "null::date as date_day"
# Accounts, groups and limits change in the morning, addresses at midnight.
_MORNING: Final = "interval 8 hour"
_MEMBERSHIP: Final = (f"added_date + {_MORNING}", f"removed_date + {_MORNING}")
_LONG_AGO: Final = "timestamp '2025-01-01'"
_ALWAYS: Final = f"{_LONG_AGO} as visible_from, null::timestamp as visible_to"
_DEFAULT_WORKSPACE: Final = "wrkspc_default"


def _by_address(rows: str, since: str, until: str) -> str:
    """SQL of rows with `email`, `visible_from` and `visible_to`, a row per address of the person.

    Args:
        rows: Table with `person_id`.
        since: Expression of the moment from which a row is there.
        until: Expression of the moment from which it is not; null for never.
    """
    return f"""
        select
            states.* exclude (appeared_at, gone_at, addresses, address), address.email,
            greatest(appeared_at, address.since) as visible_from,
            least(gone_at, address.until) as visible_to
        from (
            select
                rows.*, people.name as person_name, ({since})::timestamp as appeared_at,
                ({until})::timestamp as gone_at,
                [
                    {{
                        'email': former_email, 'since': null::timestamp,
                        'until': email_changed_date::timestamp
                    }},
                    {{
                        'email': people.email, 'since': email_changed_date::timestamp,
                        'until': null::timestamp
                    }}
                ] as addresses, unnest(addresses) as address
            from {rows} as rows
            join people using (person_id)
        ) as states
        where
            address.email is not null
            and (gone_at is null or address.since is null or gone_at > address.since)
            and (address.until is null or address.until > appeared_at)
    """


def _members(system: str) -> str:
    """SQL of the members of an organisation."""
    accounts = f"(from accounts where system = '{system}')"
    return f"""
        select
            {_DAY}, user_id as id, 'user' as type, email, person_name as name, role,
            added_date + {_MORNING} as added_at, visible_from, visible_to
        from ({_by_address(accounts, *_MEMBERSHIP)})
    """


def _invites(system: str) -> str:
    """SQL of invitations: pending until they are accepted or too old; the address is the first."""
    groups = "'[]'"
    if system == "enterprise":
        groups = """coalesce('["' || rbac_group_id || '"]', '[]')"""
    return f"""
        with settled as (
            select
                *, coalesce(accepted_at, expires_at) as settled_at,
                case when accepted_at is null then 'expired' else 'accepted' end as last_status,
                unnest(['pending', last_status]) as status
            from invites
            where system = '{system}'
        ),
        first_groups as (
            select person_id, arg_min(rbac_group_id, valid_from_date) as rbac_group_id
            from group_members group by person_id
        )
        select
            {_DAY}, invite_id as id, 'invite' as type,
            email_then(invited_at::date, email, former_email, email_changed_date) as email,
            role, status, invited_at::timestamp as invited_at, expires_at::timestamp as expires_at,
            case status when 'accepted' then accepted_at end::timestamp as accepted_at,
            {groups if system == "enterprise" else "null::varchar"} as rbac_group_ids_json,
            case status when 'pending' then invited_at else settled_at end::timestamp
                as visible_from,
            case status when 'pending' then settled_at end::timestamp as visible_to
        from settled
        join people using (person_id)
        left join first_groups using (person_id)
    """


CONSOLE: Final = {
    "organizations": f"""
        select
            {_DAY}, '{ORGANISATION_ID}' as id, 'organization' as type, 'Example Console' as name,
            {_ALWAYS}
    """,
    "users": _members("console"),
    "invites": _invites("console"),
    "workspaces": f"""
        select
            {_DAY}, workspace_id as id, 'workspace' as type, name, '#6C5BB9' as display_color,
            created_at::timestamp as created_at, null::timestamp as archived_at,
            'cmpt_' || left(md5(workspace_id), 12) as compartment_id,
            null::varchar as external_key_id, 'us' as data_residency__workspace_geo,
            'global' as data_residency__default_inference_geo,
            case name when 'Batch' then '["global","us"]' else '"unrestricted"' end
                as data_residency__allowed_inference_geos_json,
            -- The tag has no fixed spelling.
            case name when 'Labs' then '{{"cost_center":"' else '{{"cost_centre":"' end
                || cost_centre || '"}}' as tags_json,
            created_at::timestamp as visible_from, null::timestamp as visible_to
        from workspaces
    """,
    "workspace_members": f"""
        select
            {_DAY}, 'workspace_member' as type, user_id, workspace_id,
            case role when 'admin' then 'workspace_admin' else 'workspace_developer' end
                as workspace_role,
            added_date + {_MORNING} as visible_from, removed_date + {_MORNING} as visible_to
        from accounts
        join workspaces on role = 'admin' or name = 'Claude Code'
        where system = 'console'
    """,
    # A key is active until its last use; what it is now, it became on the morning after.
    "api_keys": f"""
        with last_uses as (
            select actor_id, max(date_day) + 1 + {_MORNING} as settled_at
            from tokens_daily where actor_id is not null group by actor_id
        ),
        states as (
            select
                actors.* exclude (status),
                unnest(case status when 'active' then ['active'] else ['active', status] end)
                    as status,
                status as last_status, coalesce(settled_at, actors.created_at) as settled_at
            from actors
            left join last_uses using (actor_id)
        )
        select
            {_DAY}, api_key_id as id, 'api_key' as type, key_name as name, status,
            created_at::timestamp as created_at, null::timestamp as expires_at,
            user_id as created_by__id, case when user_id is not null then 'user' end
                as created_by__type,
            'synthetic-hint-' || actor_id as partial_key_hint,
            case kind
                when 'service_account' then 'svac_' || right(api_key_id, 24)
                when 'user_key' then user_id
            end as principal__id,
            case kind when 'service_account' then kind when 'user_key' then 'user' end
                as principal__type,
            workspace_id, 'workspace' as scope__type,
            coalesce(workspace_id, '{_DEFAULT_WORKSPACE}') as scope__workspace_id,
            case
                when status = last_status and last_status != 'active' then settled_at
                else created_at
            end::timestamp as visible_from,
            case when status != last_status then settled_at end::timestamp as visible_to
        from states
        -- Nobody knows any more who made the script that is older than the workspaces.
        left join accounts
            on
                states.owner_person_id = accounts.person_id and accounts.system = 'console'
                and key_name != 'legacy-script'
    """,
}

_LIMITED: Final = """(
    select
        enterprise_accounts.*, seat_tier, rbac_group_id,
        case
            when draw('own limit', person_id, 0) < 0.05 then 'user'
            when draw('group limit', person_id, 0) < 0.05 and rbac_group_id is not null
                then 'rbac_group'
            else 'seat_tier'
        end as source_type
    from enterprise_accounts
    left join (
        select person_id, min(seat_tier) as seat_tier
        from seats_daily where system = 'enterprise' group by person_id
    ) using (person_id)
    left join (
        select person_id, min(rbac_group_id) as rbac_group_id
        from group_members group by person_id
    ) using (person_id)
)"""

ENTERPRISE: Final = {
    "members": _members("enterprise"),
    "invites": _invites("enterprise"),
    "rbac_groups": f"""
        select
            {_DAY}, rbac_group_id as id, 'rbac_group' as type, name, source_type,
            -- Of groups that no directory keeps, the roles cannot be had.
            case source_type when 'direct' then null else '[]' end as roles_json,
            created_at::timestamp as created_at, created_at::timestamp as updated_at,
            created_at::timestamp as visible_from, null::timestamp as visible_to
        from groups
    """,
    "rbac_group_members": f"""
        select
            {_DAY}, 'rbac_group_member' as type, rbac_group_id as group_id, user_id, email,
            valid_from_date + {_MORNING} as created_at, visible_from, visible_to
        from ({
        _by_address("group_members", f"valid_from_date + {_MORNING}", f"valid_to_date + {_MORNING}")
    })
        join enterprise_accounts using (person_id)
    """,
    # The spend of the running month is brought up to date on Mondays and starts anew on the first.
    "spend_limits": f"""
        with limited as ({_by_address(_LIMITED, *_MEMBERSHIP)}),
        moments as (
            select
                date_day as from_day,
                lead(date_day) over (order by date_day) as to_day
            from calendar
            where day(date_day) = 1 or isodow(date_day) = 1
                or date_day = getvariable('start')
        ),
        spent as (
            select from_day, person_id, sum(list_cost_usd) * 100 * {PAID_SHARE} as cents
            from moments
            join tokens_daily
                on date_day >= date_trunc('month', from_day) and date_day < from_day
            where route = 'enterprise'
            group by all
        ),
        states as (
            select
                limited.* exclude (visible_from, visible_to), cents,
                greatest(visible_from, from_day::timestamp) as visible_from,
                least(visible_to, to_day::timestamp) as visible_to
            from limited
            join moments
                on
                    (to_day is null or to_day > visible_from)
                    and (visible_to is null or visible_to > from_day)
            left join spent using (from_day, person_id)
        )
        select
            {_DAY}, 'user_actor' as actor__type, user_id as actor__user_id,
            person_name as actor__name, email as actor__email_address, false as actor__deleted,
            'user' as scope__type, user_id as scope__user_id,
            case
                when draw('unlimited', person_id, 0) < 0.1 then null
                when draw('included', person_id, 0) < 0.05 then '0'
                when seat_tier = 'premium' then '200000'
                else '50000'
            end as amount,
            'USD' as currency, 'monthly' as period,
            coalesce(rtrim(rtrim(cents::decimal(18, 3)::varchar, '0'), '.'), '0')
                as period_to_date_spend,
            source_type as source__type,
            case source_type when 'seat_tier' then 'enterprise_' || coalesce(seat_tier, 'standard')
                end as source__seat_tier,
            case source_type when 'rbac_group' then rbac_group_id end as source__rbac_group_id,
            null::varchar as source__service,
            case source_type when 'user' then user_id end as source__user_id,
            'spl_' || left(md5('limit' || case source_type
                when 'user' then user_id when 'rbac_group' then rbac_group_id else seat_tier
            end), 20) as spend_limit_id,
            visible_from, visible_to
        from states
    """,
}
