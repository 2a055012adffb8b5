{{ config(schema='identity') }}

{% set kinds = identity_ladder().keys() | list %}

-- Days with rows of an identity that was taken for somebody else before, or of somebody who turned
-- out to have been elsewhere in the organisation: their facts are rebuilt.
with

changes as (

    select * from {{ ref('int_identity__changed_holders') }}

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

final as (

    select distinct
        activity.date_day,
        changes.changed_at

    from changes

    inner join activity
        on
            changes.identity_kind = activity.identity_kind
            and changes.identity_value = activity.identity_value
            and changes.valid_from_date <= activity.date_day
            and changes.until_date > activity.date_day

)

select * from final
