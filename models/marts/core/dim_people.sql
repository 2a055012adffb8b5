with

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

people as (

    select
        person_key,
        min(root_kind) as identity_kind,
        count(*) as alias_count

    from aliases

    group by person_key

),

unknown_member as (

    select
        '-1' as person_key,
        'unknown' as identity_kind,
        0 as alias_count

),

members as (

    select * from people
    union all
    select * from unknown_member

),

final as (

    select
        cast(person_key as {{ dbt.type_string() }}) as person_key,
        cast(identity_kind as {{ dbt.type_string() }}) as identity_kind,
        identity_kind = 'user_id' as is_installation_only,
        person_key = '-1' as is_unknown,
        cast(alias_count as bigint) as alias_count

    from members

)

select * from final
