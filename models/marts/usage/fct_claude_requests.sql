{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='date_day',
        on_schema_change='fail',
        post_hook="{{ delete_stale_days(telemetry_landings(), margin=1) }}"
    )
}}

-- depends_on: {{ ref('int_ingestion__changed_days') }}, {{ ref('int_pricing__price_version') }}
-- depends_on: {{ ref('int_identity__reidentified_days') }}
{% if is_incremental() %}
{#- A changed day and its neighbours, and the days that a changed price touches. -#}
{% set rebuilt_days %}
    {{ changed_days(telemetry_landings(), margin=1) }}
    union
    {{ repriced_days() }}
{% endset %}
{% endif %}
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
        price_version,
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

    {% if is_incremental() %}
    where {{ day_filter('date_day', rebuilt_days) }}
    {% endif %}

)

select * from final
