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
with

{% if is_incremental() %}
-- A changed day and its neighbours, and the days that a changed price touches.
rebuilt_days as (

    {{ changed_days(telemetry_landings(), margin=1) }}
    union
    {{ repriced_days() }}

),

{% endif %}
requests as (

    select * from {{ ref('fct_claude_requests') }}

    {% if is_incremental() %}
    where date_day in (select rebuilt_days.date_day from rebuilt_days)
    {% endif %}

),

daily as (

    select
        date_day,
        person_key,
        actor_key,
        claude_model_id,
        source_id,
        price_version,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_5m_tokens) as cache_write_5m_tokens,
        sum(cache_write_1h_tokens) as cache_write_1h_tokens,
        sum(web_search_count) as web_search_count,
        sum(reported_cost_usd) as reported_cost_usd,
        sum(list_cost_usd) as list_cost_usd,
        count(*) as request_count,
        count(list_cost_usd) as priced_request_count,
        count(reported_cost_usd) as reported_request_count,
        max(observed_through_at) as observed_through_at

    from requests

    group by date_day, person_key, actor_key, claude_model_id, source_id, price_version

),

final as (

    select
        {{
            surrogate_key([
                'date_day', 'person_key', 'actor_key', "'claude_code'", 'claude_model_id', 'source_id'
            ])
        }} as token_cost_day_key,
        date_day,
        person_key,
        actor_key,
        '-1' as org_unit_key,
        'claude_code' as surface,
        claude_model_id,
        source_id,
        price_version,
        cast(input_tokens as bigint) as input_tokens,
        cast(output_tokens as bigint) as output_tokens,
        cast(cache_read_tokens as bigint) as cache_read_tokens,
        cast(cache_write_5m_tokens as bigint) as cache_write_5m_tokens,
        cast(cache_write_1h_tokens as bigint) as cache_write_1h_tokens,
        cast(web_search_count as bigint) as web_search_count,
        cast(reported_cost_usd as decimal(18, 10)) as reported_cost_usd,
        cast(list_cost_usd as decimal(18, 10)) as list_cost_usd,
        cast(request_count as bigint) as request_count,
        cast(priced_request_count as bigint) as priced_request_count,
        cast(reported_request_count as bigint) as reported_request_count,
        observed_through_at

    from daily

)

select * from final
