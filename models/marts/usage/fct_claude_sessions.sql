{% set span = ['date_day', 'cast(last_seen_at as date)'] %}
{{
    config(
        materialized='incremental',
        incremental_strategy='stale_days',
        meta={'unit': 'session_id', 'span': span}
    )
}}

-- A session that reaches into stale days is added up anew, with all its days; all others stay.
{% set days = stale_days(stale_by(causes=[], inputs={'int_claude_code__session_days': 0})) %}
with

session_days as (

    select * from {{ ref('int_claude_code__session_days') }}

),

{% if days is not none %}
touched_sessions as (

    select session_id
    from session_days
    where {{ in_days('date_day', days) }}
    union
    select session_id
    from {{ this }}
    where {{ spans_days(span[0], span[1], days) }}

),

{% endif %}
ranked as (

    select
        *,
        row_number() over (
            partition by session_id
            order by case when person_key = '-1' then 1 else 0 end, date_day
        ) as person_rank,
        row_number() over (
            partition by session_id
            order by case when start_type is null then 1 else 0 end, date_day
        ) as start_rank,
        row_number() over (
            partition by session_id
            order by case when client_version is null then 1 else 0 end asc, date_day desc
        ) as version_rank

    from session_days

    {% if days is not none %}
    where session_id in (select touched_sessions.session_id from touched_sessions)
    {% endif %}

),

sessions as (

    select
        session_id,
        min(case when person_rank = 1 then person_key end) as person_key,
        min(case when start_rank = 1 then start_type end) as start_type,
        min(case when version_rank = 1 then client_version end) as client_version,
        max(terminal_type) as terminal_type,
        max(entrypoint) as entrypoint,
        coalesce(
            max(case when is_conversation_start then 1 when not is_conversation_start then 0 end), 1
        ) = 1 as is_conversation,
        max(case when is_in_otel_events then 1 else 0 end) = 1 as is_in_otel_events,
        max(case when is_in_otel_metrics then 1 else 0 end) = 1 as is_in_otel_metrics,
        max(case when is_in_local_logs then 1 else 0 end) = 1 as is_in_local_logs,
        count(*) as active_day_count,
        sum(request_count) as request_count,
        sum(priced_request_count) as priced_request_count,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_5m_tokens) as cache_write_5m_tokens,
        sum(cache_write_1h_tokens) as cache_write_1h_tokens,
        sum(web_search_count) as web_search_count,
        sum(reported_cost_usd) as reported_cost_usd,
        sum(list_cost_usd) as list_cost_usd,
        sum(prompt_count) as prompt_count,
        sum(tool_result_count) as tool_result_count,
        sum(tool_failure_count) as tool_failure_count,
        sum(api_error_count) as api_error_count,
        sum(tool_decision_count) as tool_decision_count,
        sum(edit_accepted_event_count) as edit_accepted_event_count,
        sum(edit_rejected_event_count) as edit_rejected_event_count,
        sum(user_active_seconds) as user_active_seconds,
        sum(cli_active_seconds) as cli_active_seconds,
        sum(lines_added_count) as lines_added_count,
        sum(lines_removed_count) as lines_removed_count,
        sum(commit_count) as commit_count,
        sum(pull_request_count) as pull_request_count,
        sum(edit_accepted_metric_count) as edit_accepted_metric_count,
        sum(edit_rejected_metric_count) as edit_rejected_metric_count,
        min(date_day) as date_day,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at

    from ranked

    group by session_id

),

-- Decisions come from events where the session sent any, else from the metric; never from both.
final as (

    select
        session_id,
        person_key,
        '-1' as actor_key,
        start_type,
        client_version,
        terminal_type,
        entrypoint,
        is_conversation,
        is_in_otel_events,
        is_in_otel_metrics,
        is_in_local_logs,
        cast(active_day_count as bigint) as active_day_count,
        cast(request_count as bigint) as request_count,
        cast(priced_request_count as bigint) as priced_request_count,
        cast(input_tokens as bigint) as input_tokens,
        cast(output_tokens as bigint) as output_tokens,
        cast(cache_read_tokens as bigint) as cache_read_tokens,
        cast(cache_write_5m_tokens as bigint) as cache_write_5m_tokens,
        cast(cache_write_1h_tokens as bigint) as cache_write_1h_tokens,
        cast(web_search_count as bigint) as web_search_count,
        cast(reported_cost_usd as decimal(18, 10)) as reported_cost_usd,
        cast(list_cost_usd as decimal(18, 10)) as list_cost_usd,
        cast(prompt_count as bigint) as prompt_count,
        cast(tool_result_count as bigint) as tool_result_count,
        cast(tool_failure_count as bigint) as tool_failure_count,
        cast(api_error_count as bigint) as api_error_count,
        cast(user_active_seconds as double) as user_active_seconds,
        cast(cli_active_seconds as double) as cli_active_seconds,
        cast(round(lines_added_count) as bigint) as lines_added_count,
        cast(round(lines_removed_count) as bigint) as lines_removed_count,
        cast(round(commit_count) as bigint) as commit_count,
        cast(round(pull_request_count) as bigint) as pull_request_count,
        cast(
            case
                when tool_decision_count > 0 then edit_accepted_event_count
                else round(edit_accepted_metric_count)
            end as bigint
        ) as edit_accepted_count,
        cast(
            case
                when tool_decision_count > 0 then edit_rejected_event_count
                else round(edit_rejected_metric_count)
            end as bigint
        ) as edit_rejected_count,
        date_day,
        first_seen_at,
        last_seen_at,
        {{ observed_through_at() }} as observed_through_at

    from sessions

)

select * from final
