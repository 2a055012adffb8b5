-- What two sides promise about each other, from when on they can be compared, and how far each of
-- them can be expected to be whole by now.
with

tolerances as (

    select * from {{ ref('reconciliation_tolerances') }}

),

starts as (

    select * from {{ ref('int_reconciliation__source_starts') }}

),

horizons as (

    select * from {{ ref('int_ingestion__source_horizons') }}

),

sources as (

    select
        source_id,
        restatement_days

    from {{ ref('sources') }}

),

final as (

    select
        tolerances.pair_id,
        tolerances.measure,
        tolerances.left_side_id,
        tolerances.right_side_id,
        tolerances.is_timed_apart,
        tolerances.absolute_tolerance,
        tolerances.relative_tolerance,
        tolerances.settling_share,
        case
            when tolerances.left_source_id is null then cast('1900-01-01' as date)
            when left_starts.first_day > right_starts.first_day then left_starts.first_day
            else right_starts.first_day
        end as first_day,
        left_horizons.complete_until_at as left_complete_until_at,
        right_horizons.complete_until_at as right_complete_until_at,
        {{
            dbt.dateadd(
                'day', '-left_sources.restatement_days', 'left_horizons.complete_until_at'
            )
        }} as left_settled_until_at

    from tolerances

    left join starts as left_starts
        on tolerances.left_source_id = left_starts.source_id

    left join starts as right_starts
        on tolerances.right_source_id = right_starts.source_id

    left join horizons as left_horizons
        on tolerances.left_source_id = left_horizons.source_id

    left join horizons as right_horizons
        on tolerances.right_source_id = right_horizons.source_id

    left join sources as left_sources
        on tolerances.left_source_id = left_sources.source_id

    where
        tolerances.left_source_id is null
        or (left_starts.source_id is not null and right_starts.source_id is not null)

)

select * from final
