with

candidates as (

    select * from {{ ref('int_cost__token_candidates') }}

),

final as (

    select
        token_candidate_key,
        date_day,
        person_key,
        actor_key,
        channel,
        surface,
        claude_model_id,
        workspace_key,
        source_id,
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        web_search_count,
        request_count,
        priced_request_count,
        reported_request_count,
        part_count,
        priced_part_count,
        reported_cost_usd,
        list_cost_usd,
        list_cost_at_lowest_price_usd,
        observed_through_at

    from candidates

    where candidate_status = 'chosen'

)

select * from final
