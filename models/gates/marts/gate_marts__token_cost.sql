-- What was counted against the candidates that were chosen, and what telemetry and transcripts brought,
-- chosen or not, against the requests.
{%- set measures = [
    'request_count',
    'input_tokens',
    'output_tokens',
    'cache_read_tokens',
    'cache_write_5m_tokens',
    'cache_write_1h_tokens',
    'web_search_count',
] -%}
{%- set parts = {
    'counted': (ref('fct_token_cost_daily'), 'true'),
    'chosen': (ref('int_cost__token_candidates'), "candidate_status = 'chosen'"),
    'offered': (ref('int_cost__token_candidates'), "source_id in ('otel_events', 'local_logs')"),
    'requested': (ref('fct_claude_requests'), 'true'),
} %}

with

part_days as (

    {% for part, (relation, condition) in parts.items() %}
    select
        '{{ part }}' as part,
        date_day,
        source_id,
        {% for measure in measures %}
        {{ 'count(*)' if part == 'requested' and measure == 'request_count'
            else 'coalesce(sum(' ~ measure ~ '), 0)' }} as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ relation }}
    where {{ condition }}
    group by
        date_day,
        source_id
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

measure_days as (

    {% for measure in measures %}
    select
        '{{ measure }}' as measure,
        date_day,
        source_id,
        sum(case part when 'counted' then {{ measure }} when 'chosen' then -{{ measure }} else 0 end)
            as chosen_difference,
        sum(case part when 'offered' then {{ measure }} when 'requested' then -{{ measure }} else 0 end)
            as request_difference
    from part_days
    group by
        date_day,
        source_id
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Days without a difference are one row.
named_days as (

    select
        measure,
        source_id,
        case when chosen_difference != 0 or request_difference != 0 then date_day end as date_day,
        chosen_difference,
        request_difference
    from measure_days

),

final as (

    select
        date_day,
        source_id,
        measure,
        sum(chosen_difference) as chosen_difference,
        sum(request_difference) as request_difference
    from named_days
    group by
        date_day,
        source_id,
        measure

)

select * from final
