{% set tokens = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens'] %}
{% set contributions = [
    'session_count', 'lines_added_count', 'lines_removed_count', 'commit_count',
    'pull_request_count',
] %}
{% set no_text = 'cast(null as ' ~ dbt.type_string() ~ ')' %}

-- What the vendor's reports say of Claude Code, by who is billed for it. The Console also tells of
-- members whose use a seat pays. No relation is named twice, so that a day reads that day alone.
with

console_models as (

    select
        models_of_day.*,
        actors.actor_type,
        actors.api_key_name,
        actors.user_email,
        actors.customer_type,
        actors.subscription_type

    from {{ ref('stg_anthropic_console__claude_code_models') }} as models_of_day

    inner join {{ ref('stg_anthropic_console__claude_code_rows') }} as actors
        on
            models_of_day.date_day = actors.date_day
            and models_of_day.claude_code_row_key = actors.row_key

),

console_rows as (

    select
        *,
        {{ no_text }} as raw_claude_model_id

    from {{ ref('stg_anthropic_console__claude_code_rows') }}

),

enterprise_usage as (

    select
        *,
        cache_write_5m_tokens + cache_write_1h_tokens as cache_write_tokens

    from {{ ref('stg_anthropic_enterprise__user_usage_report') }}

    where product = 'claude_code'

),

enterprise_activity as (

    select
        *,
        {{ no_text }} as raw_claude_model_id

    from {{ ref('stg_anthropic_enterprise__user_activity') }}

),

reported as (

    {% for relation, source_id, measures in [
        ('console_models', 'console_claude_code_models', tokens + ['reported_cost_usd']),
        ('console_rows', 'console_claude_code_rows', contributions),
    ] %}
    select
        row_key,
        date_day,
        '{{ source_id }}' as source_id,
        case
            when customer_type = 'subscription' then coalesce(subscription_type, 'unknown')
            else 'console'
        end as channel,
        case when actor_type = 'api_actor' then 'api_key_name' else 'email' end as identity_kind,
        case when actor_type = 'api_actor' then api_key_name else user_email end as identity_value,
        raw_claude_model_id,
        {{- measure_columns(measures) }}
    from {{ relation }}
    union all
    {% endfor %}
    {% for relation, source_id, measures, prefix in [
        ('enterprise_usage', 'enterprise_user_usage_report', tokens + ['request_count'], ''),
        ('enterprise_activity', 'enterprise_user_activity', contributions, 'claude_code_'),
    ] %}
    select
        row_key,
        date_day,
        '{{ source_id }}' as source_id,
        'enterprise' as channel,
        'account_id' as identity_kind,
        user_id as identity_value,
        raw_claude_model_id,
        {{- measure_columns(measures, prefix) }}
    from {{ relation }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

model_ids as (

    select * from {{ ref('int_pricing__model_ids') }}

),

final as (

    select
        reported.row_key,
        reported.date_day,
        reported.source_id,
        reported.channel,
        coalesce(aliases.person_key, '-1') as person_key,
        coalesce(aliases.actor_key, '-1') as actor_key,
        {% for measure in compared_measures() -%}
        reported.{{ measure }},
        {% endfor -%}
        coalesce(model_ids.claude_model_id, '-1') as claude_model_id

    from reported

    left join aliases
        on
            reported.identity_kind = aliases.identity_kind
            and reported.identity_value = aliases.identity_value
            and {{ alias_holds('reported.date_day', 'aliases') }}

    left join model_ids
        on reported.raw_claude_model_id = model_ids.raw_claude_model_id

)

select * from final
