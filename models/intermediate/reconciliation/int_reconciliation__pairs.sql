-- What two sides promise about each other, from when on they can be compared, and how far each of
-- them can be expected to be whole by now. A side that is no source of its own has its name as id.
with

pairs as (

    select * from {{ ref('reconciliation_pairs') }}
    where pair_kind in ('clients', 'reports')

),

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
        pairs.pair_id,
        tolerances.measure,
        pairs.pair_kind,
        coalesce(pairs.left_source_id, {{ dbt.split_part('pairs.pair_id', "':'", 1) }})
            as left_side_id,
        coalesce(pairs.right_source_id, {{ dbt.split_part('pairs.pair_id', "':'", 2) }})
            as right_side_id,
        pairs.compared_channel,
        pairs.is_by_model,
        pairs.is_timed_apart,
        tolerances.absolute_tolerance,
        tolerances.relative_tolerance,
        tolerances.settling_share,
        case
            when pairs.left_source_id is null then cast('1900-01-01' as date)
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

    from pairs

    inner join tolerances
        on pairs.pair_id = tolerances.pair_id

    left join starts as left_starts
        on pairs.left_source_id = left_starts.source_id

    left join starts as right_starts
        on pairs.right_source_id = right_starts.source_id

    left join horizons as left_horizons
        on pairs.left_source_id = left_horizons.source_id

    left join horizons as right_horizons
        on pairs.right_source_id = right_horizons.source_id

    left join sources as left_sources
        on pairs.left_source_id = left_sources.source_id

    where
        pairs.left_source_id is null
        or (left_starts.source_id is not null and right_starts.source_id is not null)

)

select * from final
