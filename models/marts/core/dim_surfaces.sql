with

surfaces as (

    select * from {{ ref('surfaces') }}

),

members as (

    select
        surface,
        surface_name,
        is_code,
        false as is_unknown

    from surfaces

    union all

    select
        '-1' as surface,
        'Unattributed' as surface_name,
        false as is_code,
        true as is_unknown

),

final as (

    select
        cast(surface as {{ dbt.type_string() }}) as surface,
        cast(surface_name as {{ dbt.type_string() }}) as surface_name,
        is_code,
        is_unknown

    from members

)

select * from final
