{{ config(materialized='incremental', incremental_strategy='stale_days') }}

{% set cell = [
    'pair_id', 'measure', 'cut_key', 'actor_key', 'person_key', 'claude_model_id',
    'client_version',
] %}
-- Why two sources of the same use differ. A difference put down to lag is judged again until the
-- late side has caught up. What agrees passes by.
{% set stale = stale_by(
    report_landings(),
    causes=['people', 'prices', 'source_starts'],
    margin=2,
    inputs={'int_claude_code__source_totals': 1},
    also={model.name: "cause_code = 'lag' and exists (select 1 from anything_new)"},
) %}
with

cells as (

    select * from {{ ref('int_reconciliation__use_cells') }}
    where {{ in_days('date_day', stale_days(stale, reach=1)) }}

),

pairs as (

    select * from {{ ref('int_reconciliation__pairs') }}

),

faults as (

    select
        pair_id,
        measure,
        claude_model_id,
        larger_side,
        {{ client_version_number('from_client_version') }} as from_version_number,
        {{ client_version_number('to_client_version') }} as to_version_number

    from {{ ref('client_faults') }}

),

search_prices as (

    select
        claude_model_id,
        web_search_usd,
        valid_from_date,
        until_date

    from {{ ref('int_pricing__token_prices') }}

    where
        platform = 'anthropic'
        and speed = 'standard'
        and from_prompt_tokens = 0

),

measured_cells as (

    select
        cells.*,
        pairs.pair_kind,
        pairs.is_timed_apart,
        pairs.absolute_tolerance,
        pairs.settling_share,
        coalesce(cells.cut_key = pairs.compared_channel, true) as is_of_compared_channel,
        cells.is_price_missing and cells.left_value is null as is_unpriced,
        search_prices.web_search_usd,
        coalesce(cells.left_value, 0) - coalesce(cells.right_value, 0) as net_difference,
        greatest(abs(coalesce(cells.left_value, 0)), abs(coalesce(cells.right_value, 0)))
            as larger_value,
        greatest(
            pairs.absolute_tolerance,
            pairs.relative_tolerance * abs(coalesce(cells.right_value, 0))
        ) as tolerance,
        {% for side in ('left', 'right') -%}
        coalesce(
            pairs.{{ side }}_complete_until_at < {{ dbt.dateadd('day', 1, 'cells.date_day') }},
            pairs.pair_kind = 'reports'
        ) as is_{{ side }}_late,
        {% endfor -%}
        coalesce(
            pairs.left_settled_until_at < {{ dbt.dateadd('day', 1, 'cells.date_day') }}, true
        ) as is_left_settling,
        exists(
            select faults.pair_id
            from faults
            where
                cells.pair_id = faults.pair_id
                and cells.measure = coalesce(faults.measure, cells.measure)
                and cells.claude_model_id = coalesce(faults.claude_model_id, cells.claude_model_id)
                and {{ client_version_number('cells.client_version') }}
                between faults.from_version_number and faults.to_version_number
                and (faults.larger_side = 'left')
                = (coalesce(cells.left_value, 0) > coalesce(cells.right_value, 0))
        ) as is_of_faulty_client

    from cells

    inner join pairs
        on
            cells.pair_id = pairs.pair_id
            and cells.measure = pairs.measure

    left join search_prices
        on
            cells.has_unseen_searches
            and cells.claude_model_id = search_prices.claude_model_id
            and cells.date_day >= search_prices.valid_from_date
            and cells.date_day < search_prices.until_date

),

-- Two clocks on either side of midnight add to one day what they take from the other.
balanced_cells as (

    select
        *,
        {{ neighbour_difference('lag', cell) }} as previous_net,
        {{ neighbour_difference('lead', cell) }} as next_net

    from measured_cells

),

judged_cells as (

    select
        *,
        case
            when cut_key = 'agreed' then 'none'
            {{ caused_by('unknown_price', 'is_unpriced') }}
            -- Its own pair compares it; here it would count a second time.
            {{ caused_by('overlap', 'not is_of_compared_channel') }}
            {{ caused_by(
                'overlap',
                "is_timed_apart
                and abs(net_difference) > tolerance
                and (
                    abs(net_difference + previous_net) <= tolerance
                    or abs(net_difference + next_net) <= tolerance
                    or abs(net_difference + previous_net + next_net) <= tolerance
                )"
            ) }}
            {{ caused_by(
                'lag',
                "pair_kind = 'reports' and is_of_compared_channel
                and (left_value is null and is_left_late or right_value is null and is_right_late)"
            ) }}
            {{ caused_by(
                'missing_population',
                "is_of_compared_channel and not is_unpriced
                and (left_value is null or right_value is null)"
            ) }}
            -- The client's estimate has whole searches that its events do not count.
            {{ caused_by(
                'unseen_searches',
                "web_search_usd > 0
                and -net_difference > absolute_tolerance
                and abs(
                    net_difference
                    + cast(round(-net_difference / web_search_usd, 0) as decimal(18, 0))
                    * web_search_usd
                ) <= absolute_tolerance"
            ) }}
            {{ caused_by('rounding', 'abs(net_difference) <= tolerance') }}
            {{ caused_by('client_version', 'is_of_faulty_client') }}
            {{ caused_by(
                'lag',
                "net_difference < 0 and is_left_late or net_difference > 0 and is_right_late"
            ) }}
            -- A count that is corrected changes by one at least, however small it is.
            {{ caused_by(
                'lag',
                "settling_share > 0 and is_left_settling
                and (
                    abs(net_difference) <= settling_share * larger_value
                    or measure != 'reported_cost_usd' and abs(net_difference) <= 1
                )"
            ) }}
            else 'unexplained'
        end as cause_code

    from balanced_cells

),

final as (

    select
        case pair_kind
            when 'clients'
                then {{ surrogate_key(
                    ['date_day', 'pair_id', 'measure', 'person_key', 'claude_model_id',
                    'client_version', 'cut_key']
                ) }}
            else
                {{ surrogate_key(
                    ['date_day', 'pair_id', 'measure', 'actor_key', 'person_key',
                    'claude_model_id', 'cut_key']
                ) }}
        end as use_difference_key,
        date_day,
        pair_id,
        measure,
        '-1' as org_unit_key,
        actor_key,
        person_key,
        claude_model_id,
        client_version,
        cut_key,
        cast(left_value as {{ type_double() }}) as left_value,
        cast(right_value as {{ type_double() }}) as right_value,
        cast(
            case when cut_key = 'agreed' then 0 else tolerance end as {{ type_double() }}
        ) as tolerance,
        cause_code,
        cell_count,
        {{ observed_through_at() }} as observed_through_at

    from judged_cells

)

select * from final
