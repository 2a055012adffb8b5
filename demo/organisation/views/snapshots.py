# ruff: noqa: S608  # queries are put together from constants of this room alone
"""Members, invitations, workspaces, keys and groups as they are at each moment.

A row is visible as long as the object is in that state; the loader dates it.
"""

from typing import Final

from .console import ORGANISATION_ID

_DAY: Final = "null::date as date_day"


def _members(system: str) -> str:
    """SQL of the members: one state before a change of the address, and one after it."""
    return f"""
        with states as (
            select accounts.*, name, email as email_now, email_changed_date as from_date,
                removed_date as to_date
            from accounts join people using (person_id)
            union all
            select accounts.*, name, former_email, null, email_changed_date
            from accounts join people using (person_id)
            where email_changed_date is not null and email_changed_date > added_date
        )
        select
            {_DAY}, user_id as id, 'user' as type, email_now as email, name, role,
            added_date + interval 8 hour as added_at,
            greatest(added_date, coalesce(from_date, added_date)) + interval 8 hour as visible_from,
            to_date + interval 8 hour as visible_to
        from states
        where
            system = '{system}'
            and (to_date is null or to_date > greatest(added_date, coalesce(from_date, added_date)))
    """


def _invites(system: str) -> str:
    """SQL of invitations: pending until they are accepted or too old."""
    groups = "coalesce('[\"' || rbac_group_id || '\"]', '[]')" if system == "enterprise" else "'[]'"
    return f"""
        with states as (
            select *, 'pending' as status, null::timestamp as accepted_shown,
                invited_at as visible_from, coalesce(accepted_at, expires_at) as visible_to
            from invites
            union all
            select *, case when accepted_at is null then 'expired' else 'accepted' end, accepted_at,
                coalesce(accepted_at, expires_at), null
            from invites
        ),
        grouped as (
            select person_id, min(rbac_group_id) as rbac_group_id
            from group_members group by person_id
        )
        select
            {_DAY}, invite_id as id, 'invite' as type, email, states.role, status, invited_at,
            expires_at, accepted_shown as accepted_at, {groups} as rbac_group_ids_json,
            visible_from, visible_to
        from states
        join people using (person_id)
        left join grouped using (person_id)
        where system = '{system}'
    """


CONSOLE: Final = {
    "organizations": f"""
        select
            {_DAY}, '{ORGANISATION_ID}' as id, 'Sample Works (synthetic)' as name,
            'organization' as type, null::timestamp as visible_from, null::timestamp as visible_to
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
            '"unrestricted"' as data_residency__allowed_inference_geos_json,
            '{{"cost_centre":"' || cost_centre || '"}}' as tags_json,
            created_at::timestamp as visible_from, null::timestamp as visible_to
        from workspaces
    """,
    "workspace_members": f"""
        select
            {_DAY}, 'workspace_member' as type, user_id, workspace_id,
            case when role = 'admin' then 'workspace_admin' else 'workspace_user' end
                as workspace_role,
            added_date + interval 8 hour as visible_from,
            removed_date + interval 8 hour as visible_to
        from accounts
        join workspaces on role = 'admin' or name = 'Claude Code'
        where system = 'console'
    """,
    "api_keys": f"""
        select
            {_DAY}, api_key_id as id, 'api_key' as type, key_name as name, status,
            created_at::timestamp as created_at, null::timestamp as expires_at,
            user_id as created_by__id, case when user_id is not null then 'user' end
                as created_by__type,
            'sk-ant-api03-...' || left(md5(key_name), 4) as partial_key_hint,
            case
                when kind = 'service_account' then 'svac_' || right(api_key_id, 24)
                when kind = 'user_key' then user_id
            end as principal__id,
            case kind when 'service_account' then kind when 'user_key' then 'user' end
                as principal__type,
            workspace_id, null::varchar as scope__type, null::varchar as scope__workspace_id,
            created_at::timestamp as visible_from, null::timestamp as visible_to
        from actors
        left join accounts
            on actors.owner_person_id = accounts.person_id and accounts.system = 'console'
    """,
}

ENTERPRISE: Final = {
    "members": _members("enterprise"),
    "invites": _invites("enterprise"),
    "rbac_groups": f"""
        select
            {_DAY}, rbac_group_id as id, 'rbac_group' as type, name, source_type,
            '[]' as roles_json, created_at, created_at as updated_at,
            created_at as visible_from, null::timestamp as visible_to
        from groups
    """,
    "rbac_group_members": f"""
        select
            {_DAY}, 'rbac_group_member' as type, rbac_group_id as group_id, user_id, email,
            valid_from_date + interval 8 hour as created_at,
            valid_from_date + interval 8 hour as visible_from,
            valid_to_date + interval 8 hour as visible_to
        from group_members
        join people using (person_id)
        join enterprise_accounts using (person_id)
    """,
    # Spend reads zero while it is unavailable, and here it always is.
    "spend_limits": f"""
        select
            {_DAY}, 'user_actor' as actor__type, user_id as actor__user_id, name as actor__name,
            email as actor__email_address, false as actor__deleted, 'user' as scope__type,
            user_id as scope__user_id,
            case
                when draw('unlimited', person_id, 0) < 0.1 then null
                when is_developer then '50000' else '10000'
            end as amount,
            'USD' as currency, 'monthly' as period, '0' as period_to_date_spend,
            'seat_tier' as source__type, 'enterprise_standard' as source__seat_tier,
            null::varchar as source__rbac_group_id, null::varchar as source__service,
            null::varchar as source__user_id,
            'spl_' || left(md5('limit' || user_id), 20) as spend_limit_id,
            added_date + interval 8 hour as visible_from,
            removed_date + interval 8 hour as visible_to
        from people
        join enterprise_accounts using (person_id)
    """,
}
