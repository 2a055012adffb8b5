# ruff: noqa: S608  # queries are put together from constants of this room alone
"""What the Console's reports say in the end, as SQL over the truth."""

from typing import Final

ORGANISATION_ID: Final = "00000000-0000-4000-8000-000000000001"
# Part of a day that ran in the cloud, and how often that happens.
_REMOTE_PART: Final = 3
_REMOTE_CHANCE: Final = 0.15
# Days of members that the Console reports although the Enterprise organisation paid for them.
_OVERLAP_CHANCE: Final = 0.03

# An address is the one of that day.
EMAIL_THEN: Final = """
    case
        when email_changed_date is not null and date_day < email_changed_date then former_email
        else email
    end
"""

# Who is in the report of a day, and whether a part of it was remote.
CLAUDE_CODE_ACTORS: Final = f"""
    with who as (
        select
            usage_daily.*, {EMAIL_THEN} as email_then, key_name,
            case when route = 'console' then 'api' else 'subscription' end as customer_type,
            case when route = 'enterprise' then 'enterprise' end as subscription_type
        from usage_daily
        left join people using (person_id)
        left join actors using (actor_id)
        where
            surface = 'claude_code'
            and (
                route = 'console'
                or (
                    route = 'enterprise'
                    and draw('overlap', person_id, date_day) < {_OVERLAP_CHANCE}
                )
            )
    )
    select
        *, false as is_remote,
        person_id is not null and draw('remote', person_id, date_day) < {_REMOTE_CHANCE}
            as is_split,
        case
            when person_id is null then 'unknown-terminal'
            else ['vscode', 'iTerm.app', 'tmux', 'vscode', 'warp-nightly'][
                1 + floor(draw('terminal', person_id, 0) * 5)::int]
        end as terminal_type
    from who
"""

_DIMENSIONS: Final = f"""
    date_day, '{ORGANISATION_ID}' as organization_id,
    case when person_id is null then 'api_actor' else 'user_actor' end as actor__type,
    email_then as actor__email_address,
    case when person_id is null then key_name end as actor__api_key_name,
    customer_type, subscription_type, is_remote, terminal_type
"""


def _split(column: str, name: str, kind: str = "bigint") -> str:
    """SQL of a column's part: the remote row has a third, the local row the rest."""
    remote = (
        f"({column} // {_REMOTE_PART})"
        if kind == "bigint"
        else f"round({column} / {_REMOTE_PART}, 8)"
    )
    return f"""(case
        when not is_split then {column} when is_remote then {remote} else {column} - {remote}
    end)::{kind}{"" if kind == "bigint" else "::varchar"} as {name}"""


_BOTH: Final = """
    select * from claude_code_actors
    union all
    select * replace (true as is_remote) from claude_code_actors where is_split
"""
CLAUDE_CODE_ROWS: Final = f"""
    with both_rows as ({_BOTH})
    select
        {_DIMENSIONS},
        {_split("session_count", "core_metrics__num_sessions")},
        {_split("lines_added_count", "core_metrics__lines_of_code__added")},
        {_split("lines_removed_count", "core_metrics__lines_of_code__removed")},
        {_split("commit_count", "core_metrics__commits_by_claude_code")},
        {_split("pull_request_count", "core_metrics__pull_requests_by_claude_code")},
        {_split("edit_accepted_count", "tool_actions__edit_tool__accepted")},
        {_split("edit_rejected_count", "tool_actions__edit_tool__rejected")},
        0::bigint as tool_actions__multi_edit_tool__accepted,
        0::bigint as tool_actions__multi_edit_tool__rejected,
        {_split("write_accepted_count", "tool_actions__write_tool__accepted")},
        {_split("write_rejected_count", "tool_actions__write_tool__rejected")},
        0::bigint as tool_actions__notebook_edit_tool__accepted,
        0::bigint as tool_actions__notebook_edit_tool__rejected,
        null::varchar as other_tool_actions_json
    from both_rows
"""
CLAUDE_CODE_MODELS: Final = f"""
    with both_rows as ({_BOTH}),
    tokens as (
        select
            both_rows.*, claude_model_id,
            input_tokens, output_tokens, cache_read_tokens,
            cache_write_5m_tokens + cache_write_1h_tokens as written_tokens,
            list_cost_usd * 100 as cents
        from both_rows
        join tokens_daily
            on
                tokens_daily.date_day = both_rows.date_day
                and tokens_daily.surface = both_rows.surface
                and tokens_daily.route = both_rows.route
                and tokens_daily.person_id is not distinct from both_rows.person_id
                and tokens_daily.actor_id is not distinct from both_rows.actor_id
    )
    select
        {_DIMENSIONS}, claude_model_id as model,
        {_split("input_tokens", "tokens__input")},
        {_split("output_tokens", "tokens__output")},
        {_split("cache_read_tokens", "tokens__cache_read")},
        {_split("written_tokens", "tokens__cache_creation")},
        {_split("cents", "estimated_cost__amount", "decimal(28, 8)")},
        'USD' as estimated_cost__currency
    from tokens
"""

