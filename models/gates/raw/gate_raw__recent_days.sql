-- Files stay in the spool for seven days, so a fault of these loads can be mended by reading again.
with

observed_days as (

    select
        source_id,
        table_name,
        date_day,
        observed_at
    from {{ source('ingestion', 'observed_days') }}

),

newest_observations as (

    select max(observed_at) as newest_observed_at
    from observed_days

),

final as (

    select distinct
        observed_days.source_id,
        observed_days.table_name,
        observed_days.date_day
    from observed_days
    inner join newest_observations
        on
            observed_days.observed_at
            >= {{ dbt.dateadd('day', -7, 'newest_observations.newest_observed_at') }}

)

select * from final
