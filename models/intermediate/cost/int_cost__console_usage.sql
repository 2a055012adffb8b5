-- The report knows keys and no surfaces. A key was Claude Code's when it belongs to a person or to
-- the workspace that the vendor made for it, or when that day's Claude Code report has its name.
with

usage_rows as (

    select * from {{ ref('stg_anthropic_console__messages_usage') }}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

key_aliases as (

    select * from aliases
    where identity_kind = 'api_key_id'

),

account_aliases as (

    select * from aliases
    where identity_kind = 'account_id'

),

service_account_aliases as (

    select * from aliases
    where identity_kind = 'service_account_id'

),

ranked_keys as (

    select
        api_key_id,
        api_key_name,
        row_number() over (partition by api_key_id order by date_day desc, row_key asc)
            as recency

    from {{ ref('stg_anthropic_console__api_keys') }}

),

keys as (

    select
        api_key_id,
        api_key_name

    from ranked_keys

    where recency = 1

),

code_key_days as (

    select distinct
        date_day,
        api_key_name

    from {{ ref('stg_anthropic_console__claude_code_rows') }}

    where actor_type = 'api_actor' and api_key_name is not null

),

code_workspaces as (

    select distinct workspace_id
    from {{ ref('stg_anthropic_console__workspaces') }}
    where lower(workspace_name) = 'claude code'

),

final as (

    select
        usage_rows.row_key as usage_key,
        usage_rows.date_day,
        coalesce(
            key_aliases.person_key,
            service_account_aliases.person_key,
            account_aliases.person_key,
            '-1'
        ) as person_key,
        coalesce(
            key_aliases.actor_key,
            service_account_aliases.actor_key,
            account_aliases.actor_key,
            '-1'
        ) as actor_key,
        'console' as channel,
        case
            when key_aliases.person_key != '-1' then 'claude_code'
            when code_workspaces.workspace_id is not null then 'claude_code'
            when code_key_days.api_key_name is not null then 'claude_code'
            else 'api'
        end as surface,
        usage_rows.raw_claude_model_id,
        {{ workspace_key('usage_rows.workspace_id') }} as workspace_key,
        'console_messages_usage' as source_id,
        usage_rows.service_tier,
        usage_rows.context_window,
        usage_rows.inference_geo,
        usage_rows.speed,
        false as is_told_in_parts,
        usage_rows.input_tokens,
        usage_rows.output_tokens,
        usage_rows.cache_read_tokens,
        usage_rows.cache_write_5m_tokens,
        usage_rows.cache_write_1h_tokens,
        usage_rows.web_search_count,
        cast(null as bigint) as request_count,
        cast(null as decimal(18, 10)) as reported_cost_usd

    from usage_rows

    left join key_aliases
        on
            usage_rows.api_key_id = key_aliases.identity_value
            and {{ alias_holds('usage_rows.date_day', 'key_aliases') }}

    left join service_account_aliases
        on
            usage_rows.service_account_id = service_account_aliases.identity_value
            and {{ alias_holds('usage_rows.date_day', 'service_account_aliases') }}

    left join account_aliases
        on
            usage_rows.user_id = account_aliases.identity_value
            and {{ alias_holds('usage_rows.date_day', 'account_aliases') }}

    left join keys
        on usage_rows.api_key_id = keys.api_key_id

    left join code_key_days
        on
            usage_rows.date_day = code_key_days.date_day
            and keys.api_key_name = code_key_days.api_key_name

    left join code_workspaces
        on usage_rows.workspace_id = code_workspaces.workspace_id

)

select * from final
