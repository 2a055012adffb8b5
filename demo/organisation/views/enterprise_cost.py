# ruff: noqa: S608  # queries are put together from constants of this room alone
"""What the Enterprise usage and cost reports say in the end: tokens and cents, listed and paid."""

from typing import Final

from .console import BUCKET, costs_by_kind

# The contract of the organisation.
_PAID_SHARE: Final = "0.8"

# A member who has left keeps the rows and loses the address.
ENTERPRISE_TOKENS: Final = """
    select
        tokens_daily.*,
        case surface
            when 'office' then 'office_agent' when 'chrome' then 'claude_in_chrome'
            when 'design' then 'claude_design' else surface
        end as product,
        user_id, removed_date is not null as is_deleted,
        case when removed_date is null then name else 'Deleted User' end as name_then,
        case
            when removed_date is not null then null
            when email_changed_date is not null and date_day < email_changed_date then former_email
            else email
        end as email_then
    from tokens_daily
    join people using (person_id)
    join enterprise_accounts using (person_id)
    where route = 'enterprise'
"""
_TOKENS: Final = """
    sum(input_tokens)::bigint as uncached_input_tokens,
    sum(cache_write_5m_tokens)::bigint as cache_creation__ephemeral_5m_input_tokens,
    sum(cache_write_1h_tokens)::bigint as cache_creation__ephemeral_1h_input_tokens,
    sum(cache_read_tokens)::bigint as cache_read_input_tokens,
    sum(output_tokens)::bigint as output_tokens,
    sum(web_search_count)::bigint as server_tool_use__web_search_requests,
    sum(request_count)::bigint as requests
"""
_ACTOR: Final = """
    'user_actor' as actor__type, user_id as actor__user_id, min(email_then) as actor__email,
    min(name_then) as actor__name,
    is_deleted as actor__deleted
"""
_UNGROUPED: Final = """
    null::varchar as rbac_group_id, null::varchar as slack_channel_id
"""


def _cents(list_cents: str) -> str:
    """SQL of what is paid and what the list says, with six decimals."""
    return f"""
        cast({list_cents} * {_PAID_SHARE} as decimal(28, 6))::varchar as amount,
        cast({list_cents} as decimal(28, 6))::varchar as list_amount, 'USD' as currency
    """


_NO_MODEL: Final = """
    null::varchar as product, null::varchar as model, null::varchar as context_window,
    null::varchar as inference_geo, null::varchar as speed
"""
USAGE_REPORT: Final = f"""
    select 'total' as cut, {BUCKET}, {_NO_MODEL}, {_UNGROUPED}, {_TOKENS}
    from enterprise_tokens
    group by all
    union all
    select
        'grouped', {BUCKET}, product, claude_model_id, '0-200k', 'global', 'standard',
        {_UNGROUPED}, {_TOKENS}
    from enterprise_tokens
    group by all
"""
COST_REPORT: Final = f"""
    with costs as ({costs_by_kind("enterprise_tokens", "product")})
    select
        'total' as cut, {BUCKET}, {_NO_MODEL}, {_UNGROUPED},
        null::varchar as cost_type, null::varchar as token_type,
        {_cents("sum(list_cost_usd) * 100")}, sum(request_count)::bigint as requests
    from enterprise_tokens
    group by all
    union all
    select
        'grouped', {BUCKET}, product, model, null, null, null, {_UNGROUPED},
        cost_type, token_type, {_cents("cents")}, null
    from costs
"""
USER_USAGE_REPORT: Final = f"""
    select
        {BUCKET}, {_ACTOR}, product, claude_model_id as model, null::varchar as context_window,
        null::varchar as inference_geo, null::varchar as speed, {_UNGROUPED}, {_TOKENS},
        sum(
            input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_read_tokens
            + output_tokens
        )::bigint as total_tokens
    from enterprise_tokens
    group by all
"""
USER_COST_REPORT: Final = f"""
    select
        {BUCKET}, {_ACTOR}, product, claude_model_id as model, null::varchar as context_window,
        null::varchar as inference_geo, null::varchar as speed, {_UNGROUPED},
        null::varchar as cost_type, null::varchar as token_type,
        {_cents("sum(list_cost_usd) * 100")}, sum(request_count)::bigint as requests
    from enterprise_tokens
    group by all
"""
