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

-- Counts that no request can have (negative, or a corrupt record's billions) would overflow the
-- arithmetic for everyone: such a row keeps its counts and gets no price.
recognised as (

    select
        requests.*,
        coalesce(model_ids.claude_model_id, '-1') as claude_model_id,
        model_ids.endpoint_scope,
        coalesce(model_ids.price_platform, 'anthropic') as price_platform,
        case
            when requests.speed = 'fast' or model_ids.id_speed = 'fast' then 'fast'
            else 'standard'
        end as price_speed,
        case
            when
                coalesce(requests.input_tokens, 0) between 0 and 1000000000
                and coalesce(requests.output_tokens, 0) between 0 and 1000000000
                and coalesce(requests.cache_read_tokens, 0) between 0 and 1000000000
                and coalesce(requests.cache_write_5m_tokens, 0) between 0 and 1000000000
                and coalesce(requests.cache_write_1h_tokens, 0) between 0 and 1000000000
                and coalesce(requests.web_search_count, 0) between 0 and 1000000
                then
                    coalesce(requests.input_tokens, 0)
                    + coalesce(requests.cache_read_tokens, 0)
                    + coalesce(requests.cache_write_5m_tokens, 0)
                    + coalesce(requests.cache_write_1h_tokens, 0)
        end as prompt_tokens

    from requests

    left join model_ids
        on requests.raw_claude_model_id = model_ids.raw_claude_model_id

),

-- The whole prompt picks the tier, and the tier prices every token of the request.
priced as (

    select
        recognised.*,
        cast(
            (
                {{ tokens_to_usd('recognised.input_tokens', 'prices.input_usd_per_mtok') }}
                + {{ tokens_to_usd('recognised.output_tokens', 'prices.output_usd_per_mtok') }}
                + {{
                    tokens_to_usd(
                        'recognised.cache_write_5m_tokens', 'prices.cache_write_5m_usd_per_mtok'
                    )
                }}
                + {{
                    tokens_to_usd(
                        'recognised.cache_write_1h_tokens', 'prices.cache_write_1h_usd_per_mtok'
                    )
                }}
                + {{
                    tokens_to_usd('recognised.cache_read_tokens', 'prices.cache_read_usd_per_mtok')
                }}
            )
            * case
                when recognised.service_tier = 'batch' then prices.batch_factor
                else cast(1 as decimal(6, 4))
            end
            * case
                when recognised.inference_geo = 'us' then prices.us_geography_factor
                else cast(1 as decimal(6, 4))
            end
            * case
                when recognised.endpoint_scope = 'us-gov' then prices.government_endpoint_factor
                when recognised.endpoint_scope != 'global' then prices.regional_endpoint_factor
                else cast(1 as decimal(6, 4))
            end
            + case
                when coalesce(recognised.web_search_count, 0) = 0 then 0
                else recognised.web_search_count * prices.web_search_usd
            end
            as decimal(18, 10)
        ) as list_cost_usd

    from recognised

    left join prices
        on
            recognised.claude_model_id = prices.claude_model_id
            and recognised.price_platform = prices.platform
            and recognised.price_speed = prices.speed
            and recognised.date_day >= prices.valid_from_date
            and recognised.date_day < prices.until_date
            and recognised.prompt_tokens >= prices.from_prompt_tokens
            and recognised.prompt_tokens < prices.until_prompt_tokens

),

final as (

    select
        request_key,
        session_id,
        person_key,
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
        case
            when claude_model_id = '-1' then 'unknown_model'
            when list_cost_usd is null then 'range'
            else 'priced'
        end as price_status,
        ({{ price_version() }}) as price_version,
        source_id,
        is_in_otel_events,
        is_in_local_logs,
        observed_through_at

    from priced

)

select * from final
