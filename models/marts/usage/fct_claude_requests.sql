{{ config(materialized='incremental', incremental_strategy='stale_days') }}

{% set days = stale_days(stale_by(telemetry_landings(), causes=['people', 'prices'], margin=1)) %}
with

requests as (

    select * from {{ ref('int_claude_code__priced_requests') }}

),

final as (

    select
        request_key,
        session_id,
        person_key,
        '-1' as actor_key,
        claude_model_id,
        raw_claude_model_id,
        project_key,
        source_id,
        query_source,
        client_version,
        speed,
        price_status,
        cache_ttl_basis,
        cast(input_tokens as bigint) as input_tokens,
        cast(output_tokens as bigint) as output_tokens,
        cast(cache_read_tokens as bigint) as cache_read_tokens,
        cast(cache_write_5m_tokens as bigint) as cache_write_5m_tokens,
        cast(cache_write_1h_tokens as bigint) as cache_write_1h_tokens,
        cast(web_search_count as bigint) as web_search_count,
        cast(reported_cost_usd as decimal(18, 10)) as reported_cost_usd,
        cast(list_cost_usd as decimal(18, 10)) as list_cost_usd,
        is_in_otel_events,
        is_in_local_logs,
        date_day,
        requested_at,
        observed_through_at

    from requests

    where {{ in_days('date_day', days) }}

)

select * from final
