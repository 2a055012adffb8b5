{{ config(materialized='table', schema='identity') }}

-- Who the ids of sources are: the employee whom the roster names, else the strongest of the ids.
with

tuples as (

    select * from {{ ref('int_identity__observed_identities') }}

),

claims as (

    select * from {{ ref('int_identity__claims') }}

),

components as (

    select * from {{ ref('int_identity__components') }}

),

tuple_roots as (

    select distinct
        identity_tuple_key,
        root_kind,
        root_value

    from components

),

evidence as (

    select
        tuple_roots.root_kind,
        tuple_roots.root_value,
        claims.employee_id

    from tuple_roots

    inner join tuples
        on tuple_roots.identity_tuple_key = tuples.identity_tuple_key

    inner join claims
        on
            {{ alias_holds('tuples.seen_date', 'claims') }}
            and (
                (claims.identity_kind = 'account_id' and claims.identity_value = tuples.user_account_id)
                or (
                    claims.identity_kind = 'account_uuid'
                    and claims.identity_value = tuples.user_account_uuid
                )
                or (claims.identity_kind = 'email' and claims.identity_value = tuples.user_email)
                or (
                    claims.identity_kind = 'enduser_id' and claims.identity_value = tuples.enduser_id
                )
            )

),

employees_of_roots as (

    select
        root_kind,
        root_value,
        min(employee_id) as employee_id,
        count(distinct employee_id) as employee_count

    from evidence

    group by root_kind, root_value

),

people as (

    select distinct
        components.identity_tuple_key,
        components.identity_kind,
        components.identity_value,
        case
            when employees_of_roots.employee_count = 1 then 'employee_id'
            else components.root_kind
        end as root_kind,
        case
            when employees_of_roots.employee_count = 1 then employees_of_roots.employee_id
            else components.root_value
        end as root_value,
        coalesce(employees_of_roots.employee_count, 0) > 1 as is_ambiguous

    from components

    left join employees_of_roots
        on
            components.root_kind = employees_of_roots.root_kind
            and components.root_value = employees_of_roots.root_value

),

installations as (

    select
        tuples.user_id,
        count(distinct {{ dbt.concat(['people.root_kind', "'|'", 'people.root_value']) }})
            as person_count,
        min(people.root_kind) as root_kind,
        min(people.root_value) as root_value

    from tuples

    left join people
        on tuples.identity_tuple_key = people.identity_tuple_key

    where tuples.user_id is not null

    group by tuples.user_id

),

accounts as (

    select distinct
        identity_kind,
        identity_value,
        root_kind,
        root_value,
        case
            when is_ambiguous then 'ambiguous'
            when root_kind = identity_kind and root_value = identity_value then 'self'
            when root_kind = 'employee_id' then 'account'
            else 'co_occurrence'
        end as match_rule

    from people

),

-- An installation that two people used belongs to neither: it stays itself.
final as (

    select
        identity_kind,
        identity_value,
        root_kind,
        root_value,
        match_rule

    from accounts

    union all

    select
        'user_id' as identity_kind,
        user_id as identity_value,
        case when person_count = 1 then root_kind else 'user_id' end as root_kind,
        case when person_count = 1 then root_value else user_id end as root_value,
        case
            when person_count = 1 then 'co_occurrence'
            when person_count = 0 then 'self'
            else 'ambiguous'
        end as match_rule

    from installations

)

select * from final
