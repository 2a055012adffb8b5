{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        schema='identity'
    )
}}

{% set kinds = ['account_id', 'account_uuid', 'email', 'enduser_id', 'user_id'] %}

-- Days with rows of an identity that was taken for somebody else before, or of somebody who turned
-- out to have been elsewhere in the organisation: their facts are rebuilt.
with

changes as (

    select
        identity_kind,
        identity_value,
        valid_from_date,
        until_date,
        observed_through_at

    from {{ ref('int_identity__changed_holders') }}

    {% if is_incremental() %}
    where
        observed_through_at > (
            select coalesce(max(built.observed_through_at), cast('1970-01-01' as timestamp))
            from {{ this }} as built
        )
        {% endif %}

),

activity as (

    {% for _, model, columns in identity_sightings() %}
    {% for column in columns if column is not none %}
    select
        '{{ kinds[columns.index(column)] }}' as identity_kind,
        {{ column }} as identity_value,
        date_day
    from {{ ref(model) }}
    union all
    {% endfor %}
    {% endfor %}
    select
        'api_key_id' as identity_kind,
        api_key_id as identity_value,
        date_day
    from {{ ref('stg_anthropic_console__messages_usage') }}
    union all
    select
        'api_key_name' as identity_kind,
        api_key_name as identity_value,
        date_day
    from {{ ref('stg_anthropic_console__claude_code_rows') }}

),

days as (

    select distinct
        activity.date_day,
        changes.observed_through_at

    from changes

    inner join activity
        on
            changes.identity_kind = activity.identity_kind
            and changes.identity_value = activity.identity_value
            and changes.valid_from_date <= activity.date_day
            and changes.until_date > activity.date_day

),

final as (

    select
        {{ surrogate_key(['date_day', 'observed_through_at']) }} as reidentified_day_key,
        date_day,
        observed_through_at

    from days

)

select * from final
