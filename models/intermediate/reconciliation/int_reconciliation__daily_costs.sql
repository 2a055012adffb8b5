{{ config(materialized='incremental', incremental_strategy='stale_days') }}

-- Both sides of what the tokens of a day cost. A report that has landed and does not name a cell
-- says zero. List cost is compared in millionths of a dollar.
{% set days = stale_days(stale_by(cost_landings(), inputs={'int_cost__token_candidates': 0})) %}
with

sides as (

    select * from {{ ref('int_reconciliation__cost_sides') }}
    where {{ in_days('date_day', days) }}

),

paired as (

    select
        date_day,
        channel,
        cut_key,
        claude_model_id,
        cast(cast(sum(left_value) as decimal(28, 6)) as decimal(28, 10)) as left_value,
        cast(sum(right_value) as decimal(28, 10)) as right_value,
        cast(sum(unpriced_count) as bigint) as unpriced_count

    from sides

    group by date_day, channel, cut_key, claude_model_id

),

observed as (

    select distinct
        date_day,
        case source_id when 'anthropic_console' then 'console' else 'enterprise' end as channel,
        case table_name
            when 'messages_usage' then 'left'
            when 'user_usage_report' then 'left'
            else 'right'
        end as side

    from {{ ref('stg_ingestion__observed_days') }}

    where
        source_id in ('anthropic_console', 'anthropic_enterprise')
        and table_name in (
            'messages_usage', 'cost_report', 'user_usage_report', 'user_cost_report'
        )
        and status in ('landed', 'empty')

),

final as (

    select
        {{
            surrogate_key([
                'paired.date_day', 'paired.channel', 'paired.cut_key', 'paired.claude_model_id'
            ])
        }} as daily_cost_key,
        paired.date_day,
        'token_cost:cost_report' as pair_id,
        paired.date_day as period_end_date,
        paired.channel,
        paired.cut_key,
        paired.claude_model_id,
        '-1' as person_key,
        case
            when paired.unpriced_count > 0 then paired.left_value
            else
                coalesce(
                    paired.left_value, case when left_seen.date_day is not null then 0 end
                )
        end as left_value,
        coalesce(paired.right_value, case when right_seen.date_day is not null then 0 end)
            as right_value,
        1 as line_count,
        paired.unpriced_count > 0 as is_price_missing,
        false as is_in_two_periods,
        false as is_left_partial,
        case paired.channel
            when 'console' then 'console_messages_usage'
            else 'enterprise_user_usage_report'
        end as left_source_id,
        case paired.channel
            when 'console' then 'console_cost_report'
            else 'enterprise_user_cost_report'
        end as right_source_id,
        false as lacks_days,
        {{ observed_through_at() }} as observed_through_at

    from paired

    left join observed as left_seen
        on
            paired.date_day = left_seen.date_day
            and paired.channel = left_seen.channel
            and left_seen.side = 'left'

    left join observed as right_seen
        on
            paired.date_day = right_seen.date_day
            and paired.channel = right_seen.channel
            and right_seen.side = 'right'

)

select * from final
