with

causes as (

    select * from {{ ref('reconciliation_causes') }}

),

final as (

    select
        cast(cause_code as {{ dbt.type_string() }}) as cause_code,
        cast(cause_name as {{ dbt.type_string() }}) as cause_name,
        is_explained,
        cast(meaning as {{ dbt.type_string() }}) as cause_meaning

    from causes

)

select * from final
