{{ config(materialized='incremental', incremental_strategy='stale_days') }}

{% set stale = stale_by(
    token_landings(),
    causes=['people', 'prices'],
    margin=1,
    inputs={'int_cost__token_candidates': 0, 'fct_token_cost_daily': 0},
) %}
{% set days = stale_days(stale) %}
with

project_requests as (

    select * from {{ ref('int_cost__project_requests') }}

    where {{ in_days('date_day', days) }}

),

costs as (

    select * from {{ ref('fct_token_cost_daily') }}

    where {{ in_days('date_day', days) }}

),

projects as (

    select
        date_day,
        channel,
        project_key,
        sum(request_count) as request_count,
        sum(priced_request_count) as priced_request_count,
        sum(list_cost_usd) as list_cost_usd

    from project_requests

    group by date_day, channel, project_key

),

explained as (

    select
        date_day,
        channel,
        sum(list_cost_usd) as list_cost_usd

    from projects

    group by date_day, channel

),

whole as (

    select
        date_day,
        channel,
        sum(list_cost_usd) as list_cost_usd

    from costs

    group by date_day, channel

),

-- What no project explains has a row on every day of the channel, so that projects and it always
-- add up to the cost that counts.
unattributed as (

    select
        coalesce(whole.date_day, explained.date_day) as date_day,
        coalesce(whole.channel, explained.channel) as channel,
        '-1' as project_key,
        cast(null as bigint) as request_count,
        cast(null as bigint) as priced_request_count,
        coalesce(whole.list_cost_usd, 0) - coalesce(explained.list_cost_usd, 0) as list_cost_usd

    from whole

    full outer join explained
        on whole.date_day = explained.date_day and whole.channel = explained.channel

),

daily as (

    select * from projects
    union all
    select * from unattributed

),

final as (

    select
        {{ surrogate_key(['date_day', 'channel', 'project_key']) }} as project_cost_day_key,
        date_day,
        channel,
        project_key,
        project_key = '-1' as is_unattributed,
        cast(list_cost_usd as decimal(18, 10)) as list_cost_usd,
        cast(request_count as bigint) as request_count,
        cast(priced_request_count as bigint) as priced_request_count,
        {{ observed_through_at() }} as observed_through_at

    from daily

)

select * from final
