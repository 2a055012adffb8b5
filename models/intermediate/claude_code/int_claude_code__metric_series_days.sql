{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='date_day',
        on_schema_change='fail',
        post_hook="{{ delete_stale_days(telemetry_landings()) }}"
    )
}}

-- What a cumulative series had reached by the end of a day, carried forward so that the next day
-- finds its starting value without reading the points before. Empty where clients send deltas.
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
    {% if is_incremental() %}
        and date_day in ({{ changed_days(telemetry_landings()) }})
        {% endif %}

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
