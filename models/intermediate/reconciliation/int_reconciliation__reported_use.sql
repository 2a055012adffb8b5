{% set tokens = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens'] %}
{% set contributions = [
    'session_count', 'lines_added_count', 'lines_removed_count', 'commit_count',
    'pull_request_count',
] %}

-- What the vendor's reports say of Claude Code, by who is billed for it. The Console also tells of
-- members whose use a seat pays.
with

console_actors as (

    select
        *,
        case when actor_type = 'api_actor' then 'api_key_name' else 'email' end as identity_kind,
        case when actor_type = 'api_actor' then api_key_name else user_email end as identity_value,
        case
            when customer_type = 'subscription' then coalesce(subscription_type, 'unknown')
            else 'console'
        end as channel

    from {{ ref('stg_anthropic_console__claude_code_rows') }}

),

console_models as (

    select * from {{ ref('stg_anthropic_console__claude_code_models') }}

),

enterprise_usage as (

    select
        *,
        cache_write_5m_tokens + cache_write_1h_tokens as cache_write_tokens

    from {{ ref('stg_anthropic_enterprise__user_usage_report') }}

    where product = 'claude_code'

),

enterprise_activity as (

    select * from {{ ref('stg_anthropic_enterprise__user_activity') }}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

model_aliases as (

    select
        model_alias,
        claude_model_id

    from {{ ref('int_pricing__model_aliases') }}

),

reported as (

    select
        console_models.date_day,
        'console_claude_code_models' as source_id,
        console_actors.channel,
        console_actors.identity_kind,
        console_actors.identity_value,
        console_models.raw_claude_model_id,
        {{- measure_columns(tokens + ['reported_cost_usd']) }}
    from console_models
    inner join console_actors
        on
            console_models.date_day = console_actors.date_day
            and console_models.claude_code_row_key = console_actors.row_key

    union all

    select
        date_day,
        'console_claude_code_rows' as source_id,
        channel,
        identity_kind,
        identity_value,
        cast(null as {{ dbt.type_string() }}) as raw_claude_model_id,
        {{- measure_columns(contributions) }}
    from console_actors

    union all

    select
        date_day,
        'enterprise_user_usage_report' as source_id,
        'enterprise' as channel,
        'account_id' as identity_kind,
        user_id as identity_value,
        raw_claude_model_id,
        {{- measure_columns(tokens + ['request_count']) }}
    from enterprise_usage

    union all

    select
        date_day,
        'enterprise_user_activity' as source_id,
        'enterprise' as channel,
        'account_id' as identity_kind,
        user_id as identity_value,
        cast(null as {{ dbt.type_string() }}) as raw_claude_model_id,
        {{- measure_columns(contributions, prefix='claude_code_') }}
    from enterprise_activity

),

raw_models as (

    select distinct raw_claude_model_id
    from reported

),

models as (

    select
        raw_models.raw_claude_model_id,
        model_aliases.claude_model_id

    from raw_models

    inner join model_aliases
        on
            {{ claude_model_id_part('raw_models.raw_claude_model_id', 'id') }}
            = model_aliases.model_alias

),

final as (

    select
        reported.date_day,
        reported.source_id,
        reported.channel,
        coalesce(aliases.person_key, '-1') as person_key,
        coalesce(aliases.actor_key, '-1') as actor_key,
        {% for measure in compared_measures() -%}
        reported.{{ measure }},
        {% endfor -%}
        coalesce(models.claude_model_id, '-1') as claude_model_id

    from reported

    left join aliases
        on
            reported.identity_kind = aliases.identity_kind
            and reported.identity_value = aliases.identity_value
            and {{ alias_holds('reported.date_day', 'aliases') }}

    left join models
        on reported.raw_claude_model_id = models.raw_claude_model_id

)

select * from final
