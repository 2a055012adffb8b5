# queries are put together from constants of this room alone
"""Workspaces of the Console and the keys in them: services, jobs, a runaway, people's own."""

from typing import Final

TABLES: Final[dict[str, str]] = {
    "workspaces": """
        select * from (values
            ('wrkspc_claude_code', 'Claude Code', getvariable('start') - interval 60 day, 'CC-100'),
            ('wrkspc_apps', 'Apps', getvariable('start') - interval 60 day, 'CC-200'),
            ('wrkspc_batch', 'Batch', getvariable('start') - interval 30 day, 'CC-300'),
            ('wrkspc_labs', 'Labs', getvariable('start') - interval 10 day, 'CC-400')
        ) _(workspace_id, name, created_at, cost_centre)
    """,
    # Service actors, and the key that everybody gets who signs in to Claude Code by the Console.
    "actors": """
        with named as (
            select * from (values
                (1, 'api_key', 'checkout-assistant', 'wrkspc_apps', false, false, false, 'active'),
                (2, 'api_key', 'support-triage', 'wrkspc_apps', false, false, false, 'active'),
                (3, 'api_key', 'search-ranker', 'wrkspc_apps', false, false, false, 'active'),
                (4, 'api_key', 'ci-runner', 'wrkspc_apps', false, false, true, 'active'),
                (5, 'api_key', 'release-bot', 'wrkspc_apps', false, false, true, 'active'),
                (6, 'api_key', 'nightly-labels', 'wrkspc_batch', false, true, false, 'active'),
                (7, 'api_key', 'archive-summaries', 'wrkspc_batch', false, true, false, 'active'),
                (8, 'api_key', 'agent-experiment', 'wrkspc_labs', true, false, false, 'inactive'),
                (9, 'api_key', 'labs-sandbox', 'wrkspc_labs', false, false, false, 'active'),
                (10, 'api_key', 'legacy-script', null, false, false, false, 'active'),
                (11, 'service_account', 'gateway', 'wrkspc_apps', false, false, false, 'active'),
                (12, 'api_key', 'retired-pilot', null, false, false, false, 'archived')
            ) _(
                actor_id, kind, key_name, workspace_id, is_runaway, is_batch, in_claude_code, status
            )
        ),
        owners as (
            select min(person_id) as owner_person_id from accounts where system = 'console'
        ),
        user_keys as (
            select
                100 + row_number() over (order by person_id) as actor_id, person_id, added_date
            from accounts where system = 'console'
        )
        select
            actor_id::bigint as actor_id, kind,
            'apikey_' || left(md5(getvariable('seed') || 'key' || actor_id), 24) as api_key_id,
            key_name, workspace_id, owner_person_id,
            getvariable('start') - interval 20 day + interval 10 hour as created_at, status,
            is_runaway, is_batch, in_claude_code
        from named, owners
        union all
        select
            actor_id, 'user_key',
            'apikey_' || left(md5(getvariable('seed') || 'key' || actor_id), 24),
            format('claude_code_key_{:05d}', person_id), 'wrkspc_claude_code', person_id,
            added_date + interval 8 hour, 'active', false, false, false
        from user_keys
    """,
}
