{{ config(materialized='incremental', incremental_strategy='stale_days') }}

{% set grain = [
    'date_day', 'session_id', 'person_key', 'metric_name', 'metric_type', 'raw_claude_model_id',
    'query_source', 'speed', 'start_type', 'tool_name', 'decision', 'decision_source', 'language',
    'client_version',
] %}

{% set days = stale_days(stale_by(inputs={'int_claude_code__metric_increments': 0})) %}
with

increments as (

    select * from {{ ref('int_claude_code__metric_increments') }}
    where {{ in_days('date_day', days) }}

),

-- Kept in sight, not in the sums: what no counter can be made of.
rejected_points as (

    select * from {{ ref('stg_claude_code_otel__metric_points') }}
    where
        not {{ is_countable_sum() }}
        and {{ in_days('date_day', days) }}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

points as (

    select
        {{ grain | join(',\n        ') }},
        increment_value,
        1 as is_counted

    from increments

    union all

    select
        rejected_points.date_day,
        rejected_points.session_id,
        coalesce(aliases.person_key, '-1') as person_key,
        {% for column in grain[3:] -%}
        rejected_points.{{ column }},
        {% endfor -%}
        cast(null as decimal(28, 10)) as increment_value,
        0 as is_counted

    from rejected_points

    left join aliases
        on
            rejected_points.identity_kind = aliases.identity_kind
            and rejected_points.identity_value = aliases.identity_value
            and {{ alias_holds('rejected_points.date_day', 'aliases') }}

),

daily as (

    select
        {{ grain | join(',\n        ') }},
        sum(increment_value) as increment_value,
        sum(is_counted) as point_count,
        sum(1 - is_counted) as rejected_point_count

    from points

    group by {{ grain | join(', ') }}

),

final as (

    select
        {{ surrogate_key(grain) }} as telemetry_metric_day_key,
        date_day,
        session_id,
        person_key,
        metric_name,
        metric_type,
        raw_claude_model_id,
        query_source,
        speed,
        start_type,
        tool_name,
        decision,
        decision_source,
        language,
        client_version,
        cast(increment_value as double) as increment_value,
        cast(point_count as bigint) as point_count,
        cast(rejected_point_count as bigint) as rejected_point_count,
        {{ observed_through_at() }} as observed_through_at

    from daily

)

select * from final
