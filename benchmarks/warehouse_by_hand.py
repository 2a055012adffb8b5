"""Usage and token cost in one pass over raw rows, as an analyst would write it for DuckDB alone.

It knows this organisation: which source tells what, that nothing is restated, doubled or unknown.
"""

from pathlib import Path
from typing import Final

_PRICES: Final = Path(__file__).parents[1] / "seeds" / "pricing" / "token_prices.csv"

BY_HAND: Final = rf"""
create temp table staff as
select
    members.id as user_id, roster.logins_json->0->>'login' as login,
    md5(roster.employee_id) as person_key, md5(roster.team) as org_unit_key
from warehouse.raw_people.roster
left join warehouse.raw_anthropic_enterprise.members using (email);

create temp table prices as
select
    claude_model_id, any_value(input_usd_per_mtok) as input_usd,
    any_value(output_usd_per_mtok) as output_usd, any_value(cache_read_usd_per_mtok) as read_usd,
    any_value(cache_write_1h_usd_per_mtok) as write_usd
from read_csv('{_PRICES}', types = {{
    'input_usd_per_mtok': 'decimal(12, 6)', 'output_usd_per_mtok': 'decimal(12, 6)',
    'cache_read_usd_per_mtok': 'decimal(12, 6)', 'cache_write_1h_usd_per_mtok': 'decimal(12, 6)'
}})
where platform = 'anthropic' and speed = 'standard' and min_prompt_tokens = 0
    and valid_to_date is null
group by claude_model_id;

create table fct_usage_daily as
with surfaces as (
    select
        date_day, user__id as user_id, unnest([
            {{
                'surface': 'chat', 'messages': chat_metrics__message_count,
                'sessions': null::bigint, 'added': null::bigint, 'removed': null::bigint,
                'commits': null::bigint, 'pulls': null::bigint, 'accepted': null::bigint,
                'rejected': null::bigint,
                'conversations': chat_metrics__distinct_conversation_count
            }},
            {{
                'surface': 'claude_code', 'messages': null,
                'sessions': claude_code_metrics__core_metrics__distinct_session_count,
                'added': claude_code_metrics__core_metrics__lines_of_code__added_count,
                'removed': claude_code_metrics__core_metrics__lines_of_code__removed_count,
                'commits': claude_code_metrics__core_metrics__commit_count,
                'pulls': claude_code_metrics__core_metrics__pull_request_count,
                'accepted': claude_code_metrics__tool_actions__edit_tool__accepted_count
                    + claude_code_metrics__tool_actions__write_tool__accepted_count,
                'rejected': claude_code_metrics__tool_actions__edit_tool__rejected_count
                    + claude_code_metrics__tool_actions__write_tool__rejected_count,
                'conversations': null
            }},
            {{
                'surface': 'cowork', 'messages': cowork_metrics__message_count,
                'sessions': cowork_metrics__distinct_session_count, 'added': null,
                'removed': null, 'commits': null, 'pulls': null, 'accepted': null,
                'rejected': null, 'conversations': null
            }},
            {{
                'surface': 'office', 'messages': office_metrics__excel__message_count,
                'sessions': office_metrics__excel__distinct_session_count, 'added': null,
                'removed': null, 'commits': null, 'pulls': null, 'accepted': null,
                'rejected': null, 'conversations': null
            }},
            {{
                'surface': 'design', 'messages': design_metrics__message_count,
                'sessions': design_metrics__distinct_session_count, 'added': null,
                'removed': null, 'commits': null, 'pulls': null, 'accepted': null,
                'rejected': null, 'conversations': null
            }}
        ], recursive := true)
    from warehouse.raw_anthropic_enterprise.user_activity
),
chrome as (
    select date_day, actor__user_id as user_id, 'chrome' as surface
    from warehouse.raw_anthropic_enterprise.user_usage_report
    where product = 'claude_in_chrome' group by all
),
on_bedrock as (
    select
        date_day, enduser_id as login, 'claude_code' as surface,
        sum(value) filter (metric_name = 'claude_code.session.count')::bigint as sessions,
        sum(value) filter (metric_type = 'added')::bigint as added,
        sum(value) filter (metric_type = 'removed')::bigint as removed,
        sum(value) filter (metric_name = 'claude_code.commit.count')::bigint as commits,
        sum(value) filter (metric_name = 'claude_code.pull_request.count')::bigint as pulls,
        sum(value) filter (decision = 'accept')::bigint as accepted,
        sum(value) filter (decision = 'reject')::bigint as rejected
    from warehouse.raw_claude_code_otel.metric_points
    where provider = 'bedrock' group by all
)
select surfaces.* exclude (user_id), person_key, org_unit_key
from surfaces join staff using (user_id)
where coalesce(messages, 0) + coalesce(sessions, 0) > 0
union all by name
select chrome.* exclude (user_id), person_key, org_unit_key from chrome join staff using (user_id)
union all by name
select on_bedrock.* exclude (login), person_key, org_unit_key
from on_bedrock join staff using (login);

create table fct_token_cost_daily as
with told as (
    select
        date_day, actor__user_id as user_id, null as login, product as surface, model,
        sum(uncached_input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
        sum(cache_read_input_tokens) as cache_read_tokens,
        sum(cache_creation__ephemeral_1h_input_tokens) as cache_write_tokens,
        sum(requests) as request_count
    from warehouse.raw_anthropic_enterprise.user_usage_report group by all
    union all
    select
        date_day, null, enduser_id, 'claude_code',
        regexp_replace(model, '^global\.anthropic\.|-v1:0$', '', 'g'),
        sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
        sum(cache_creation_1h_tokens), count(*)
    from warehouse.raw_claude_code_otel.events
    where provider = 'bedrock' and event_name = 'api_request' group by all
)
select
    told.* exclude (user_id, login), coalesce(members.person_key, logins.person_key) as person_key,
    coalesce(members.org_unit_key, logins.org_unit_key) as org_unit_key,
    (
        input_tokens * input_usd + output_tokens * output_usd + cache_read_tokens * read_usd
        + cache_write_tokens * write_usd
    ) * 0.000001 as list_cost_usd
from told
left join staff as members using (user_id)
left join staff as logins on told.login = logins.login
left join prices on told.model = claude_model_id
"""
