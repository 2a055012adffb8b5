{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='identity_tuple_key',
        on_schema_change='fail',
        schema='identity'
    )
}}

{#- Relation, and per kind of id its column there. -#}
{% set telemetry = {
    'user_account_id': 'user_account_id',
    'user_account_uuid': 'user_account_uuid',
    'user_email': 'user_email',
    'enduser_id': 'enduser_id',
    'user_id': 'user_id',
} %}
{% set account = {'user_account_id': 'user_id', 'user_email': 'user_email'} %}
{% set account_alone = {'user_account_id': 'user_id'} %}
{% set email_alone = {'user_email': 'user_email'} %}
{% set exported = {
    'user_account_id': 'user_id', 'user_account_uuid': 'user_account_uuid', 'user_email': 'user_email'
} %}
{% set sightings = [
    ('stg_claude_code_otel__events', telemetry),
    ('stg_claude_code_otel__metric_points', telemetry),
    ('stg_anthropic_console__users', account),
    ('stg_anthropic_console__invites', email_alone),
    ('stg_anthropic_console__workspace_members', account_alone),
    ('stg_anthropic_console__claude_code_rows', email_alone),
    ('stg_anthropic_console__messages_usage', account_alone),
    ('stg_anthropic_enterprise__members', account),
    ('stg_anthropic_enterprise__invites', email_alone),
    ('stg_anthropic_enterprise__user_activity', account),
    ('stg_anthropic_enterprise__user_usage_report', account),
    ('stg_anthropic_enterprise__user_cost_report', account),
    ('stg_anthropic_exports__spend_report', exported),
    ('stg_anthropic_exports__contributions', email_alone),
    ('stg_anthropic_exports__members', email_alone),
] %}

-- Which ids appeared together on one row of a source. Kept as it grows, so that resolving
-- identities never reads the whole history again.
with

{% if is_incremental() %}
landed_days as (

    {{ landed_days(identity_landings()) }}

),

{% endif %}
sightings as (

    {% for relation, columns in sightings %}
    select
        {% for name in telemetry -%}
        {{ columns.get(name, 'cast(null as ' ~ dbt.type_string() ~ ')') }} as {{ name }},
        {% endfor -%}
        max(date_day) as seen_date
    from {{ ref(relation) }}
    {% if is_incremental() %}
    where date_day in (select landed_days.date_day from landed_days)
    {% endif %}
    group by
        {% for column in columns.values() -%}
        {{ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {% endfor %}

),

tuples as (

    select
        user_account_id,
        user_account_uuid,
        user_email,
        enduser_id,
        user_id,
        max(seen_date) as seen_date

    from sightings

    where
        coalesce(user_account_id, user_account_uuid, user_email, enduser_id, user_id) is not null

    group by user_account_id, user_account_uuid, user_email, enduser_id, user_id

),

final as (

    select
        {{
            surrogate_key([
                'user_account_id', 'user_account_uuid', 'user_email', 'enduser_id', 'user_id'
            ])
        }} as identity_tuple_key,
        user_account_id,
        user_account_uuid,
        user_email,
        enduser_id,
        user_id,
        seen_date,
        {{ newest_observation() }} as observed_through_at

    from tuples

)

select * from final
