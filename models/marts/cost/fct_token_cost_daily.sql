{{ config(materialized='incremental', incremental_strategy='stale_days') }}

{% set stale = stale_by(
    token_landings(),
    causes=['people', 'prices', 'cost_centres'],
    margin=1,
    inputs={'int_cost__token_candidates': 0},
) %}
{% set days = stale_days(stale) %}
with

chosen as (

    select * from {{ ref('int_cost__chosen_tokens') }}

    where {{ in_days('date_day', days) }}

),

memberships as (

    select * from {{ ref('int_identity__memberships') }}

),

workspaces as (

    select * from {{ ref('int_billing__workspaces') }}

),

final as (

    select
        chosen.token_candidate_key as token_cost_day_key,
        chosen.date_day,
        chosen.person_key,
        chosen.actor_key,
        coalesce(memberships.org_unit_key, '-1') as org_unit_key,
        chosen.channel,
        chosen.surface,
        chosen.claude_model_id,
        chosen.workspace_key,
        coalesce(workspaces.cost_centre, 'unattributed') as cost_centre,
        chosen.source_id,
        case
            when chosen.claude_model_id = '-1' then 'unknown_model'
            when chosen.priced_part_count = 0 then 'range'
            when chosen.priced_part_count < chosen.part_count then 'partial'
            else 'priced'
        end as price_status,
        cast(chosen.input_tokens as bigint) as input_tokens,
        cast(chosen.output_tokens as bigint) as output_tokens,
        cast(chosen.cache_read_tokens as bigint) as cache_read_tokens,
        cast(chosen.cache_write_5m_tokens as bigint) as cache_write_5m_tokens,
        cast(chosen.cache_write_1h_tokens as bigint) as cache_write_1h_tokens,
        cast(chosen.web_search_count as bigint) as web_search_count,
        cast(chosen.reported_cost_usd as decimal(18, 10)) as reported_cost_usd,
        cast(chosen.list_cost_usd as decimal(18, 10)) as list_cost_usd,
        cast(chosen.list_cost_at_lowest_price_usd as decimal(18, 10))
            as list_cost_at_lowest_price_usd,
        cast(chosen.request_count as bigint) as request_count,
        cast(chosen.priced_request_count as bigint) as priced_request_count,
        cast(chosen.reported_request_count as bigint) as reported_request_count,
        chosen.observed_through_at

    from chosen

    left join memberships
        on
            chosen.person_key = memberships.person_key
            and {{ membership_holds('chosen.date_day', 'memberships') }}

    left join workspaces
        on
            chosen.workspace_key = workspaces.workspace_key
            and chosen.date_day >= workspaces.valid_from_date
            and chosen.date_day < workspaces.until_date

)

select * from final
