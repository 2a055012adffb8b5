{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        schema='identity'
    )
}}

{#- Relation, and per kind of identity its column there. -#}
{% set sightings = [
    ('stg_anthropic_console__claude_code_rows', {'email': 'user_email', 'api_key_name': 'api_key_name'}),
    (
        'stg_anthropic_console__messages_usage',
        {'account_id': 'user_id', 'api_key_id': 'api_key_id'},
    ),
    ('stg_anthropic_enterprise__user_activity', {'account_id': 'user_id', 'email': 'user_email'}),
    ('stg_anthropic_enterprise__user_usage_report', {'account_id': 'user_id', 'email': 'user_email'}),
    ('stg_anthropic_enterprise__user_cost_report', {'account_id': 'user_id', 'email': 'user_email'}),
    ('stg_anthropic_enterprise__chat_projects', {'account_id': 'user_id'}),
    ('stg_anthropic_enterprise__skills', {'account_id': 'user_id'}),
    ('stg_anthropic_enterprise__connectors', {'account_id': 'user_id'}),
    ('stg_anthropic_enterprise__plugins', {'account_id': 'user_id'}),
    ('stg_anthropic_enterprise__artifacts', {'account_id': 'user_id'}),
    ('stg_anthropic_exports__spend_report', {'account_uuid': 'user_account_uuid', 'email': 'user_email'}),
] %}

-- Days with rows of an identity that was taken for somebody else before, and days on which somebody
-- turned out to be in another team: their facts are rebuilt.
with

changes as (

    select
        identity_kind,
        identity_value,
        valid_from_date,
        until_date,
        observed_through_at

    from {{ ref('int_identity__person_history') }}

    where
        previous_person_key is not null
    {% if is_incremental() %}
        and observed_through_at > (
            select coalesce(max(built.observed_through_at), cast('1970-01-01' as timestamp))
            from {{ this }} as built
        )
        {% endif %}

),

activity as (

    select
        identity_kind,
        identity_value,
        date_day
    from {{ ref('stg_claude_code_otel__events') }}
    union all
    select
        identity_kind,
        identity_value,
        date_day
    from {{ ref('stg_claude_code_otel__metric_points') }}
    {% for relation, columns in sightings %}
    {% for kind, column in columns.items() %}
    union all
    select
        '{{ kind }}' as identity_kind,
        {{ column }} as identity_value,
        date_day
    from {{ ref(relation) }}
    {% endfor %}
    {% endfor %}

),

moves as (

    select
        person_key,
        observed_through_at

    from {{ ref('int_identity__membership_history') }}

    where
        not is_first_build
    {% if is_incremental() %}
        and observed_through_at > (
            select coalesce(max(built.observed_through_at), cast('1970-01-01' as timestamp))
            from {{ this }} as built
        )
        {% endif %}

),

movers as (

    select
        person_key,
        max(observed_through_at) as observed_through_at

    from moves

    group by person_key

),

-- Each membership that the movers had or have; the last word on it tells which of the two.
told as (

    select
        history.*,
        movers.observed_through_at as moved_at,
        row_number() over (
            partition by
                history.person_key, history.org_unit_key, history.valid_from_date, history.until_date
            order by history.observed_through_at desc
        ) as recency,
        row_number() over (
            partition by
                history.person_key,
                history.org_unit_key,
                history.valid_from_date,
                history.until_date,
                history.observed_through_at = movers.observed_through_at
            order by history.observed_through_at desc
        ) as recency_before

    from {{ ref('int_identity__membership_history') }} as history

    inner join movers
        on history.person_key = movers.person_key

),

unit_days as (

    select
        told.person_key,
        told.org_unit_key,
        told.moved_at,
        spine.date_day,
        max(case when told.recency = 1 and told.is_known then 1 else 0 end) as is_now,
        max(
            case
                when
                    told.observed_through_at < told.moved_at
                    and told.recency_before = 1
                    and told.is_known
                    then 1
                else 0
            end
        ) as was_before

    from told

    inner join {{ ref('util_days') }} as spine
        on {{ membership_holds('spine.date_day', 'told') }}

    group by told.person_key, told.org_unit_key, told.moved_at, spine.date_day

),

days as (

    select
        activity.date_day,
        max(changes.observed_through_at) as observed_through_at

    from changes

    inner join activity
        on
            changes.identity_kind = activity.identity_kind
            and changes.identity_value = activity.identity_value
            and {{ alias_holds('activity.date_day', 'changes') }}

    group by activity.date_day

    union all

    select
        date_day,
        max(moved_at) as observed_through_at

    from unit_days

    where is_now != was_before

    group by date_day

),

merged as (

    select
        date_day,
        max(observed_through_at) as observed_through_at

    from days

    group by date_day

),

final as (

    select
        {{ surrogate_key(['date_day', 'observed_through_at']) }} as reidentified_day_key,
        date_day,
        observed_through_at

    from merged

)

select * from final
