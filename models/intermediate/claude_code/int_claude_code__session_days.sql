{{ config(materialized='incremental', incremental_strategy='stale_days') }}

-- A session can last for weeks: what one day of it was, so that one more day reads one day.
{% set stale = stale_by(
    telemetry_landings(),
    causes=['people', 'prices'],
    margin=1,
    inputs={'int_claude_code__metric_increments': 0},
) %}
{% set days = stale_days(stale) %}
with

events as (

    select * from {{ ref('stg_claude_code_otel__events') }}
    where
        session_id is not null
        and {{ in_days('date_day', days) }}

),

increments as (

    select * from {{ ref('int_claude_code__metric_increments') }}
    where
        session_id is not null
        and {{ in_days('date_day', days) }}

),

log_requests as (

    select * from {{ ref('int_claude_code__log_requests') }}
    where
        session_id is not null
        and {{ in_days('date_day', days) }}

),

requests as (

    select * from {{ ref('int_claude_code__priced_requests') }}
    where
        session_id is not null
        and {{ in_days('date_day', days) }}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

event_days as (

    select
        date_day,
        session_id,
        sum(case when event_name = 'user_prompt' then 1 else 0 end) as prompt_count,
        sum(case when event_name = 'tool_result' then 1 else 0 end) as tool_result_count,
        sum(case when event_name = 'tool_result' and not is_success then 1 else 0 end)
            as tool_failure_count,
        sum(case when event_name = 'api_error' then 1 else 0 end) as api_error_count,
        sum(case when event_name = 'tool_decision' then 1 else 0 end) as tool_decision_count,
        sum(
            case
                when event_name != 'tool_decision' or not {{ is_edit_tool('tool_name') }} then 0
                when decision = 'accept' then 1
                else 0
            end
        ) as edit_accepted_event_count,
        sum(
            case
                when event_name != 'tool_decision' or not {{ is_edit_tool('tool_name') }} then 0
                when decision = 'reject' then 1
                else 0
            end
        ) as edit_rejected_event_count

    from events

    group by date_day, session_id

),

starts as (

    select
        date_day,
        session_id,
        start_type,
        row_number() over (
            partition by date_day, session_id
            order by interval_ended_at, point_key
        ) as start_rank

    from increments

    where
        metric_name = 'claude_code.session.count'
        and increment_value > 0

),

start_days as (

    select
        date_day,
        session_id,
        min(case when start_rank = 1 then start_type end) as start_type,
        max(case when start_type = 'agents_view' then 0 else 1 end) as conversation_start_flag

    from starts

    group by date_day, session_id

),

metric_days as (

    select
        date_day,
        session_id,
        sum(
            case
                when
                    metric_name = 'claude_code.active_time.total'
                    and metric_type = 'user'
                    then increment_value
                else 0
            end
        ) as user_active_seconds,
        sum(
            case
                when
                    metric_name = 'claude_code.active_time.total'
                    and metric_type = 'cli'
                    then increment_value
                else 0
            end
        ) as cli_active_seconds,
        sum(
            case
                when
                    metric_name = 'claude_code.lines_of_code.count'
                    and metric_type = 'added'
                    then increment_value
                else 0
            end
        ) as lines_added_count,
        sum(
            case
                when
                    metric_name = 'claude_code.lines_of_code.count'
                    and metric_type = 'removed'
                    then increment_value
                else 0
            end
        ) as lines_removed_count,
        sum(case when metric_name = 'claude_code.commit.count' then increment_value else 0 end)
            as commit_count,
        sum(
            case
                when metric_name = 'claude_code.pull_request.count' then increment_value
                else 0
            end
        ) as pull_request_count,
        sum(
            case
                when
                    metric_name = 'claude_code.code_edit_tool.decision'
                    and decision = 'accept'
                    then increment_value
                else 0
            end
        ) as edit_accepted_metric_count,
        sum(
            case
                when
                    metric_name = 'claude_code.code_edit_tool.decision'
                    and decision = 'reject'
                    then increment_value
                else 0
            end
        ) as edit_rejected_metric_count

    from increments

    group by date_day, session_id

),

request_days as (

    select
        date_day,
        session_id,
        count(*) as request_count,
        count(list_cost_usd) as priced_request_count,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_5m_tokens) as cache_write_5m_tokens,
        sum(cache_write_1h_tokens) as cache_write_1h_tokens,
        sum(web_search_count) as web_search_count,
        sum(reported_cost_usd) as reported_cost_usd,
        sum(list_cost_usd) as list_cost_usd

    from requests

    group by date_day, session_id

),

event_sightings as (

    select
        date_day,
        session_id,
        identity_kind,
        identity_value,
        client_version,
        terminal_type,
        entrypoint,
        min(event_at) as first_seen_at,
        max(event_at) as last_seen_at

    from events

    group by
        date_day,
        session_id,
        identity_kind,
        identity_value,
        client_version,
        terminal_type,
        entrypoint

),

