with

restatements as (

    select * from {{ ref('int_ingestion__restatements') }}

),

sources as (

    select
        source_id,
        landing_source_id,
        landing_table_name

    from {{ ref('sources') }}

),

final as (

    select
        restatements.restatement_key,
        coalesce(sources.source_id, restatements.landing_source_id) as source_id,
        restatements.table_name,
        restatements.date_day,
        restatements.measure_name,
        restatements.restated_at,
        {{ total_value('restatements.previous_value') }} as previous_value,
        {{ total_value('restatements.restated_value') }} as restated_value,
        {{ total_value('restatements.restated_value - restatements.previous_value') }}
            as change_value,
        {{ total_value('restatements.first_value') }} as first_value,
        restatements.first_observed_at

    from restatements

    left join sources
        on
            restatements.landing_source_id = sources.landing_source_id
            and restatements.table_name = sources.landing_table_name

)

select * from final
