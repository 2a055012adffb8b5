with

console_costs as (

    select
        date_day,
        'console' as channel,
        surface,
        '-1' as person_key,
        '-1' as actor_key,
        '-1' as org_unit_key,
        workspace_key,
        cost_centre,
        claude_model_id,
        charge_kind,
        'console_cost_report' as source_id,
        currency,
        reported_cost_usd

    from {{ ref('int_billing__console_costs') }}

),

enterprise_costs as (

    select
        date_day,
        'enterprise' as channel,
        surface,
        person_key,
        actor_key,
        org_unit_key,
        '-1' as workspace_key,
        'unattributed' as cost_centre,
        claude_model_id,
        charge_kind,
        source_id,
        currency,
        reported_cost_usd

    from {{ ref('int_billing__enterprise_costs') }}

),

final as (

    select * from console_costs
    union all
    select * from enterprise_costs

)

select * from final
