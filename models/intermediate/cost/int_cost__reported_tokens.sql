with

report_rows as (

    select * from {{ ref('int_cost__priced_usage') }}

),

final as (

    select
        date_day,
        person_key,
        actor_key,
        channel,
        cast(null as {{ dbt.type_string() }}) as organization_id,
        surface,
        claude_model_id,
        workspace_key,
        source_id,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_5m_tokens) as cache_write_5m_tokens,
        sum(cache_write_1h_tokens) as cache_write_1h_tokens,
        sum(web_search_count) as web_search_count,
        sum(request_count) as request_count,
        sum(
            case when list_cost_usd is not null then request_count else request_count * 0 end
        ) as priced_request_count,
        sum(
            case when reported_cost_usd is not null then request_count else request_count * 0 end
        ) as reported_request_count,
        count(*) as part_count,
        count(list_cost_usd) as priced_part_count,
        sum(reported_cost_usd) as reported_cost_usd,
        sum(list_cost_usd) as list_cost_usd,
        sum(list_cost_at_lowest_price_usd) as list_cost_at_lowest_price_usd

    from report_rows

    group by
        date_day,
        person_key,
        actor_key,
        channel,
        surface,
        claude_model_id,
        workspace_key,
        source_id

)

select * from final
