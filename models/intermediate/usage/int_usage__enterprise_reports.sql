-- The reports on usage tell that somebody used a product, and nothing of what was done. Where the
-- list of activity tells a surface and the day, it tells all of it.
with

reports as (

    select distinct
        date_day,
        person_key,
        surface

    from {{ ref('int_cost__enterprise_usage') }}

    where
        person_key != '-1'
        and coalesce(request_count, input_tokens, output_tokens, 0) > 0

),

listed_days as (

    select distinct date_day
    from {{ ref('stg_ingestion__observed_days') }}
    where
        source_id = 'anthropic_enterprise'
        and table_name = 'user_activity'
        and status in ('landed', 'empty')

),

final as (

    select
        reports.date_day,
        reports.person_key,
        '-1' as actor_key,
        'enterprise' as channel,
        reports.surface,
        'enterprise_user_usage_report' as source_id,
        true as is_active,
        {{ usage_columns({}) }}

    from reports

    left join listed_days
        on
            reports.date_day = listed_days.date_day
            and reports.surface not in ('chrome', 'slack', 'other')

    where listed_days.date_day is null

)

select * from final
