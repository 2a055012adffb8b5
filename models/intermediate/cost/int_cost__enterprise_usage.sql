{{ config(materialized='incremental', incremental_strategy='stale_days') }}

-- Stored, because a row per person, product and model of each day is too much to join again for
-- everybody who reads it.
{% set days = stale_days(stale_by(['anthropic_enterprise'])) %}
with

user_usage as (

    select * from {{ ref('stg_anthropic_enterprise__user_usage_report') }}
    where {{ in_days('date_day', days) }}

),

user_cost as (

    select
        date_day,
        user_id,
        product,
        raw_claude_model_id,
        sum(reported_cost_usd) as reported_cost_usd

    from {{ ref('stg_anthropic_enterprise__user_cost_report') }}

    where {{ in_days('date_day', days) }}

    group by date_day, user_id, product, raw_claude_model_id

),

report_groups as (

    select * from {{ ref('int_cost__enterprise_report_groups') }}

),

account_aliases as (

    select * from {{ ref('int_identity__aliases') }}
    where identity_kind = 'account_id'

),

of_users as (

    select
        user_usage.row_key as usage_key,
        user_usage.date_day,
        coalesce(account_aliases.person_key, '-1') as person_key,
        coalesce(account_aliases.actor_key, '-1') as actor_key,
        user_usage.product,
        user_usage.raw_claude_model_id,
        report_groups.context_window,
        report_groups.inference_geo,
        report_groups.speed,
        coalesce(report_groups.is_told_in_parts, true) as is_told_in_parts,
        user_usage.input_tokens,
        user_usage.output_tokens,
        user_usage.cache_read_tokens,
        user_usage.cache_write_5m_tokens,
        user_usage.cache_write_1h_tokens,
        user_usage.web_search_count,
        user_usage.request_count,
        cast(user_cost.reported_cost_usd as decimal(18, 10)) as reported_cost_usd

    from user_usage

    left join account_aliases
        on
            user_usage.user_id = account_aliases.identity_value
            and {{ alias_holds('user_usage.date_day', 'account_aliases') }}

    left join report_groups
        on
            user_usage.date_day = report_groups.date_day
            and coalesce(user_usage.product, '~none~') = coalesce(report_groups.product, '~none~')
            and coalesce(user_usage.raw_claude_model_id, '~none~')
            = coalesce(report_groups.raw_claude_model_id, '~none~')

    left join user_cost
        on
            user_usage.date_day = user_cost.date_day
            and user_usage.user_id = user_cost.user_id
            and coalesce(user_usage.product, '~none~') = coalesce(user_cost.product, '~none~')
            and coalesce(user_usage.raw_claude_model_id, '~none~')
            = coalesce(user_cost.raw_claude_model_id, '~none~')

),

of_nobody as (

    select
        unattributed_key as usage_key,
        date_day,
        '-1' as person_key,
        '-1' as actor_key,
        product,
        raw_claude_model_id,
        context_window,
        inference_geo,
        speed,
        is_told_in_parts,
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        web_search_count,
        request_count,
        cast(null as decimal(18, 10)) as reported_cost_usd

    from {{ ref('int_cost__enterprise_unattributed') }}

    where {{ in_days('date_day', days) }}

),

usage_rows as (

    select * from of_users
    union all
    select * from of_nobody

),

final as (

    select
        usage_key,
        date_day,
        person_key,
        actor_key,
        'enterprise' as channel,
        {{ product_surface('product') }} as surface,
        raw_claude_model_id,
        '-1' as workspace_key,
        'enterprise_user_usage_report' as source_id,
        cast(null as {{ dbt.type_string() }}) as service_tier,
        context_window,
        inference_geo,
        speed,
        is_told_in_parts,
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        web_search_count,
        request_count,
        reported_cost_usd,
        {{ observed_through_at() }} as observed_through_at

    from usage_rows

)

select * from final
