{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        schema='identity'
    )
}}

-- Days with rows of an identity that was taken for somebody else before: their facts are rebuilt.
with

changes as (

    select
        identity_kind,
        identity_value,
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

),

final as (

    select
        {{ surrogate_key(['date_day', 'observed_through_at']) }} as reidentified_day_key,
        date_day,
        observed_through_at

    from days

)

select * from final
