-- A report is a sum over its period and cannot be split: of two reports of a feed that share a day
-- the newer counts and the older does not.
with

spend_rows as (

    select * from {{ ref('stg_anthropic_exports__spend_report') }}

),

enterprise_members as (

    select distinct user_id from {{ ref('stg_anthropic_enterprise__members') }}

),

reports as (

    select
        spend_rows.feed_name,
        spend_rows.period_start_date,
        spend_rows.period_end_date,
        max(spend_rows.loaded_at) as loaded_at,
        count(enterprise_members.user_id) as enterprise_member_count

    from spend_rows

    left join enterprise_members
        on spend_rows.user_id = enterprise_members.user_id

    group by
        spend_rows.feed_name,
        spend_rows.period_start_date,
        spend_rows.period_end_date

),

-- Files of one landing are equally new: the one that reaches further was exported later.
ranked as (

    select
        *,
        row_number() over (
            partition by feed_name
            order by loaded_at desc, period_end_date desc, period_start_date asc
        ) as recency,
        sum(enterprise_member_count) over (partition by feed_name) as feed_member_count

    from reports

),

superseded as (

    select distinct
        older.feed_name,
        older.recency

    from ranked as older

    inner join ranked as newer
        on
            older.feed_name = newer.feed_name
            and older.recency > newer.recency
            and older.period_start_date <= newer.period_end_date
            and older.period_end_date >= newer.period_start_date

),

final as (

    select
        ranked.feed_name,
        ranked.period_start_date,
        ranked.period_end_date,
        ranked.loaded_at,
        case when ranked.feed_member_count > 0 then 'enterprise' else 'team' end as channel,
        superseded.recency is null as is_counted

    from ranked

    left join superseded
        on
            ranked.feed_name = superseded.feed_name
            and ranked.recency = superseded.recency

)

select * from final
