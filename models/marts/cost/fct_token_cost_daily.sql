{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='date_day',
        on_schema_change='fail',
        post_hook="{{ delete_stale_days(token_landings(), margin=1) }}"
    )
}}

-- depends_on: {{ ref('int_ingestion__changed_days') }}, {{ ref('int_pricing__price_version') }}
-- depends_on: {{ ref('int_identity__reidentified_days') }}, {{ ref('int_cost__token_candidates') }}
with

{% if is_incremental() %}
-- Days whose candidates were judged anew, for whatever reason, besides those of a changed price.
rebuilt_days as (

    {{ changed_days(token_landings(), margin=1) }}
    union
    {{ days_since_build(ref('int_cost__token_candidates'), 'observed_through_at', 0) }}
    union
    {{ repriced_days() }}
    union
    -- A workspace was given another cost centre.
    select built.date_day
    from {{ this }} as built
    inner join {{ ref('dim_workspaces') }} as workspaces
        on built.workspace_key = workspaces.workspace_key
    where built.cost_centre != workspaces.cost_centre

),

{% endif %}
chosen as (

    select * from {{ ref('int_cost__chosen_tokens') }}

    {% if is_incremental() %}
    where date_day in (select rebuilt_days.date_day from rebuilt_days)
    {% endif %}

),

memberships as (

    select * from {{ ref('int_identity__memberships') }}

),

workspaces as (

    select * from {{ ref('dim_workspaces') }}

),

daily as (

    select
        date_day,
        person_key,
        actor_key,
        channel,
        surface,
        claude_model_id,
        workspace_key,
        source_id,
        max(price_version) as price_version,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_5m_tokens) as cache_write_5m_tokens,
        sum(cache_write_1h_tokens) as cache_write_1h_tokens,
        sum(web_search_count) as web_search_count,
        sum(request_count) as request_count,
        sum(priced_request_count) as priced_request_count,
        sum(reported_request_count) as reported_request_count,
        sum(part_count) as part_count,
        sum(priced_part_count) as priced_part_count,
        sum(reported_cost_usd) as reported_cost_usd,
        sum(list_cost_usd) as list_cost_usd,
        sum(list_cost_at_lowest_price_usd) as list_cost_at_lowest_price_usd,
        max(observed_through_at) as observed_through_at

    from chosen

    group by
        date_day,
        person_key,
        actor_key,
        channel,
        surface,
        claude_model_id,
        workspace_key,
        source_id

),

final as (

    select
        {{
            surrogate_key([
                'daily.date_day', 'daily.person_key', 'daily.actor_key', 'daily.channel',
                'daily.surface', 'daily.claude_model_id', 'daily.workspace_key', 'daily.source_id'
            ])
        }} as token_cost_day_key,
        daily.date_day,
        daily.person_key,
        daily.actor_key,
        coalesce(memberships.org_unit_key, '-1') as org_unit_key,
        daily.channel,
        daily.surface,
        daily.claude_model_id,
        daily.workspace_key,
        coalesce(workspaces.cost_centre, 'unattributed') as cost_centre,
        daily.source_id,
        case
            when daily.claude_model_id = '-1' then 'unknown_model'
            when daily.priced_part_count = 0 then 'range'
            when daily.priced_part_count < daily.part_count then 'partial'
            else 'priced'
        end as price_status,
        daily.price_version,
        cast(daily.input_tokens as bigint) as input_tokens,
        cast(daily.output_tokens as bigint) as output_tokens,
        cast(daily.cache_read_tokens as bigint) as cache_read_tokens,
        cast(daily.cache_write_5m_tokens as bigint) as cache_write_5m_tokens,
        cast(daily.cache_write_1h_tokens as bigint) as cache_write_1h_tokens,
        cast(daily.web_search_count as bigint) as web_search_count,
        cast(daily.reported_cost_usd as decimal(18, 10)) as reported_cost_usd,
        cast(daily.list_cost_usd as decimal(18, 10)) as list_cost_usd,
        cast(daily.list_cost_at_lowest_price_usd as decimal(18, 10))
            as list_cost_at_lowest_price_usd,
        cast(daily.request_count as bigint) as request_count,
        cast(daily.priced_request_count as bigint) as priced_request_count,
        cast(daily.reported_request_count as bigint) as reported_request_count,
        daily.observed_through_at

    from daily

    left join memberships
        on
            daily.person_key = memberships.person_key
            and {{ membership_holds('daily.date_day', 'memberships') }}

    left join workspaces
        on daily.workspace_key = workspaces.workspace_key

)

select * from final
