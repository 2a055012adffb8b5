-- Telemetry and transcripts tell no key and no workspace. A request that both saw is one already.
with

requests as (

    select * from {{ ref('int_claude_code__priced_requests') }}

),

final as (

    select
        date_day,
        person_key,
        actor_key,
        channel,
        max(organization_id) as organization_id,
        'claude_code' as surface,
        claude_model_id,
        '-1' as workspace_key,
        source_id,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_5m_tokens) as cache_write_5m_tokens,
        sum(cache_write_1h_tokens) as cache_write_1h_tokens,
        sum(web_search_count) as web_search_count,
        count(*) as request_count,
        count(list_cost_usd) as priced_request_count,
        count(reported_cost_usd) as reported_request_count,
        sum(reported_cost_usd) as reported_cost_usd,
        sum(list_cost_usd) as list_cost_usd

    from requests

    group by
        date_day, person_key, actor_key, channel, claude_model_id, source_id

)

select * from final
