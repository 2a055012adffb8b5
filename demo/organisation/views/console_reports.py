# ruff: noqa: S608  # queries are put together from constants of this room alone
"""What the Console's reports on usage and cost say: by key, and by workspace and kind of token."""

from typing import Final

from .costs import KINDS, SEARCH_COST, kind_units, restated_tokens
from .versions import in_spans, joined_spans, versioned

BUCKET: Final = """
    date_day, date_day::timestamp as starting_at, date_day + interval 1 day as ending_at
"""
# The cost and usage APIs named the speed in their first months only.
_SPEED_UNTIL: Final = "date '2026-05-01'"
# Part of the days of keyless workspaces on which somebody tried things in the Workbench instead.
WORKBENCH: Final = """
    actors.workspace_id is null and actors.kind = 'api_key'
    and draw('workbench', actors.actor_id, date_day) < 0.15
"""

CHUNK: Final = {
    "console_days": f"""
        with own_keys as (
            select owner_person_id as person_id, min(api_key_id) as api_key_id,
                min(workspace_id) as workspace_id
            from actors where kind = 'user_key'
            group by owner_person_id
        ),
        keyed as (
            select
                token_days.*,
                case when {WORKBENCH} then null
                    else coalesce(actors.api_key_id, own_keys.api_key_id) end as api_key_id,
                coalesce(actors.workspace_id, own_keys.workspace_id) as workspace_id,
                case when {WORKBENCH} then accounts.user_id end as account_id,
                case when actors.kind = 'service_account'
                    then 'svac_' || right(actors.api_key_id, 24) end as service_account_id
            from token_days
            left join actors using (actor_id)
            left join own_keys on own_keys.person_id = token_days.person_id
            left join accounts
                on accounts.person_id = actors.owner_person_id and accounts.system = 'console'
            where route = 'console'
        )
        select
            date_day, api_key_id, workspace_id, account_id, service_account_id, claude_model_id,
            service_tier,
            {", ".join(f"sum({kind}_tokens)::bigint as {kind}_tokens" for kind, _, _ in KINDS)},
            sum(web_search_count)::bigint as web_search_count
        from keyed
        group by all
    """,
    "console_rows": f"""
        with told as (
            {versioned("console_days", "console_reports", "hash(api_key_id, claude_model_id)")}
        )
        select told.* replace ({restated_tokens()}), price_days.* exclude (
            date_day, claude_model_id
        )
        from told
        left join price_days using (date_day, claude_model_id)
    """,
}

_KIND_SUMS: Final = ", ".join(
    f"sum({kind_units(kind)})::bigint as {kind}_cost" for kind, _, _ in KINDS
)
_KIND_STRUCTS: Final = ", ".join(
    f"{{'token_type': '{token_type}', 'label': '{label}', 'units': {kind}_cost}}"
    for kind, token_type, label in KINDS
)

DAILY: Final = {
    "messages_usage": f"""
        select
            {BUCKET}, api_key_id, workspace_id, claude_model_id as model, service_tier,
            '0-200k' as context_window, inference_geo, account_id, service_account_id,
            case when date_day < {_SPEED_UNTIL} then 'standard' end as speed,
            input_tokens as uncached_input_tokens,
            cache_write_5m_tokens as cache_creation__ephemeral_5m_input_tokens,
            cache_write_1h_tokens as cache_creation__ephemeral_1h_input_tokens,
            cache_read_tokens as cache_read_input_tokens, output_tokens,
            web_search_count as server_tool_use__web_search_requests, visible_from, visible_to
        from console_rows
    """,
    "cost_report": joined_spans(f"""
        with by_model as (
            select
                date_day, workspace_id, claude_model_id, model_name, service_tier, inference_geo,
                visible_from, visible_to, {_KIND_SUMS}
            from {in_spans("console_rows", "console_reports")}
            group by all
        ),
        by_kind as (
            select * exclude (kind), kind.token_type, kind.label, kind.units
            from (select *, unnest([{_KIND_STRUCTS}]) as kind from by_model)
            where kind.units > 0
        ),
        searches as (
            select date_day, workspace_id, visible_from, visible_to,
                sum({SEARCH_COST})::bigint as units
            from {in_spans("console_rows", "console_reports")}
            group by all
            having units > 0
        )
        select
            {BUCKET}, workspace_id,
            model_name || case service_tier when 'batch' then ' Batch' else '' end || ' Usage - '
                || label as description,
            'tokens' as cost_type, claude_model_id as model, token_type,
            '0-200k' as context_window, service_tier, inference_geo,
            case when date_day < {_SPEED_UNTIL} then 'standard' end as speed,
            cents_5(units) as amount, 'USD' as currency, visible_from, visible_to
        from by_kind
        union all
        select
            {BUCKET}, workspace_id, 'Web Search Usage', 'web_search', null, null, null, null, null,
            null, cents_5(units), 'USD', visible_from, visible_to
        from searches
    """),
}
