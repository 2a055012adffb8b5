{{ config(materialized='incremental', incremental_strategy='stale_days') }}

-- Delta and cumulative sums in one shape: what each point adds. A delta adds its value. A
-- cumulative point adds the difference to the point before it in the same series and process;
-- the first point, and one below its predecessor (the process counts anew), add their value.
{% set stale = stale_by(
    telemetry_landings(),
    also={
        'int_claude_code__metric_next_days': "exists (
            select 1
            from rebuilt
            where
                rebuilt.model_name = 'int_claude_code__metric_series_days'
                and also.previous_day between rebuilt.first_day and rebuilt.last_day
        )"
    }
) %}
{% set days = stale_days(stale) %}
with

points as (

    select *
    from {{ ref('stg_claude_code_otel__metric_points') }}
    where
        {{ is_countable_sum() }}
        and {{ in_days('date_day', days) }}

),

cumulative_points as (

    select
        point_key,
        series_key,
        coalesce(start_time_unix_nano, 0) as start_time_unix_nano,
        date_day,
        is_monotonic,
        point_value,
        lag(point_value) over (
            partition by series_key, coalesce(start_time_unix_nano, 0), date_day
            order by time_unix_nano, point_key
        ) as previous_value_of_day

    from points

    where temporality = 2

),

series_days as (

    select
        series_key,
        start_time_unix_nano,
        date_day,
        lag(last_point_value) over (
            partition by series_key, start_time_unix_nano
            order by date_day
        ) as carried_value

    from {{ ref('int_claude_code__metric_series_days') }}

    where series_key in (select cumulative_points.series_key from cumulative_points)

),

cumulative_pairs as (

    select
        cumulative_points.point_key,
        cumulative_points.is_monotonic,
        cumulative_points.point_value,
        coalesce(cumulative_points.previous_value_of_day, series_days.carried_value, 0)
            as previous_value

    from cumulative_points

    inner join series_days
        on
            cumulative_points.series_key = series_days.series_key
            and cumulative_points.start_time_unix_nano = series_days.start_time_unix_nano
            and cumulative_points.date_day = series_days.date_day

),

differences as (

    select
        point_key,
        case
            when is_monotonic and point_value < previous_value then point_value
            else point_value - previous_value
        end as increment_value

    from cumulative_pairs

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

final as (

    select
        points.point_key,
        points.session_id,
        coalesce(aliases.person_key, '-1') as person_key,
        points.identity_kind,
        points.organization_id,
        points.provider,
        points.metric_name,
        points.metric_type,
        points.raw_claude_model_id,
        points.query_source,
        points.speed,
        points.start_type,
        points.tool_name,
        points.decision,
        points.decision_source,
        points.language,
        points.client_version,
        points.terminal_type,
        points.entrypoint,
        points.temporality,
        -- Decimal, so that no total depends on the order in which it was added up.
        cast(
            case
                when points.temporality = 1 then points.point_value
                else differences.increment_value
            end as decimal(28, 10)
        ) as increment_value,
        points.date_day,
        points.interval_ended_at,
        {{ observed_through_at() }} as observed_through_at

    from points

    left join differences
        on points.point_key = differences.point_key

    left join aliases
        on
            points.identity_kind = aliases.identity_kind
            and points.identity_value = aliases.identity_value
            and {{ alias_holds('points.date_day', 'aliases') }}

)

select * from final
