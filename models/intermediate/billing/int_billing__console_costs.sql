-- The report names no key and no person: cost is that of a workspace. What stands in no workspace
-- is in the default one, which no list shows and which has no tags.
with

costs as (

    select * from {{ ref('stg_anthropic_console__cost_report') }}

),

workspaces as (

    select * from {{ ref('int_billing__workspaces') }}

),

model_ids as (

    select * from {{ ref('int_pricing__model_ids') }}

),

told as (

    select
        costs.date_day,
        case when workspaces.is_claude_code then 'claude_code' else 'api' end as surface,
        {{ workspace_key('costs.workspace_id') }} as workspace_key,
        coalesce(workspaces.cost_centre, 'unattributed') as cost_centre,
        coalesce(model_ids.claude_model_id, '-1') as claude_model_id,
        coalesce(costs.token_type, costs.cost_type, 'unknown') as charge_kind,
        costs.currency,
        costs.reported_cost_usd

    from costs

    left join workspaces
        on
            costs.workspace_id = workspaces.workspace_id
            and costs.date_day >= workspaces.valid_from_date
            and costs.date_day < workspaces.until_date

    left join model_ids
        on costs.raw_claude_model_id = model_ids.raw_claude_model_id

),

final as (

    select
        date_day,
        surface,
        workspace_key,
        cost_centre,
        claude_model_id,
        charge_kind,
        currency,
        sum(reported_cost_usd) as reported_cost_usd

    from told

    group by
        date_day,
        surface,
        workspace_key,
        cost_centre,
        claude_model_id,
        charge_kind,
        currency

)

select * from final
