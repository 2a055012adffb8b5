{{ config(materialized='incremental', incremental_strategy='stale_days') }}

-- What a cumulative series had reached by the end of a day, carried forward so that the next day
-- finds its starting value without reading the points before. Empty where clients send deltas.
{% set days = stale_days(stale_by(telemetry_landings())) %}
with

points as (

    select
        date_day,
        series_key,
        coalesce(start_time_unix_nano, 0) as start_time_unix_nano,
        point_value,
        row_number() over (
            partition by date_day, series_key, coalesce(start_time_unix_nano, 0)
            order by time_unix_nano desc, point_key desc
        ) as recency_rank

    from {{ ref('stg_claude_code_otel__metric_points') }}

    where
        temporality = 2
        and {{ is_countable_sum() }}
        and {{ in_days('date_day', days) }}

),

final as (

    select
        {{ surrogate_key(['date_day', 'series_key', 'start_time_unix_nano']) }} as series_day_key,
        series_key,
        start_time_unix_nano,
        date_day,
        point_value as last_point_value,
        {{ observed_through_at() }} as observed_through_at

    from points

    where recency_rank = 1

)

select * from final
