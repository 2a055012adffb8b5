with

observed_days as (

    select * from {{ ref('stg_ingestion__observed_days') }}

),

sources as (

    select
        source_id,
        landing_source_id,
        landing_table_name,
        restatement_days

    from {{ ref('sources') }}

),

-- A day still running grows with every load; only a change after its end is a restatement.
in_order as (

    select
        source_id as landing_source_id,
        table_name,
        date_day,
        observed_at,
        status,
        row_count,
        cast(observed_at as date) > date_day as is_after_day,
        coalesce(cast(row_count as {{ dbt.type_string() }}), '')
        || '|' || coalesce(measures_json, '') as seen_text,
        row_number() over (
            partition by source_id, table_name, date_day
            order by observed_at desc, load_id desc
        ) as recency_rank,
        lag(
            coalesce(cast(row_count as {{ dbt.type_string() }}), '')
            || '|' || coalesce(measures_json, '')
        ) over (
            partition by source_id, table_name, date_day, cast(observed_at as date) > date_day
            order by observed_at, load_id
        ) as previous_text

    from observed_days

),

by_day as (

    select
        landing_source_id,
        table_name,
        date_day,
        min(observed_at) as first_observed_at,
        max(observed_at) as last_observed_at,
        min(case when recency_rank = 1 then status end) as status,
        min(case when recency_rank = 1 then row_count end) as row_count,
        sum(case when is_after_day and previous_text != seen_text then 1 else 0 end)
            as restatement_count

    from in_order

    group by landing_source_id, table_name, date_day

),

final as (

    select
        coalesce(sources.source_id, by_day.landing_source_id) as source_id,
        by_day.table_name,
        by_day.date_day,
        by_day.first_observed_at,
        by_day.last_observed_at,
        by_day.status,
        cast(by_day.row_count as bigint) as row_count,
        coalesce(
            by_day.date_day
            < {{ dbt.dateadd('day', '-sources.restatement_days', as_of_date()) }},
            false
        ) as is_final,
        cast(by_day.restatement_count as bigint) as restatement_count

    from by_day

    left join sources
        on
            by_day.landing_source_id = sources.landing_source_id
            and by_day.table_name = sources.landing_table_name

)

select * from final
