-- What the tokens of a day cost at list price, and what the cost report of the same vendor lists.
-- The Console charges searches apart from models; Enterprise lists what is above its users by the
-- day alone.
with

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

final as (

    {% for part in ('tokens', 'searches') %}
    select
        'console_{{ part }}' as part,
        candidates.token_candidate_key as row_key,
        candidates.date_day,
        'console' as channel,
        {% if part == 'tokens' -%}
        candidates.workspace_key as cut_key,
        candidates.claude_model_id,
        candidates.list_cost_usd
        - coalesce(candidates.web_search_count * search_prices.usd_per_unit, 0) as left_value,
        cast(null as decimal(28, 10)) as right_value,
        candidates.part_count - candidates.priced_part_count as unpriced_count
        {%- else -%}
        {{ dbt.concat(['candidates.workspace_key', "':web_search'"]) }} as cut_key,
        '-1' as claude_model_id,
        candidates.web_search_count * search_prices.usd_per_unit as left_value,
        cast(null as decimal(28, 10)) as right_value,
        0 as unpriced_count
        {%- endif %}
    from {{ ref('int_cost__token_candidates') }} as candidates
    left join search_prices
        on
            candidates.date_day >= search_prices.valid_from_date
            and candidates.date_day < search_prices.until_date
    where
        candidates.source_id = 'console_messages_usage'
        and (
            '{{ part }}' = 'tokens'
            or candidates.web_search_count * search_prices.usd_per_unit != 0
        )

    union all
    {% endfor %}

    select
        'console_costs' as part,
        report_rows.row_key,
        report_rows.date_day,
        'console' as channel,
        case
            when report_rows.cost_type = 'tokens'
                then {{ workspace_key('report_rows.workspace_id') }}
            else {{ dbt.concat([
                workspace_key('report_rows.workspace_id'), "':'",
                "coalesce(report_rows.cost_type, 'unknown')"
            ]) }}
        end as cut_key,
        case
            when report_rows.cost_type = 'tokens' then coalesce(model_ids.claude_model_id, '-1')
            else '-1'
        end as claude_model_id,
        cast(null as decimal(28, 10)) as left_value,
        report_rows.reported_cost_usd as right_value,
        0 as unpriced_count
    from {{ ref('stg_anthropic_console__cost_report') }} as report_rows
    left join model_ids
        on report_rows.raw_claude_model_id = model_ids.raw_claude_model_id

    union all

    select
        'enterprise_tokens' as part,
        token_candidate_key as row_key,
        date_day,
        'enterprise' as channel,
        case when person_key = '-1' and actor_key = '-1' then 'unattributed' else surface end
            as cut_key,
        case when person_key = '-1' and actor_key = '-1' then '-1' else claude_model_id end
            as claude_model_id,
        list_cost_usd as left_value,
        cast(null as decimal(28, 10)) as right_value,
        part_count - priced_part_count as unpriced_count
    from {{ ref('int_cost__token_candidates') }}
    where source_id = 'enterprise_user_usage_report'

    union all

    select
        'user_costs' as part,
        report_rows.row_key,
        report_rows.date_day,
        'enterprise' as channel,
        {{ product_surface('report_rows.product') }} as cut_key,
        coalesce(model_ids.claude_model_id, '-1') as claude_model_id,
        cast(null as decimal(28, 10)) as left_value,
        report_rows.reported_list_cost_usd as right_value,
        0 as unpriced_count
    from {{ ref('stg_anthropic_enterprise__user_cost_report') }} as report_rows
    left join model_ids
        on report_rows.raw_claude_model_id = model_ids.raw_claude_model_id

    {% for part, relation, right_value in [
        ('total', 'stg_anthropic_enterprise__cost_report', 'reported_list_cost_usd'),
        ('less_users', 'stg_anthropic_enterprise__user_cost_report', '-reported_list_cost_usd'),
    ] %}
    union all

    select
        '{{ part }}' as part,
        row_key,
        date_day,
        'enterprise' as channel,
        'unattributed' as cut_key,
        '-1' as claude_model_id,
        cast(null as decimal(28, 10)) as left_value,
        {{ right_value }} as right_value,
        0 as unpriced_count
    from {{ ref(relation) }}
    {% if loop.first %}
    where cut = 'total'
    {% endif %}
    {% endfor %}

)

select * from final
