{{ config(materialized='table', schema='identity') }}

with

person_aliases as (

    select * from {{ ref('int_identity__person_aliases') }}

),

keys as (

    select * from {{ ref('int_identity__keys') }}

),

pseudonyms as (

    select * from {{ ref('stg_identity__pseudonyms') }}

),

roster as (

    select count(*) as employee_count from {{ ref('int_identity__roster') }}

),

-- Where there is a roster, an account that it does not know is not known; without any, it is all
-- that can be known.
people as (

    select
        person_aliases.identity_kind,
        person_aliases.identity_value,
        person_aliases.valid_from_date,
        person_aliases.until_date,
        person_aliases.root_kind,
        person_aliases.match_rule,
        coalesce(pseudonyms.person_pseudonym, '-1') as person_key,
        person_aliases.root_kind = 'employee_id'
        or (
            roster.employee_count = 0
            and person_aliases.root_kind != 'user_id'
            and person_aliases.match_rule != 'ambiguous'
        ) as is_resolved

    from person_aliases

    cross join roster

    left join pseudonyms
        on
            person_aliases.root_kind = pseudonyms.identity_kind
            and person_aliases.root_value = pseudonyms.identity_value

),

owners as (

    select
        identity_value as owner_user_id,
        person_key,
        root_kind,
        is_resolved

    from people

    where
        identity_kind = 'account_id'
        and until_date = {{ latest_date() }}

),

owned_keys as (

    select
        keys.api_key_id,
        keys.api_key_name,
        keys.service_account_id,
        owners.person_key,
        owners.root_kind,
        owners.is_resolved,
        case
            when owners.person_key is not null then '-1'
            when keys.service_account_id is not null
                then {{ surrogate_key(["'service_account_id'", 'keys.service_account_id']) }}
            else {{ surrogate_key(["'api_key_id'", 'keys.api_key_id']) }}
        end as actor_key

    from keys

    left join owners
        on keys.owner_user_id = owners.owner_user_id

),

named_keys as (

    select
        api_key_name,
        count(*) as key_count,
        min(person_key) as person_key,
        min(root_kind) as root_kind,
        max(case when is_resolved then 1 else 0 end) as resolved_flag,
        min(actor_key) as actor_key

    from owned_keys

    where api_key_name is not null

    group by api_key_name

),

reported_names as (

    select distinct api_key_name
    from {{ ref('int_identity__observed_keys') }}
    where api_key_name is not null

),

service_accounts as (

    select service_account_id from owned_keys
    union
    select service_account_id from {{ ref('int_identity__observed_keys') }}

),

of_keys as (

    select
        'api_key_id' as identity_kind,
        api_key_id as identity_value,
        root_kind,
        person_key,
        actor_key,
        'key' as match_rule,
        coalesce(is_resolved, true) as is_resolved
    from owned_keys

    union all

    select distinct
        'service_account_id' as identity_kind,
        service_account_id as identity_value,
        cast(null as {{ dbt.type_string() }}) as root_kind,
        cast(null as {{ dbt.type_string() }}) as person_key,
        {{ surrogate_key(["'service_account_id'", 'service_account_id']) }} as actor_key,
        'key' as match_rule,
        true as is_resolved
    from service_accounts
    where service_account_id is not null

    union all

    -- Two keys of one name, or a name that no list has: nobody knows which key it is.
    select
        'api_key_name' as identity_kind,
        coalesce(named_keys.api_key_name, reported_names.api_key_name) as identity_value,
        case when named_keys.key_count = 1 then named_keys.root_kind end as root_kind,
        case when named_keys.key_count = 1 then named_keys.person_key end as person_key,
        case
            when named_keys.key_count = 1 then named_keys.actor_key
            else {{
                surrogate_key([
                    "'api_key_name'", 'coalesce(named_keys.api_key_name, reported_names.api_key_name)'
                ])
            }}
        end as actor_key,
        case when named_keys.key_count > 1 then 'ambiguous' else 'key_name' end as match_rule,
        coalesce(named_keys.key_count, 0) != 1
        or named_keys.person_key is null
        or named_keys.resolved_flag = 1 as is_resolved
    from named_keys
    full outer join reported_names
        on named_keys.api_key_name = reported_names.api_key_name

),

final as (

    select
        identity_kind,
        identity_value,
        valid_from_date,
        until_date,
        root_kind,
        person_key,
        '-1' as actor_key,
        match_rule,
        is_resolved

    from people

    union all

    select
        identity_kind,
        identity_value,
        {{ earliest_date() }} as valid_from_date,
        {{ latest_date() }} as until_date,
        root_kind,
        coalesce(person_key, '-1') as person_key,
        actor_key,
        match_rule,
        is_resolved

    from of_keys

)

select * from final
