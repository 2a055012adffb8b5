-- Costs of a Claude model on a day, and prices that lack by the id that the client sent.
with

requests as (

    select
        date_day,
        claude_model_id,
        price_status,
        list_cost_usd,
        coalesce(raw_claude_model_id, '(no model sent)') as raw_claude_model_id,
        case when reported_cost_usd is not null then list_cost_usd end as compared_list_cost_usd,
        case when list_cost_usd is not null then reported_cost_usd end
            as compared_reported_cost_usd
    from {{ ref('fct_claude_requests') }}

),

model_days as (

    select
        date_day,
        claude_model_id,
        cast(min(list_cost_usd) as {{ type_double() }}) as min_list_cost_usd,
        cast(max(list_cost_usd) as {{ type_double() }}) as max_list_cost_usd,
        cast(sum(compared_list_cost_usd) as {{ type_double() }}) as list_cost_usd,
        cast(sum(compared_reported_cost_usd) as {{ type_double() }}) as reported_cost_usd
    from requests
    group by date_day, claude_model_id

),

sent_models as (

    select
        raw_claude_model_id,
        count(*) as request_count,
        count(case when price_status = 'unknown_model' then 1 end) as unknown_model_count,
        count(case when price_status = 'range' then 1 end) as unpriced_day_count
    from requests
    group by raw_claude_model_id

),

-- Below one US cent the rounding of the client decides the ratio.
final as (

    select
        date_day,
        claude_model_id as model_name,
        min_list_cost_usd,
        max_list_cost_usd,
        case when reported_cost_usd >= 0.01 then list_cost_usd / reported_cost_usd end
            as list_to_reported_ratio,
        cast(null as bigint) as unknown_model_count,
        cast(null as bigint) as unpriced_day_count,
        cast(null as {{ type_double() }}) as unknown_model_share
    from model_days

    union all

    select
        cast(null as date) as date_day,
        raw_claude_model_id as model_name,
        cast(null as {{ type_double() }}) as min_list_cost_usd,
        cast(null as {{ type_double() }}) as max_list_cost_usd,
        cast(null as {{ type_double() }}) as list_to_reported_ratio,
        unknown_model_count,
        unpriced_day_count,
        1.0 * sum(unknown_model_count) over () / sum(request_count) over ()
            as unknown_model_share
    from sent_models

)

select * from final
