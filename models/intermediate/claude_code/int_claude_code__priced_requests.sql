with

requests as (

    select * from {{ ref('int_claude_code__requests') }}

),

model_ids as (

    select * from {{ ref('int_pricing__model_ids') }}

),

prices as (

    select * from {{ ref('int_pricing__token_prices') }}

),

organizations as (

    select * from {{ ref('int_channels__organizations') }}

),

recognised as (

    select
        requests.*,
        coalesce(model_ids.claude_model_id, '-1') as claude_model_id,
        model_ids.endpoint_scope,
        coalesce(model_ids.price_platform, 'anthropic') as price_platform,
        {{ price_speed('requests.speed', 'model_ids.id_speed') }} as price_speed,
        case
            when requests.is_telemetry_session or model_ids.price_platform != 'anthropic'
                then {{
                    telemetry_channel(
                        'requests.provider',
                        'model_ids.price_platform',
                        'requests.organization_id',
                        'organizations'
                    )
                }}
            else 'unknown'
        end as channel,
        case
            when {{ is_priceable('requests', 1000000000) }}
                then
                    coalesce(requests.input_tokens, 0)
                    + coalesce(requests.cache_read_tokens, 0)
                    + coalesce(requests.cache_write_5m_tokens, 0)
                    + coalesce(requests.cache_write_1h_tokens, 0)
        end as prompt_tokens

    from requests

    left join model_ids
        on requests.raw_claude_model_id = model_ids.raw_claude_model_id

    left join organizations
        on requests.organization_id = organizations.organization_id

),

-- The whole prompt picks the tier, and the tier prices every token of the request.
priced as (

    select
        recognised.*,
        {{ list_cost_usd('recognised', 'prices') }} as list_cost_usd

    from recognised

    left join prices
        on {{ price_holds('recognised', 'prices') }}

),

final as (

    select
        request_key,
        session_id,
        person_key,
        '-1' as actor_key,
        channel,
        organization_id,
        raw_claude_model_id,
        claude_model_id,
        endpoint_scope,
        price_platform,
        client_version,
        price_speed as speed,
        service_tier,
        inference_geo,
        query_source,
        is_subagent,
        project_key,
        requested_at,
        date_day,
        prompt_tokens,
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        cache_ttl_basis,
        web_search_count,
        reported_cost_usd,
        list_cost_usd,
        {{ price_status('claude_model_id', 'list_cost_usd') }} as price_status,
        source_id,
        is_in_otel_events,
        is_in_local_logs,
        observed_through_at

    from priced

)

select * from final
