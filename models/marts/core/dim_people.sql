with

aliases as (

    select * from {{ ref('int_identity__aliases') }}
    where
        person_key != '-1'
        and actor_key = '-1'

),

people as (

    select
        person_key,
        min(root_kind) as identity_kind,
        count(distinct {{ dbt.concat(['identity_kind', "'|'", 'identity_value']) }}) as alias_count

    from aliases

    group by person_key

),

employees as (

    select
        person_key,
        identity_value as employee_id

    from aliases

    where identity_kind = 'employee_id'

),

ranked_roster as (

    select
        *,
        row_number() over (
            partition by employee_id
            order by
                case when valid_from_date <= {{ as_of_date() }} then 0 else 1 end asc,
                valid_from_date desc
        ) as recency

    from {{ ref('int_identity__roster') }}

),

current_memberships as (

    select
        memberships.person_key,
        memberships.org_unit_key

    from {{ ref('int_identity__memberships') }} as memberships

    where {{ membership_holds(as_of_date(), 'memberships') }}

),

members as (

    select
        people.person_key,
        people.identity_kind,
        people.alias_count,
        employees.employee_id is not null as is_employee,
        coalesce(current_memberships.org_unit_key, '-1') as org_unit_key,
        roster.legal_entity,
        roster.job_function,
        roster.seniority,
        roster.location as work_location,
        roster.cost_band,
        managers.person_key as manager_person_key,
        roster.start_date as employed_from_date,
        roster.end_date as employed_to_date

    from people

    left join employees
        on people.person_key = employees.person_key

    left join ranked_roster as roster
        on
            employees.employee_id = roster.employee_id
            and roster.recency = 1

    left join employees as managers
        on roster.manager_employee_id = managers.employee_id

    left join current_memberships
        on people.person_key = current_memberships.person_key

    union all

    select
        '-1' as person_key,
        'unknown' as identity_kind,
        0 as alias_count,
        false as is_employee,
        '-1' as org_unit_key,
        cast(null as {{ dbt.type_string() }}) as legal_entity,
        cast(null as {{ dbt.type_string() }}) as job_function,
        cast(null as {{ dbt.type_string() }}) as seniority,
        cast(null as {{ dbt.type_string() }}) as work_location,
        cast(null as {{ dbt.type_string() }}) as cost_band,
        cast(null as {{ dbt.type_string() }}) as manager_person_key,
        cast(null as date) as employed_from_date,
        cast(null as date) as employed_to_date

),

final as (

    select
        cast(person_key as {{ dbt.type_string() }}) as person_key,
        cast(identity_kind as {{ dbt.type_string() }}) as identity_kind,
        cast(org_unit_key as {{ dbt.type_string() }}) as org_unit_key,
        cast(legal_entity as {{ dbt.type_string() }}) as legal_entity,
        cast(job_function as {{ dbt.type_string() }}) as job_function,
        cast(seniority as {{ dbt.type_string() }}) as seniority,
        cast(work_location as {{ dbt.type_string() }}) as work_location,
        cast(cost_band as {{ dbt.type_string() }}) as cost_band,
        cast(manager_person_key as {{ dbt.type_string() }}) as manager_person_key,
        cast(employed_from_date as date) as employed_from_date,
        cast(employed_to_date as date) as employed_to_date,
        is_employee,
        identity_kind = 'user_id' as is_installation_only,
        person_key = '-1' as is_unknown,
        cast(alias_count as bigint) as alias_count

    from members

)

select * from final
