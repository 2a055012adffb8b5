with

sources as (

    select * from {{ ref('sources') }}

),

known as (

    select
        source_id,
        source_name,
        source_kind,
        landing_source_id,
        landing_table_name,
        description,
        expected_lag_hours,
        restatement_days,
        false as is_unknown

    from sources

),

members as (

    select * from known

    union all

    select
        '-1' as source_id,
        'Unknown source' as source_name,
        'unknown' as source_kind,
        null as landing_source_id,
        null as landing_table_name,
        'Rows whose source is not known' as description,
        null as expected_lag_hours,
        null as restatement_days,
        true as is_unknown

    union all

    -- A day on which the uses of different channels were told by different sources.
    select
        'several' as source_id,
        'Several sources' as source_name,
        'several' as source_kind,
        null as landing_source_id,
        null as landing_table_name,
        'Rows that add up what different sources told' as description,
        null as expected_lag_hours,
        null as restatement_days,
        false as is_unknown

),

final as (

    select
        cast(source_id as {{ dbt.type_string() }}) as source_id,
        cast(source_name as {{ dbt.type_string() }}) as source_name,
        cast(source_kind as {{ dbt.type_string() }}) as source_kind,
        cast(landing_source_id as {{ dbt.type_string() }}) as landing_source_id,
        cast(landing_table_name as {{ dbt.type_string() }}) as landing_table_name,
        cast(description as {{ dbt.type_string() }}) as description,
        cast(expected_lag_hours as integer) as expected_lag_hours,
        cast(restatement_days as integer) as restatement_days,
        is_unknown

    from members

)

select * from final
