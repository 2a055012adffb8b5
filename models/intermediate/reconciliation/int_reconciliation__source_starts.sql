-- Before a source was first landed there is nothing to compare with it.
with

sources as (

    select * from {{ ref('sources') }}

),

landed as (

    select * from {{ ref('int_ingestion__changed_days') }}

),

first_days as (

    select
        source_id,
        table_name,
        min(date_day) as first_day

    from landed

    group by source_id, table_name

),

final as (

    select
        sources.source_id,
        first_days.first_day

    from first_days

    inner join sources
        on
            first_days.source_id = sources.landing_source_id
            and first_days.table_name = sources.landing_table_name

)

select * from final
