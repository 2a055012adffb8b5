-- What the organisation's report tells of a product and a model on a day. Context window, geography
-- and speed are told of the organisation alone: what all of a group's use has, a user's has.
with

grouped as (

    select * from {{ ref('stg_anthropic_enterprise__usage_report') }}
    where cut = 'grouped'

),

sums as (

    select
        date_day,
        product,
        raw_claude_model_id,
        min(context_window) as first_context_window,
        max(context_window) as last_context_window,
        count(context_window) as context_window_count,
        min(inference_geo) as first_inference_geo,
        max(inference_geo) as last_inference_geo,
        count(inference_geo) as inference_geo_count,
        min(speed) as first_speed,
        max(speed) as last_speed,
        count(speed) as speed_count,
        count(*) as row_count,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_5m_tokens) as cache_write_5m_tokens,
        sum(cache_write_1h_tokens) as cache_write_1h_tokens,
        sum(web_search_count) as web_search_count,
        sum(request_count) as request_count

    from grouped

    group by date_day, product, raw_claude_model_id

),

final as (

    select
        {{ surrogate_key(['date_day', 'product', 'raw_claude_model_id']) }} as report_group_key,
        date_day,
        product,
        raw_claude_model_id,
        case
            when context_window_count = row_count and first_context_window = last_context_window
                then first_context_window
        end as context_window,
        case
            when inference_geo_count = row_count and first_inference_geo = last_inference_geo
                then first_inference_geo
        end as inference_geo,
        case when speed_count = row_count and first_speed = last_speed then first_speed end
            as speed,
        row_count > 1 as is_told_in_parts,
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        web_search_count,
        request_count

    from sums

)

select * from final
