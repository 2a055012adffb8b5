-- A row of a report adds many requests up, so its own sum cannot pick the tier: the report's class
-- of context length does. Where it leaves several prices open, the lowest is taken and marked.
with

usage_rows as (

    {% for model in ['int_cost__console_usage', 'int_cost__enterprise_usage'] %}
    select
        usage_key,
        date_day,
        person_key,
        actor_key,
        channel,
        surface,
        raw_claude_model_id,
        workspace_key,
        source_id,
        service_tier,
        context_window,
        inference_geo,
        speed,
        is_told_in_parts,
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        web_search_count,
        request_count,
        reported_cost_usd
    from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

model_ids as (

    select * from {{ ref('int_pricing__model_ids') }}

),

prices as (

    select * from {{ ref('int_pricing__token_prices') }}

),

recognised as (

    select
        usage_rows.*,
        coalesce(model_ids.claude_model_id, '-1') as claude_model_id,
        model_ids.endpoint_scope,
        coalesce(model_ids.price_platform, 'anthropic') as price_platform,
        {{ price_speed('usage_rows.speed', 'model_ids.id_speed') }} as price_speed,
        case
            when {{ is_priceable('usage_rows', 100000000000) }}
                then case usage_rows.context_window when '200k-1m' then 200001 else 0 end
        end as prompt_tokens,
        case usage_rows.context_window when '0-200k' then 200000 else 1000000 end
            as longest_prompt_tokens

    from usage_rows

    left join model_ids
        on usage_rows.raw_claude_model_id = model_ids.raw_claude_model_id

),

priced as (

    select
        recognised.*,
        {{ list_cost_usd('recognised', 'prices') }} as list_cost_usd,
        coalesce(
            recognised.is_told_in_parts
            or recognised.longest_prompt_tokens >= prices.until_prompt_tokens,
            false
        ) as is_lowest_price

    from recognised

    left join prices
        on {{ price_holds('recognised', 'prices') }}

),

final as (

    select
        usage_key,
        date_day,
        person_key,
        actor_key,
        channel,
        surface,
        claude_model_id,
        raw_claude_model_id,
        workspace_key,
        source_id,
        service_tier,
        context_window,
        inference_geo,
        price_speed as speed,
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        web_search_count,
        request_count,
        reported_cost_usd,
        list_cost_usd,
        case when is_lowest_price then list_cost_usd end as list_cost_at_lowest_price_usd,
        {{ price_status('claude_model_id', 'list_cost_usd') }} as price_status

    from priced

)

select * from final
