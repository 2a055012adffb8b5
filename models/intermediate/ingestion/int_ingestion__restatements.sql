with

-- A day still running grows with every load; only a change after its end is a restatement.
observed_measures as (

    select
        source_id as landing_source_id,
        table_name,
        date_day,
        measure_name,
        measure_value,
        observed_at,
        load_id

    from {{ ref('stg_ingestion__observed_measures') }}

    where cast(observed_at as date) > date_day

),

in_order as (

    select
        landing_source_id,
        table_name,
        date_day,
        measure_name,
        measure_value,
        observed_at,
        lag(measure_value) over (
            partition by landing_source_id, table_name, date_day, measure_name
            order by observed_at, load_id
        ) as previous_value,
        first_value(measure_value) over (
            partition by landing_source_id, table_name, date_day, measure_name
            order by observed_at, load_id
        ) as first_value,
        min(observed_at) over (
            partition by landing_source_id, table_name, date_day, measure_name
        ) as first_observed_at

    from observed_measures

),

final as (

    select
        {{
            surrogate_key([
                'landing_source_id', 'table_name', 'date_day', 'measure_name', 'observed_at'
            ])
        }} as restatement_key,
        landing_source_id,
        table_name,
        date_day,
        measure_name,
        observed_at as restated_at,
        previous_value,
        measure_value as restated_value,
        first_value,
        first_observed_at

    from in_order

    where previous_value != measure_value

)

select * from final
