{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='date_day',
        on_schema_change='fail',
        post_hook="{{ delete_stale_days(cost_landings()) }}"
    )
}}

-- What the tokens of a day cost at list price beside what the cost report of the same vendor lists.
-- The Console charges searches apart from models; Enterprise lists what is above its users by the
-- day alone. A report that has landed and does not name a cell says zero.
-- depends_on: {{ ref('int_ingestion__changed_days') }}, {{ ref('int_cost__token_candidates') }}
{% if is_incremental() %}
{#- What was observed anew, and the days whose tokens were counted or priced again. -#}
{% set rebuilt_days %}
    {{ changed_days(cost_landings()) }}
    union
    {{ days_since_build(ref('int_cost__token_candidates'), 'observed_through_at', 0) }}
{% endset %}
{% endif %}
with

candidates as (

    select * from {{ ref('int_cost__token_candidates') }}

    {% if is_incremental() %}
    where {{ day_filter('date_day', rebuilt_days) }}
    {% endif %}

),

model_ids as (

    select * from {{ ref('int_pricing__model_ids') }}

),

search_prices as (

    select
        usd_per_unit,
        valid_from_date,
        coalesce(valid_to_date, cast('9999-12-31' as date)) as until_date

    from {{ ref('unit_prices') }}

    where unit = 'web_search'

),

console_tokens as (

    select
        candidates.date_day,
        candidates.workspace_key,
        candidates.claude_model_id,
        sum(
            candidates.list_cost_usd
            - coalesce(candidates.web_search_count * search_prices.usd_per_unit, 0)
        ) as token_cost_usd,
        sum(candidates.web_search_count * search_prices.usd_per_unit) as search_cost_usd,
        sum(candidates.part_count - candidates.priced_part_count) as unpriced_count

    from candidates

    left join search_prices
        on
            candidates.date_day >= search_prices.valid_from_date
            and candidates.date_day < search_prices.until_date

    where candidates.source_id = 'console_messages_usage'

    group by candidates.date_day, candidates.workspace_key, candidates.claude_model_id

),

enterprise_tokens as (

    select
        date_day,
        case when person_key = '-1' and actor_key = '-1' then 'unattributed' else surface end
            as cut_key,
        case when person_key = '-1' and actor_key = '-1' then '-1' else claude_model_id end
            as claude_model_id,
        sum(list_cost_usd) as token_cost_usd,
        sum(part_count - priced_part_count) as unpriced_count

    from candidates

    where source_id = 'enterprise_user_usage_report'

    group by
        date_day,
        case when person_key = '-1' and actor_key = '-1' then 'unattributed' else surface end,
        case when person_key = '-1' and actor_key = '-1' then '-1' else claude_model_id end

),

console_costs as (

    select
        report_rows.date_day,
        {{ workspace_key('report_rows.workspace_id') }} as workspace_key,
        coalesce(model_ids.claude_model_id, '-1') as claude_model_id,
        report_rows.cost_type,
        report_rows.reported_cost_usd

    from {{ ref('stg_anthropic_console__cost_report') }} as report_rows

    left join model_ids
        on report_rows.raw_claude_model_id = model_ids.raw_claude_model_id

    {% if is_incremental() %}
    where {{ day_filter('report_rows.date_day', rebuilt_days) }}
    {% endif %}

),

user_costs as (

    select
        report_rows.date_day,
        {{ product_surface('report_rows.product') }} as surface,
        coalesce(model_ids.claude_model_id, '-1') as claude_model_id,
        sum(report_rows.reported_list_cost_usd) as reported_list_cost_usd

    from {{ ref('stg_anthropic_enterprise__user_cost_report') }} as report_rows

    left join model_ids
        on report_rows.raw_claude_model_id = model_ids.raw_claude_model_id

    {% if is_incremental() %}
    where {{ day_filter('report_rows.date_day', rebuilt_days) }}
    {% endif %}

    group by
        report_rows.date_day,
        {{ product_surface('report_rows.product') }},
        coalesce(model_ids.claude_model_id, '-1')

),

sides as (

    select
        date_day,
        'console' as channel,
        workspace_key as cut_key,
        claude_model_id,
        token_cost_usd as left_value,
        cast(null as decimal(28, 10)) as right_value,
        unpriced_count
    from console_tokens

    union all

    select
        date_day,
        'console' as channel,
        {{ dbt.concat(['workspace_key', "':web_search'"]) }} as cut_key,
        '-1' as claude_model_id,
        search_cost_usd as left_value,
        cast(null as decimal(28, 10)) as right_value,
        0 as unpriced_count
    from console_tokens
    where search_cost_usd != 0

    union all

    select
        date_day,
        'console' as channel,
        case
            when cost_type = 'tokens' then workspace_key
            else {{ dbt.concat(['workspace_key', "':'", "coalesce(cost_type, 'unknown')"]) }}
        end as cut_key,
        case when cost_type = 'tokens' then claude_model_id else '-1' end as claude_model_id,
        cast(null as decimal(28, 10)) as left_value,
        reported_cost_usd as right_value,
        0 as unpriced_count
    from console_costs

    union all

    select
        date_day,
        'enterprise' as channel,
        cut_key,
        claude_model_id,
        token_cost_usd as left_value,
        cast(null as decimal(28, 10)) as right_value,
        unpriced_count
    from enterprise_tokens

    union all

    select
        date_day,
        'enterprise' as channel,
        surface as cut_key,
        claude_model_id,
        cast(null as decimal(28, 10)) as left_value,
        reported_list_cost_usd as right_value,
        0 as unpriced_count
    from user_costs

    union all

    select
        date_day,
        'enterprise' as channel,
        'unattributed' as cut_key,
        '-1' as claude_model_id,
        cast(null as decimal(28, 10)) as left_value,
        reported_list_cost_usd as right_value,
        0 as unpriced_count
    from {{ ref('stg_anthropic_enterprise__cost_report') }}
    where cut = 'total'
    {% if is_incremental() %}
        and {{ day_filter('date_day', rebuilt_days) }}
    {% endif %}

    union all

    select
        date_day,
        'enterprise' as channel,
        'unattributed' as cut_key,
        '-1' as claude_model_id,
        cast(null as decimal(28, 10)) as left_value,
        -reported_list_cost_usd as right_value,
        0 as unpriced_count
    from user_costs

),

paired as (

    select
        date_day,
        channel,
        cut_key,
        claude_model_id,
        cast(sum(left_value) as decimal(28, 10)) as left_value,
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
