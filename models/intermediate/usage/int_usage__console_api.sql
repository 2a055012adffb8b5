-- The Console's usage report tells that a key or the Workbench was used, in tokens alone.
with

days as (

    select distinct
        date_day,
        person_key,
        actor_key

    from {{ ref('int_cost__console_usage') }}

    where surface = 'api'

),

final as (

    select
        date_day,
        person_key,
        actor_key,
        'console' as channel,
        'api' as surface,
        'console_messages_usage' as source_id,
        true as is_active,
        {{ usage_columns({}) }}

    from days

)

select * from final
