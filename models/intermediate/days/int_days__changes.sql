{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
        post_hook="{{ note_built([('1900-01-01', '9998-12-31')]) }}"
    )
}}

-- Days on which something other than a landing changed, and in which build that was seen. Whose it
-- was is not told.
with

built as (

    select coalesce(max(built_through_at), cast('1970-01-01' as timestamp)) as through_at
    from {{ ref('int_days__ledger') }}
    where model_name = 'int_days__changes'

),

states as (

    select
        cause,
        subject_kind,
        subject,
        valid_from_date,
        until_date,
        changed_at

    from {{ ref('int_days__changed_states') }}

    where cause in ('prices', 'channels', 'cost_centres', 'source_starts')

),

people as (

    select
        date_day,
        changed_at

    from {{ ref('int_identity__reidentified_days') }}

),

seat_holders as (

    select
        date_day,
        changed_at

    from {{ ref('int_seats__reidentified_days') }}

),

seat_lists as (

    select
        date_day,
        observed_at

    from {{ ref('int_seats__affected_days') }}

),

changes as (

    select
        states.cause,
        states.subject,
        states.subject_kind as detail,
        states.changed_at as happened_at,
        states.valid_from_date as first_day,
        cast({{ dbt.dateadd('day', -1, 'states.until_date') }} as date) as last_day,
        states.changed_at
    from states
    inner join built
        on states.changed_at > built.through_at

    {% for cause in ['people', 'seat_holders'] %}
    union all

    select
        '{{ cause }}' as cause,
        cast(null as {{ dbt.type_string() }}) as subject,
        cast(null as {{ dbt.type_string() }}) as detail,
        {{ cause }}.changed_at as happened_at,
        {{ cause }}.date_day as first_day,
        {{ cause }}.date_day as last_day,
        {{ cause }}.changed_at
    from {{ cause }}
    inner join built
        on {{ cause }}.changed_at > built.through_at
    {% endfor %}
    union all

    select
        'seat_lists' as cause,
        cast(null as {{ dbt.type_string() }}) as subject,
        cast(null as {{ dbt.type_string() }}) as detail,
        observed_at as happened_at,
        date_day as first_day,
        date_day as last_day,
        {{ next_moment() }} as changed_at
    from seat_lists

    union all

    -- Days that have become past.
    select
        'calendar' as cause,
        cast(null as {{ dbt.type_string() }}) as subject,
        cast(null as {{ dbt.type_string() }}) as detail,
        cast(null as timestamp) as happened_at,
        {% if is_incremental() -%}
        cast({{ dbt.dateadd('day', 1, 'max(told.last_day)') }} as date) as first_day,
        {%- else -%}
        {{ earliest_date() }} as first_day,
        {%- endif %}
        {{ as_of_date() }} as last_day,
        {{ next_moment() }} as changed_at
    {% if is_incremental() -%}
    from {{ this }} as told
    where told.cause = 'calendar'
    {%- endif %}

),

keyed as (

    select
        {{ surrogate_key(['cause', 'subject', 'detail', 'first_day', 'happened_at']) }}
            as cause_key,
        cause,
        subject,
        detail,
        first_day,
        last_day,
        changed_at

    from changes

    where first_day <= last_day

),

final as (

    select * from keyed
    {% if is_incremental() %}
    where cause_key not in (select told.cause_key from {{ this }} as told)
    {% endif %}

)

select * from final