# Everybody who signs in has a key; what is made in the Workbench has none.
CONSOLE_TOKENS: Final = """
    with keys as (
        select owner_person_id as person_id, min(api_key_id) as api_key_id,
            min(workspace_id) as workspace_id
        from actors where kind = 'user_key'
        group by owner_person_id
    )
    select
        tokens_daily.*,
        case
            when key_name = 'labs-sandbox' then null
            else coalesce(actors.api_key_id, keys.api_key_id)
        end as api_key_id,
        case when actors.actor_id is null then keys.workspace_id else actors.workspace_id end
            as workspace_id,
        case when actors.kind = 'service_account' then 'svac_' || right(actors.api_key_id, 24) end
            as service_account_id
    from tokens_daily
    left join actors on tokens_daily.actor_id = actors.actor_id
    left join keys on tokens_daily.person_id = keys.person_id
    where route = 'console'
"""
BUCKET: Final = """
    date_day, date_day::timestamp as starting_at, date_day + interval 1 day as ending_at
"""
MESSAGES_USAGE: Final = f"""
    select
        {BUCKET}, api_key_id, workspace_id, claude_model_id as model, service_tier,
        '0-200k' as context_window, 'global' as inference_geo, null::varchar as account_id,
        service_account_id, 'standard' as speed,
        sum(input_tokens)::bigint as uncached_input_tokens,
        sum(cache_write_5m_tokens)::bigint as cache_creation__ephemeral_5m_input_tokens,
        sum(cache_write_1h_tokens)::bigint as cache_creation__ephemeral_1h_input_tokens,
        sum(cache_read_tokens)::bigint as cache_read_input_tokens,
        sum(output_tokens)::bigint as output_tokens,
        sum(web_search_count)::bigint as server_tool_use__web_search_requests
    from console_tokens
    group by all
"""

# kind of token, column, price, what a report calls it, what a description calls it
_KINDS: Final = (
    ("input", "uncached_input_tokens", "Input Tokens"),
    ("output", "output_tokens", "Output Tokens"),
    ("cache_read", "cache_read_input_tokens", "Input Tokens, Cache Read"),
    (
        "cache_write_5m",
        "cache_creation.ephemeral_5m_input_tokens",
        "Input Tokens, Cache Write (5 minutes)",
    ),
    (
        "cache_write_1h",
        "cache_creation.ephemeral_1h_input_tokens",
        "Input Tokens, Cache Write (1 hour)",
    ),
)


def costs_by_kind(tokens: str, dimensions: str) -> str:
    """SQL of list cost in cents by kind of token, and of web searches.

    Args:
        tokens: Table with tokens per day and model.
        dimensions: Columns to group by besides day and model.
    """
    parts = [
        f"""
        select
            date_day, {dimensions}, {tokens}.claude_model_id as model, service_tier,
            'tokens' as cost_type, '{token_type}' as token_type, '{text}' as kind_text,
            sum(
                {kind}_tokens * {kind}_price
                * case when service_tier = 'batch' then 0.5 else 1.0 end
            ) / 10000 as cents
        from {tokens}
        join prices
            on
                prices.claude_model_id = {tokens}.claude_model_id
                and date_day >= valid_from_date
                and (valid_to_date is null or date_day < valid_to_date)
        group by all
        having sum({kind}_tokens) > 0
        """
        for kind, token_type, text in _KINDS
    ]
    searches = f"""
        select
            date_day, {dimensions}, null, null, 'web_search', null, 'Web Search Usage',
            sum(web_search_count) * 1.0
        from {tokens}
        group by all
        having sum(web_search_count) > 0
    """
    return " union all ".join([*parts, searches])


COST_REPORT: Final = f"""
    with costs as ({costs_by_kind("console_tokens", "workspace_id")})
    select
        {BUCKET}, workspace_id,
        case
            when cost_type = 'tokens'
                then model || ' Usage - ' || kind_text
                    || case when service_tier = 'batch' then ' (Batch)' else '' end
            else kind_text
        end as description,
        cost_type, model, token_type,
        case when cost_type = 'tokens' then '0-200k' end as context_window, service_tier,
        case when cost_type = 'tokens' then 'global' end as inference_geo,
        null::varchar as speed, cast(cents as decimal(28, 5))::varchar as amount, 'USD' as currency
    from costs
"""
