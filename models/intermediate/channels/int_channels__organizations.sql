{{ config(materialized='table', schema='identity') }}

-- The Console names its own organisation. No Enterprise endpoint and no export does, but their
-- members were signed in when they sent telemetry.
with

console_organizations as (

    select distinct organization_id from {{ ref('stg_anthropic_console__organizations') }}

),

observed as (

    select * from {{ ref('int_channels__observed_organizations') }}

),

enterprise_members as (

    select distinct user_id from {{ ref('stg_anthropic_enterprise__members') }}

),

spend_accounts as (

    select distinct user_account_uuid from {{ ref('stg_anthropic_exports__spend_report') }}

),

exported_members as (

    select distinct user_email from {{ ref('stg_anthropic_exports__members') }}

),

learnt as (

    select
        observed.organization_id,
        count(enterprise_members.user_id) as enterprise_count,
        count(coalesce(spend_accounts.user_account_uuid, exported_members.user_email))
            as team_count

    from observed

    left join enterprise_members
        on observed.user_account_id = enterprise_members.user_id

    left join spend_accounts
        on observed.user_account_uuid = spend_accounts.user_account_uuid

    left join exported_members
        on observed.user_email = exported_members.user_email

    group by observed.organization_id

),

final as (

    select
        learnt.organization_id,
        case
            when console_organizations.organization_id is not null then 'console'
            when learnt.enterprise_count > 0 then 'enterprise'
            when learnt.team_count > 0 then 'team'
            else 'unknown'
        end as channel

    from learnt

    left join console_organizations
        on learnt.organization_id = console_organizations.organization_id

)

select * from final
