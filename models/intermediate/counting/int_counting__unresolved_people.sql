-- Somebody of whom only an installation is known.
with

aliases as (

    select
        person_key,
        is_resolved

    from {{ ref('int_identity__aliases') }}

),

final as (

    select person_key

    from aliases

    group by person_key

    having max(case when is_resolved then 1 else 0 end) = 0

)

select * from final
