-- What was counted against the candidates that were chosen, and what telemetry and transcripts
-- brought, chosen or not, against the requests.
{%- set token_measures = [
    'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_5m_tokens',
    'cache_write_1h_tokens', 'web_search_count',
] -%}
{%- set candidates = ref('int_cost__token_candidates') -%}
{%- set counted = 'coalesce(sum(request_count), 0)' -%}
{%- set parts = [
    ('counted', ref('fct_token_cost_daily'), 'true', counted),
    ('chosen', candidates, "candidate_status = 'chosen'", counted),
    ('offered', candidates, "source_id in ('otel_events', 'local_logs')", counted),
    ('requested', ref('fct_claude_requests'), 'true', 'count(*)'),
] %}

with

part_days as (

    {% for part, relation, condition, request_count in parts %}
    select
        '{{ part }}' as part,
        date_day,
        source_id,
        {% for measure in token_measures %}
        coalesce(sum({{ measure }}), 0) as {{ measure }},
        {% endfor %}
        {{ request_count }} as request_count
    from {{ relation }}
    where {{ condition }}
    group by date_day, source_id
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

measure_days as (

    {% for measure in token_measures + ['request_count'] %}
    select
        '{{ measure }}' as measure,
        date_day,
        source_id,
        sum(case when part = 'counted' then {{ measure }} else 0 end)
        - sum(case when part = 'chosen' then {{ measure }} else 0 end) as chosen_difference,
        sum(case when part = 'offered' then {{ measure }} else 0 end)
        - sum(case when part = 'requested' then {{ measure }} else 0 end) as request_difference
    from part_days
    group by date_day, source_id
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Days without a difference are one row.
final as (

    select
        case when chosen_difference != 0 or request_difference != 0 then date_day end as fault_day,
        source_id,
        measure,
        sum(chosen_difference) as chosen_difference,
        sum(request_difference) as request_difference
    from measure_days
    group by fault_day, source_id, measure

)

select * from final
