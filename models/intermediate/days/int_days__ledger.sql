{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

-- Which days of which model were built through which moment. Models that keep days write here, in
-- the transaction that builds them; this query only makes the table.
with

no_entries as (

    select
        cast(null as {{ dbt.type_string() }}) as model_name,
        cast(null as date) as first_day,
        cast(null as date) as last_day,
        cast(null as timestamp) as built_through_at,
        cast(null as {{ dbt.type_string() }}) as code

),

final as (

    select * from no_entries
    where model_name is not null

)

select * from final
