with

observed_days as (

    select
        source_id as landing_source_id,
        table_name,
        date_day,
        observed_at,
        load_id,
        status,
        row_count,
        status in ('landed', 'empty') as is_answered

    from {{ ref('stg_ingestion__observed_days') }}

),

restatements as (

    select * from {{ ref('int_ingestion__restatements') }}

),

sources as (

    select
        source_id,
        landing_source_id,
        landing_table_name,
        restatement_days,
        is_daily

    from {{ ref('sources') }}

),

in_order as (

    select
        landing_source_id,
        table_name,
        date_day,
        observed_at,
        status,
        row_count,
        is_answered,
        row_number() over (
            partition by landing_source_id, table_name, date_day
            order by observed_at desc, load_id desc
        ) as recency_rank,
        row_number() over (
            partition by landing_source_id, table_name, date_day, is_answered
            order by observed_at desc, load_id desc
        ) as recency_rank_of_kind

    from observed_days

),

-- A day that was answered once stays known, whatever a later asking was told.
by_day as (

    select
        landing_source_id,
        table_name,
        date_day,
        min(case when is_answered then observed_at end) as first_observed_at,
        max(case when is_answered then observed_at end) as last_observed_at,
        max(observed_at) as last_asked_at,
        min(case when is_answered and recency_rank_of_kind = 1 then status end) as answered_status,
        min(case when recency_rank = 1 then status end) as last_asked_status,
        min(case when is_answered and recency_rank_of_kind = 1 then row_count end) as row_count

    from in_order

    group by landing_source_id, table_name, date_day

),

with_previous_day as (

    select
        *,
        case
            when answered_status is not null
                then
                    lag(date_day) over (
                        partition by landing_source_id, table_name, answered_status is not null
                        order by date_day
                    )
        end as previous_answered_date

    from by_day

),

restatement_counts as (

    select
        landing_source_id,
        table_name,
        date_day,
        count(distinct restated_at) as restatement_count

    from restatements

    group by landing_source_id, table_name, date_day

),

final as (

    select
        coalesce(sources.source_id, observed.landing_source_id) as source_id,
        observed.table_name,
        observed.date_day,
        observed.first_observed_at,
        observed.last_observed_at,
        observed.last_asked_at,
        coalesce(observed.answered_status, observed.last_asked_status) as status,
        observed.last_asked_status,
        cast(observed.row_count as bigint) as row_count,
        case
            when coalesce(sources.is_daily, true)
                then
                    cast(
                        {{
                            dbt.datediff(
                                'observed.previous_answered_date', 'observed.date_day', 'day'
                            )
                        }} - 1 as bigint
                    )
        end as gap_days,
        coalesce(
            observed.date_day
            < {{ dbt.dateadd('day', '-sources.restatement_days', as_of_date()) }},
            false
        ) as is_final,
        cast(coalesce(restatement_counts.restatement_count, 0) as bigint) as restatement_count

    from with_previous_day as observed

    left join sources
        on
            observed.landing_source_id = sources.landing_source_id
            and observed.table_name = sources.landing_table_name

    left join restatement_counts
        on
            observed.landing_source_id = restatement_counts.landing_source_id
            and observed.table_name = restatement_counts.table_name
            and observed.date_day = restatement_counts.date_day

)

select * from final
