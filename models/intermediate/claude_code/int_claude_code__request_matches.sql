{{ config(materialized='incremental', incremental_strategy='stale_days') }}

-- Telemetry and transcript of one request can fall on either side of midnight, so a changed day
-- rebuilds its neighbours too, from one more day of input on both sides.
{% set input_days = stale_days(stale_by(telemetry_landings(), margin=1), reach=1) %}
with

log_requests as (

    select * from {{ ref('int_claude_code__log_requests') }}
    where {{ in_days('date_day', input_days) }}

),

otel_requests as (

    select * from {{ ref('stg_claude_code_otel__events') }}
    where
        event_name = 'api_request'
        and {{ in_days('date_day', input_days) }}

),

-- First by the request id that both sides carry.
matched_by_id as (

    select
        otel_requests.event_key,
        log_requests.log_request_key,
        otel_requests.date_day,
        'request_id' as match_rule

    from otel_requests

    inner join log_requests
        on otel_requests.request_id = log_requests.request_id

),

-- Old clients send no request id over telemetry. Their requests match by session, model and
-- prompt tokens, and among equal ones the n-th with the n-th.
otel_without_id as (

    select
        event_key,
        date_day,
        session_id,
        raw_claude_model_id,
        input_tokens,
        cache_read_tokens,
        cache_write_tokens,
        row_number() over (
            partition by
                session_id, raw_claude_model_id, input_tokens, cache_read_tokens, cache_write_tokens
            order by event_at, event_key
        ) as ordinal

    from otel_requests

    where request_id is null

),

log_without_match as (

    select
        log_requests.log_request_key,
        log_requests.session_id,
        log_requests.raw_claude_model_id,
        log_requests.input_tokens,
        log_requests.cache_read_tokens,
        log_requests.cache_write_tokens,
        row_number() over (
            partition by
                log_requests.session_id,
                log_requests.raw_claude_model_id,
                log_requests.input_tokens,
                log_requests.cache_read_tokens,
                log_requests.cache_write_tokens
            order by log_requests.requested_at, log_requests.log_request_key
        ) as ordinal

    from log_requests

    left join matched_by_id
        on log_requests.log_request_key = matched_by_id.log_request_key

    where matched_by_id.log_request_key is null

),

matches as (

    select
        event_key,
        log_request_key,
        date_day,
        match_rule

    from matched_by_id

    union all

    select
        otel_without_id.event_key,
        log_without_match.log_request_key,
        otel_without_id.date_day,
        'content' as match_rule

    from otel_without_id

    inner join log_without_match
        on
            otel_without_id.session_id = log_without_match.session_id
            and otel_without_id.raw_claude_model_id = log_without_match.raw_claude_model_id
            and otel_without_id.input_tokens = log_without_match.input_tokens
            and otel_without_id.cache_read_tokens = log_without_match.cache_read_tokens
            and otel_without_id.cache_write_tokens = log_without_match.cache_write_tokens
            and otel_without_id.ordinal = log_without_match.ordinal

),

-- Should several records carry the request id of one event, the first stands for it.
final as (

    select
        log_request_key,
        event_key,
        match_rule,
        row_number() over (partition by event_key order by log_request_key) = 1 as is_first_record,
        date_day,
        {{ observed_through_at() }} as observed_through_at

    from matches

)

select * from final
