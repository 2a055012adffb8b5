with

keys as (

    select * from {{ ref('int_identity__keys') }}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

-- One service account can have several keys; it is one actor, and so is a name without a key.
named as (

    select
        aliases.actor_key,
        min(aliases.identity_kind) as identity_kind,
        min(keys.api_key_name) as api_key_name,
        max(case when aliases.identity_kind = 'api_key_name' then aliases.identity_value end)
            as reported_name,
        min(keys.api_key_status) as api_key_status,
        min(keys.workspace_id) as workspace_id,
        count(keys.api_key_id) as key_count,
        min(keys.created_by_id) as created_by_id,
        min(keys.created_at) as created_at,
        max(case when aliases.identity_kind = 'service_account_id' then 1 else 0 end)
            as service_account_flag

    from aliases

    left join keys
        on
            aliases.identity_kind = 'api_key_id'
            and aliases.identity_value = keys.api_key_id

    where aliases.actor_key != '-1'

    group by aliases.actor_key

),

owners as (

    select
        identity_value,
        person_key

    from aliases

    where
        identity_kind = 'account_id'
        and until_date = {{ latest_date() }}

),

members as (

    select
        named.actor_key,
        case
            when named.service_account_flag = 1 then 'service_account'
            when named.key_count = 0 then 'key_name'
            else 'api_key'
        end as actor_kind,
        coalesce(named.api_key_name, named.reported_name, 'Unnamed') as actor_name,
        coalesce(named.api_key_status, 'unknown') as actor_status,
        case
            when named.key_count > 0 then {{ workspace_key('named.workspace_id') }} else '-1'
        end as workspace_key,
        coalesce(owners.person_key, '-1') as owner_person_key,
        named.key_count,
        named.created_at

    from named

    left join owners
        on named.created_by_id = owners.identity_value

    union all

    select
        '-1' as actor_key,
        'unknown' as actor_kind,
        'No service' as actor_name,
        'unknown' as actor_status,
        '-1' as workspace_key,
        '-1' as owner_person_key,
        0 as key_count,
        cast(null as timestamp) as created_at

),

final as (

    select
        cast(actor_key as {{ dbt.type_string() }}) as actor_key,
        cast(actor_kind as {{ dbt.type_string() }}) as actor_kind,
        cast(actor_name as {{ dbt.type_string() }}) as actor_name,
        cast(actor_status as {{ dbt.type_string() }}) as actor_status,
        cast(workspace_key as {{ dbt.type_string() }}) as workspace_key,
        cast(owner_person_key as {{ dbt.type_string() }}) as owner_person_key,
        cast(key_count as bigint) as key_count,
        cast(created_at as timestamp) as created_at,
        actor_key = '-1' as is_unknown

    from members

)

select * from final
