# ruff: noqa: S608  # queries are put together from constants of this room alone
"""What the Console's report on Claude Code says: people by address, services by a key's name."""

from typing import Final

from .costs import ALL_UNITS, restated_tokens
from .versions import FIRST_SEEN, versioned

ORGANISATION_ID: Final = "00000000-0000-4000-8000-000000000001"
# How often a day runs in the cloud, too, and in a second terminal.
_REMOTE_SHARE: Final = 0.15
_SECOND_SHARE: Final = 0.1
_OVERLAP_PEOPLE: Final = 3

MACROS: Final = (
    # Equal parts, and the first ones take the rest.
    """
    create macro part_of(value, number, part_count) as
        value // part_count + (number < value % part_count)::bigint
    """,
)

TABLES: Final = {
    # Members whose use the Console reports although the Enterprise organisation pays for it.
    "overlap_people": f"""
        select person_id from accounts
        where
            system = 'enterprise'
            and person_id in (
                select person_id from usage_daily
                where route = 'enterprise' and surface = 'claude_code'
            )
        order by
            person_id in (select person_id from accounts where system = 'console') desc,
            draw('overlap', person_id, 0), person_id
        limit {_OVERLAP_PEOPLE}
    """,
}

CHUNK: Final = {
    "code_days": """
        select
            date_day, usage_days.person_id, actor_id, route, coalesce(person_id, -actor_id) as who,
            email_then(date_day, email, former_email, email_changed_date) as email, key_name,
            coalesce(session_count, 0) as session_count, lines_added_count, lines_removed_count,
            commit_count, pull_request_count, edit_accepted_count, edit_rejected_count,
            write_accepted_count, write_rejected_count
        from usage_days
        left join people using (person_id)
        left join actors using (actor_id)
        where
            surface = 'claude_code'
            and (
                route = 'console'
                or (
                    route = 'enterprise'
                    and usage_days.person_id in (select person_id from overlap_people)
                )
            )
    """,
    # The places of a day, each with at least one of its sessions.
    "code_parts": f"""
        with versioned_days as ({versioned("code_days", "claude_code", "who")}),
        located as (
            select
                *,
                case
                    when person_id is null then 'unknown-terminal'
                    else ['vscode', 'iTerm.app', 'tmux', 'vscode', 'warp-nightly'][
                        1 + floor(draw('terminal', person_id, 0) * 5)::int]
                end as terminal,
                person_id is not null and session_count > 1
                    and draw('remote', person_id, date_day) < {_REMOTE_SHARE} as has_remote,
                person_id is not null and session_count > 2
                    and draw('second', person_id, date_day) < {_SECOND_SHARE} as has_second
            from versioned_days
        ),
        placed as (
            select
                *,
                [{{'terminal_type': terminal, 'is_remote': false}}]
                || case when has_remote
                    then [{{'terminal_type': terminal, 'is_remote': true}}] else [] end
                || case when has_second then [{{
                    'terminal_type': case terminal when 'tmux' then 'vscode' else 'tmux' end,
                    'is_remote': false
                }}] else [] end as places
            from located
        ),
        parts as (
            select
                placed.* exclude (terminal, has_remote, has_second, places),
                unnest(places) as place, generate_subscripts(places, 1) - 1 as number,
                len(places) as part_count
            from placed
        ),
        -- What one person did is told a second time, from a terminal that was none of theirs.
        phantom_parts as (
            select parts.* replace (
                {{'terminal_type': 'phantom-terminal', 'is_remote': false}} as place,
                parts.date_day + {FIRST_SEEN["claude_code"]} as visible_from,
                withdrawn_at as visible_to, 0 as permille
            )
            from parts
            join phantoms
                on
                    family = 'claude_code' and phantoms.date_day = parts.date_day
                    and phantoms.person_id = parts.person_id
            where number = 0 and route = 'console' and parts.visible_to is null
        )
        select * exclude (place), place.terminal_type, place.is_remote from parts
        union all
        select * exclude (place), place.terminal_type, place.is_remote from phantom_parts
    """,
}

_DIMENSIONS: Final = f"""
    code_parts.date_day, '{ORGANISATION_ID}' as organization_id,
    case when code_parts.person_id is null then 'api_actor' else 'user_actor' end as actor__type,
    email as actor__email_address,
    case when code_parts.person_id is null then key_name end as actor__api_key_name,
    case code_parts.route when 'console' then 'api' else 'subscription' end as customer_type,
    case code_parts.route when 'enterprise' then 'enterprise' end as subscription_type,
    is_remote, terminal_type
"""


def _part(column: str) -> str:
    return f"part_of(coalesce({column}, 0), number, part_count)"


DAILY: Final = {
    "claude_code_rows": f"""
        select
            {_DIMENSIONS},
            {_part("session_count")} as core_metrics__num_sessions,
            restated({_part("lines_added_count")}, permille) as core_metrics__lines_of_code__added,
            restated({_part("lines_removed_count")}, permille)
                as core_metrics__lines_of_code__removed,
            restated({_part("commit_count")}, permille) as core_metrics__commits_by_claude_code,
            {_part("pull_request_count")} as core_metrics__pull_requests_by_claude_code,
            {_part("edit_accepted_count")} as tool_actions__edit_tool__accepted,
            {_part("edit_rejected_count")} as tool_actions__edit_tool__rejected,
            0::bigint as tool_actions__multi_edit_tool__accepted,
            0::bigint as tool_actions__multi_edit_tool__rejected,
            {_part("write_accepted_count")} as tool_actions__write_tool__accepted,
            {_part("write_rejected_count")} as tool_actions__write_tool__rejected,
            0::bigint as tool_actions__notebook_edit_tool__accepted,
            0::bigint as tool_actions__notebook_edit_tool__rejected,
            -- The map is open: one terminal brings a tool that no document names.
            case terminal_type when 'warp-nightly'
                then '{{"patch_tool":{{"accepted":2,"rejected":1}}}}'
            end as other_tool_actions_json,
            visible_from, visible_to
        from code_parts
    """,
    "claude_code_models": f"""
        with parts as (
            select
                {_DIMENSIONS}, token_days.claude_model_id, service_tier,
                {_part("input_tokens")} as input_tokens,
                {_part("output_tokens")} as output_tokens,
                {_part("cache_read_tokens")} as cache_read_tokens,
                {_part("cache_write_5m_tokens")} as cache_write_5m_tokens,
                {_part("cache_write_1h_tokens")} as cache_write_1h_tokens,
                {_part("web_search_count")} as web_search_count,
                permille, visible_from, visible_to
            from code_parts
            join token_days
                on
                    token_days.date_day = code_parts.date_day
                    and token_days.surface = 'claude_code'
                    and token_days.route = code_parts.route
                    and token_days.who = code_parts.who
        ),
        told as (
            select parts.* replace ({restated_tokens()}) from parts
        )
        select
            told.* exclude (
                claude_model_id, service_tier, input_tokens, output_tokens, cache_read_tokens,
                cache_write_5m_tokens, cache_write_1h_tokens, web_search_count, permille,
                visible_from, visible_to
            ),
            claude_model_id as model, input_tokens as tokens__input,
            output_tokens as tokens__output, cache_read_tokens as tokens__cache_read,
            cache_write_5m_tokens + cache_write_1h_tokens as tokens__cache_creation,
            cents_short({ALL_UNITS}) as estimated_cost__amount,
            'USD' as estimated_cost__currency, visible_from, visible_to
        from told
        left join price_days using (date_day, claude_model_id)
    """,
}