sightings as (

    select
        event_sightings.date_day,
        event_sightings.session_id,
        'otel_events' as seen_by,
        event_sightings.identity_kind,
        aliases.person_key,
        event_sightings.client_version,
        event_sightings.terminal_type,
        event_sightings.entrypoint,
        event_sightings.first_seen_at,
        event_sightings.last_seen_at

    from event_sightings

    left join aliases
        on
            event_sightings.identity_kind = aliases.identity_kind
            and event_sightings.identity_value = aliases.identity_value
            and {{ alias_holds('event_sightings.date_day', 'aliases') }}

    union all

    select
        date_day,
        session_id,
        'otel_metrics' as seen_by,
        identity_kind,
        nullif(person_key, '-1') as person_key,
        client_version,
        terminal_type,
        entrypoint,
        min(interval_ended_at) as first_seen_at,
        max(interval_ended_at) as last_seen_at

    from increments

    group by
        date_day,
        session_id,
        identity_kind,
        person_key,
        client_version,
        terminal_type,
        entrypoint

    union all

    select
        date_day,
        session_id,
        'local_logs' as seen_by,
        cast(null as {{ dbt.type_string() }}) as identity_kind,
        cast(null as {{ dbt.type_string() }}) as person_key,
        client_version,
        cast(null as {{ dbt.type_string() }}) as terminal_type,
        entrypoint,
        min(requested_at) as first_seen_at,
        max(requested_at) as last_seen_at

    from log_requests

    group by date_day, session_id, client_version, entrypoint

    union all

    -- A transcript of today can owe its person to telemetry of yesterday.
    select
        date_day,
        session_id,
        'requests' as seen_by,
        cast(null as {{ dbt.type_string() }}) as identity_kind,
        nullif(person_key, '-1') as person_key,
        client_version,
        cast(null as {{ dbt.type_string() }}) as terminal_type,
        cast(null as {{ dbt.type_string() }}) as entrypoint,
        min(requested_at) as first_seen_at,
        max(requested_at) as last_seen_at

    from requests

    group by date_day, session_id, person_key, client_version

),

-- The ladder's kinds sort by strength, so the first is the strongest identity of the day.
ranked as (

    select
        *,
        row_number() over (
            partition by date_day, session_id
            order by
                case when person_key is null then 1 else 0 end asc,
                coalesce(identity_kind, '~') asc,
                last_seen_at desc,
                person_key asc
        ) as identity_rank,
        row_number() over (
            partition by date_day, session_id
            order by
                case when client_version is null then 1 else 0 end asc,
                last_seen_at desc,
                seen_by asc
        ) as version_rank

    from sightings

),

days as (

    select
        date_day,
        session_id,
        min(case when identity_rank = 1 then person_key end) as person_key,
        min(case when version_rank = 1 then client_version end) as client_version,
        max(terminal_type) as terminal_type,
        max(entrypoint) as entrypoint,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        max(case when seen_by = 'otel_events' then 1 else 0 end) = 1 as is_in_otel_events,
        max(case when seen_by = 'otel_metrics' then 1 else 0 end) = 1 as is_in_otel_metrics,
        max(case when seen_by = 'local_logs' then 1 else 0 end) = 1 as is_in_local_logs

    from ranked

    group by date_day, session_id

),

final as (

    select
        days.session_id,
        coalesce(days.person_key, '-1') as person_key,
        days.client_version,
        days.terminal_type,
        days.entrypoint,
        start_days.start_type,
        start_days.conversation_start_flag = 1 as is_conversation_start,
        days.is_in_otel_events,
        days.is_in_otel_metrics,
        days.is_in_local_logs,
        case
            when days.is_in_otel_events or days.is_in_local_logs
                then coalesce(request_days.request_count, 0)
        end as request_count,
        request_days.priced_request_count,
        request_days.input_tokens,
        request_days.output_tokens,
        request_days.cache_read_tokens,
        request_days.cache_write_5m_tokens,
        request_days.cache_write_1h_tokens,
        request_days.web_search_count,
        request_days.reported_cost_usd,
        request_days.list_cost_usd,
        event_days.prompt_count,
        event_days.tool_result_count,
        event_days.tool_failure_count,
        event_days.api_error_count,
        event_days.tool_decision_count,
        event_days.edit_accepted_event_count,
        event_days.edit_rejected_event_count,
        metric_days.user_active_seconds,
        metric_days.cli_active_seconds,
        metric_days.lines_added_count,
        metric_days.lines_removed_count,
        metric_days.commit_count,
        metric_days.pull_request_count,
        metric_days.edit_accepted_metric_count,
        metric_days.edit_rejected_metric_count,
        days.date_day,
        days.first_seen_at,
        days.last_seen_at,
        {{ observed_through_at() }} as observed_through_at

    from days

    left join event_days
        on
            days.date_day = event_days.date_day
            and days.session_id = event_days.session_id

    left join metric_days
        on
            days.date_day = metric_days.date_day
            and days.session_id = metric_days.session_id

    left join start_days
        on
            days.date_day = start_days.date_day
            and days.session_id = start_days.session_id

    left join request_days
        on
            days.date_day = request_days.date_day
            and days.session_id = request_days.session_id

)

select * from final
