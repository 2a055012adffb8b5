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

judged as (

    select
        ranked.*,
        superseded.recency is null as is_counted

    from ranked

    left join superseded
        on
            ranked.feed_name = superseded.feed_name
            and ranked.recency = superseded.recency

),

-- Reports that count share no day, so what they cover of one that does not can be added.
covered as (

    select
        older.feed_name,
        older.recency,
        sum(
            {{
                dbt.datediff('newer.period_start_date', 'newer.period_end_date', 'day')
            }} + 1
            - case
                when newer.period_start_date < older.period_start_date
                    then
                        {{
                            dbt.datediff(
                                'newer.period_start_date', 'older.period_start_date', 'day'
                            )
                        }}
                else 0
            end
            - case
                when newer.period_end_date > older.period_end_date
                    then
                        {{
                            dbt.datediff(
                                'older.period_end_date', 'newer.period_end_date', 'day'
                            )
                        }}
                else 0
            end
        ) as covered_day_count

    from judged as older

    inner join judged as newer
        on
            older.feed_name = newer.feed_name
            and older.period_start_date <= newer.period_end_date
            and older.period_end_date >= newer.period_start_date

    where newer.is_counted

    group by older.feed_name, older.recency

),

final as (

    select
        judged.feed_name,
        judged.period_start_date,
        judged.period_end_date,
        judged.loaded_at,
        case when judged.feed_member_count > 0 then 'enterprise' else 'team' end as channel,
        judged.is_counted,
        cast(
            {{
                dbt.datediff('judged.period_start_date', 'judged.period_end_date', 'day')
            }} + 1 - coalesce(covered.covered_day_count, 0) as bigint
        ) as uncovered_day_count

    from judged

    left join covered
        on
            judged.feed_name = covered.feed_name
            and judged.recency = covered.recency

)

select * from final
