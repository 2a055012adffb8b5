with

sources as (

    select * from {{ ref('sources') }}

),

observed_days as (

    select * from {{ ref('stg_ingestion__observed_days') }}
    where status in ('landed', 'empty')

),

horizons as (

    select
        sources.source_id,
        {{
            dbt.dateadd(
                'hour', '-max(sources.expected_lag_hours)', 'max(observed_days.observed_at)'
            )
        }} as complete_until_at

    from observed_days

    inner join sources
        on
            observed_days.source_id = sources.landing_source_id
            and observed_days.table_name = sources.landing_table_name

    group by sources.source_id

),

final as (

    select
        source_id,
        complete_until_at

    from horizons

)

select * from final
