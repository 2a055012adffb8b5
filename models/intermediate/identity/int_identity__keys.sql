{{ config(materialized='table', schema='identity') }}

-- Keys of the Console: a person's own key is the person, any other one acts for itself. A key that
-- no list names is known from its use.
with

listed as (

    select
        *,
        row_number() over (
            partition by api_key_id
            order by date_day desc, row_key asc
        ) as recency

    from {{ ref('stg_anthropic_console__api_keys') }}

),

workspaces as (

    select
        *,
        row_number() over (
            partition by workspace_id
            order by date_day desc, row_key asc
        ) as recency

    from {{ ref('stg_anthropic_console__workspaces') }}

),

used as (

    select
        api_key_id,
        max(service_account_id) as service_account_id,
        max(workspace_id) as workspace_id

    from {{ ref('int_identity__observed_keys') }}

    where api_key_id is not null

    group by api_key_id

),

known as (

    select
        api_key_id,
        api_key_name,
        api_key_status,
        created_by_id,
        created_by_type,
        case when principal_type = 'user' then principal_id end as owner_user_id,
        case when principal_type = 'service_account' then principal_id end as service_account_id,
        coalesce(workspace_id, nullif(scope_workspace_id, 'wrkspc_default')) as workspace_id,
        created_at

    from listed

    where recency = 1

),

final as (

    select
        coalesce(known.api_key_id, used.api_key_id) as api_key_id,
        known.api_key_name,
        known.api_key_status,
        -- The key that Claude Code makes at sign-in is its maker's.
        coalesce(
            known.owner_user_id,
            case
                when
                    lower(workspaces.workspace_name) = 'claude code'
                    and known.created_by_type = 'user'
                    and known.service_account_id is null
                    then known.created_by_id
            end
        ) as owner_user_id,
        coalesce(known.service_account_id, used.service_account_id) as service_account_id,
        coalesce(known.workspace_id, used.workspace_id) as workspace_id,
        known.created_by_id,
        known.created_at

    from known

    full outer join used
        on known.api_key_id = used.api_key_id

    left join workspaces
        on
            known.workspace_id = workspaces.workspace_id
            and workspaces.recency = 1

)

select * from final
