with

pairs as (

    select * from {{ ref('reconciliation_pairs') }}

),

final as (

    select
        cast(pair_id as {{ dbt.type_string() }}) as pair_id,
        cast(pair_name as {{ dbt.type_string() }}) as pair_name,
        cast(pair_kind as {{ dbt.type_string() }}) as pair_kind,
        cast(left_source_id as {{ dbt.type_string() }}) as left_source_id,
        cast(right_source_id as {{ dbt.type_string() }}) as right_source_id

    from pairs

)

select * from final
