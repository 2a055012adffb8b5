{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='date_day',
        on_schema_change='fail'
    )
}}

-- Which days of metric increments are rebuilt, and since when: a late point of a cumulative series
-- also changes the next day on which the series has points, however far away.
with

observed_days as (

    {% if is_incremental() %}
    {{ changed_days(telemetry_landings()) }}
    {% else %}
    select distinct date_day
    from {{ ref('int_ingestion__changed_days') }}
    {% endif %}

),

series_days as (

    select
        series_key,
        start_time_unix_nano,
        date_day

    from {{ ref('int_claude_code__metric_series_days') }}

),

changed_series as (

    select
        series_key,
        start_time_unix_nano,
        date_day

    from series_days

    where date_day in (select observed_days.date_day from observed_days)

),

next_days as (

    select
        changed_series.series_key,
        changed_series.start_time_unix_nano,
        changed_series.date_day,
        min(series_days.date_day) as next_day

    from changed_series

    inner join series_days
        on
            changed_series.series_key = series_days.series_key
            and changed_series.start_time_unix_nano = series_days.start_time_unix_nano
            and changed_series.date_day < series_days.date_day

    group by
        changed_series.series_key,
        changed_series.start_time_unix_nano,
        changed_series.date_day

),

rebuilt_days as (

    select date_day from observed_days
    union
    select next_day as date_day from next_days

),

final as (

    select
        date_day,
        {{ observed_through_at() }} as observed_through_at

    from rebuilt_days

)

select * from final
