{{ config(materialized='table', schema='identity') }}

-- depends_on: {{ ref('stg_identity__pseudonyms') }}
with

claims as (

    select * from {{ ref('int_identity__claims') }}

),

accounts as (

    select * from {{ ref('int_identity__accounts') }}

),

keys as (

    select * from {{ ref('int_identity__keys') }}

),

pseudonyms as (

    select * from {{ ref('stg_identity__pseudonyms') }}

),

claimed as (

    select distinct
        identity_kind,
        identity_value

    from claims

),

of_people as (

    select
        identity_kind,
        identity_value,
        valid_from_date,
        until_date,
        'employee_id' as root_kind,
        employee_id as root_value,
        match_rule

    from claims

    union all

    select
        accounts.identity_kind,
        accounts.identity_value,
        {{ earliest_date() }} as valid_from_date,
        {{ latest_date() }} as until_date,
        accounts.root_kind,
        accounts.root_value,
        accounts.match_rule

    from accounts

    left join claimed
        on
            accounts.identity_kind = claimed.identity_kind
            and accounts.identity_value = claimed.identity_value

    where claimed.identity_value is null

),

people as (

    select
        of_people.identity_kind,
        of_people.identity_value,
        of_people.valid_from_date,
        of_people.until_date,
        of_people.root_kind,
        of_people.match_rule,
        pseudonyms.person_pseudonym as person_key

    from of_people

    left join pseudonyms
        on
            of_people.root_kind = pseudonyms.identity_kind
            and of_people.root_value = pseudonyms.identity_value

),

owners as (

    select
        identity_value as owner_user_id,
        person_key,
        root_kind

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
        min(actor_key) as actor_key

    from owned_keys

    where api_key_name is not null

    group by api_key_name

),

reported_names as (

    select distinct api_key_name
    from {{ ref('stg_anthropic_console__claude_code_rows') }}
    where api_key_name is not null

),

of_keys as (

    select
        'api_key_id' as identity_kind,
        api_key_id as identity_value,
        root_kind,
        person_key,
        actor_key,
        'key' as match_rule
    from owned_keys

    union all

    select distinct
        'service_account_id' as identity_kind,
        service_account_id as identity_value,
        cast(null as {{ dbt.type_string() }}) as root_kind,
        cast(null as {{ dbt.type_string() }}) as person_key,
        {{ surrogate_key(["'service_account_id'", 'service_account_id']) }} as actor_key,
        'key' as match_rule
    from owned_keys
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
        case when named_keys.key_count > 1 then 'ambiguous' else 'key_name' end as match_rule
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
        coalesce(person_key, '-1') as person_key,
        '-1' as actor_key,
        match_rule,
        root_kind != 'user_id' and match_rule != 'ambiguous' as is_resolved

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
        true as is_resolved

    from of_keys

)

select * from final
