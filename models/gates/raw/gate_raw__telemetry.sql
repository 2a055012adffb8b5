-- A number is finite when it lies within the bounds of a double; not-a-number lies above them.
{%- set negative_token = 'least(input_tokens, output_tokens, cache_read_tokens, '
    ~ 'cache_creation_tokens, cache_creation_5m_tokens, cache_creation_1h_tokens) < 0' -%}
{%- set largest = '1.7976931348623157e308' -%}
{#- What is counted in the rows of a table; what it does not name cannot be wrong in it. -#}
{%- set tables = {
    'events': {
        'source_id': 'claude_code_otel',
        'null_name': 'event_name is null',
        'negative_token': negative_token,
        'impossible_cost': 'cost_usd < 0 or cost_usd > ' ~ largest,
        'no_session': 'session_id is null',
        'request': "event_name = 'api_request'",
        'null_model': "event_name = 'api_request' and model is null",
        'null_tokens': "event_name = 'api_request' and input_tokens is null",
    },
    'metric_points': {
        'source_id': 'claude_code_otel',
        'null_name': 'metric_name is null',
        'no_temporality': "metric_kind = 'sum' and coalesce(temporality, 0) not in (1, 2)",
        'no_value': 'value is null or value > ' ~ largest ~ ' or value < -' ~ largest,
        'negative_increment': 'is_monotonic and value < 0',
    },
    'spans': {
        'source_id': 'claude_code_otel',
        'backward_span': 'ended_at < started_at',
    },
    'usage_lines': {
        'source_id': 'claude_code_logs',
        'negative_token': negative_token,
        'no_session': 'session_id is null',
        'request': 'not coalesce(is_api_error, false)',
        'null_model': 'not coalesce(is_api_error, false) and model is null',
        'null_tokens': 'not coalesce(is_api_error, false) and input_tokens is null',
    },
} -%}
{%- set counts = [
    'null_name', 'negative_token', 'impossible_cost', 'no_session', 'request', 'null_model',
    'null_tokens', 'no_temporality', 'no_value', 'negative_increment', 'backward_span',
] %}

with

recent_days as (

    select
        source_id,
        table_name,
        date_day
    from {{ ref('gate_raw__recent_days') }}

),

table_days as (

    {% for table_name, faults in tables.items() %}
    select
        '{{ faults.source_id }}' as source_id,
        '{{ table_name }}' as table_name,
        date_day,
        {% for fault in counts %}
        {{ 'count(case when ' ~ faults[fault] ~ ' then 1 end)'
            if fault in faults else 'cast(null as bigint)' }} as {{ fault }}_count,
        {% endfor %}
        count(*) as row_count
    from {{ source(faults.source_id, table_name) }}
    group by date_day
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Of fewer than twenty rows a share says more of these rows than of the client.
day_shares as (

    select
        *,
        case when row_count >= 20 then 1.0 * no_session_count / row_count end as no_session_share,
        case when request_count >= 20 then 1.0 * null_model_count / request_count end
            as null_model_share,
        case when request_count >= 20 then 1.0 * null_tokens_count / request_count end
            as null_tokens_share
    from table_days

),

final as (

    select
        day_shares.table_name,
        day_shares.date_day,
        day_shares.row_count,
        day_shares.null_name_count,
        day_shares.negative_token_count,
        day_shares.impossible_cost_count,
        day_shares.no_session_share,
        day_shares.null_model_share,
        day_shares.null_tokens_share,
        day_shares.no_temporality_count,
        day_shares.no_value_count,
        day_shares.negative_increment_count,
        day_shares.backward_span_count,
        case when recent_days.date_day is not null then day_shares.null_model_share end
            as recent_null_model_share,
        case when recent_days.date_day is not null then day_shares.null_tokens_share end
            as recent_null_tokens_share
    from day_shares
    left join recent_days
        on
            day_shares.source_id = recent_days.source_id
            and day_shares.table_name = recent_days.table_name
            and day_shares.date_day = recent_days.date_day

)

select * from final
