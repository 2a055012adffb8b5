{% set comparisons = ['daily_costs', 'invoice_costs', 'person_costs'] %}

with

compared as (

    {% for comparison in comparisons %}
    select
        date_day,
        pair_id,
        period_end_date,
        channel,
        cut_key,
        claude_model_id,
        person_key,
        left_value,
        right_value,
        line_count,
        is_price_missing,
        is_in_two_periods,
        is_left_partial,
        left_source_id,
        right_source_id,
        lacks_days,
        observed_through_at
    from {{ ref('int_reconciliation__' ~ comparison) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

tolerances as (

    select * from {{ ref('reconciliation_tolerances') }}
    where measure = 'cost_usd'

),

horizons as (

    select * from {{ ref('int_ingestion__source_horizons') }}

),

sources as (

    select * from {{ ref('sources') }}

),

-- Invoices round each line, so what may be off grows with the lines.
measured as (

    select
        compared.*,
        coalesce(compared.left_value, 0) - coalesce(compared.right_value, 0) as net_difference,
        abs(coalesce(compared.right_value, 0))
        * tolerances.relative_tolerance as share_tolerance,
        cast(compared.line_count as decimal(8, 0))
        * tolerances.absolute_tolerance as line_tolerance,
        coalesce(
            left_horizon.complete_until_at
            < {{ dbt.dateadd('day', 1, 'compared.period_end_date') }},
            true
        )
        or compared.period_end_date > {{ as_of_date() }} as is_left_late,
        case
            when compared.pair_id = 'token_cost:cost_report'
                then
                    coalesce(
                        right_horizon.complete_until_at
                        < {{ dbt.dateadd('day', 1, 'compared.period_end_date') }},
                        true
                    )
            else
                compared.right_value is null
                and {{ as_of_date() }}
                <= {{ dbt.dateadd('hour', 'right_source.expected_lag_hours', 'compared.date_day') }}
        end as is_right_late,
        compared.lacks_days
        or (
            not compared.is_left_partial
            and abs(coalesce(compared.left_value, 0) - coalesce(compared.right_value, 0))
            <= abs(coalesce(compared.right_value, 0))
            * tolerances.settling_share
            and left_horizon.complete_until_at
            < {{
                dbt.dateadd(
                    'day', 'left_source.restatement_days + 1', 'compared.period_end_date'
                )
            }}
        ) as may_still_change

    from compared

    inner join tolerances
        on compared.pair_id = tolerances.pair_id

    left join horizons as left_horizon
        on compared.left_source_id = left_horizon.source_id

    left join horizons as right_horizon
        on compared.right_source_id = right_horizon.source_id

    left join sources as left_source
        on compared.left_source_id = left_source.source_id

    left join sources as right_source
        on compared.right_source_id = right_source.source_id

    where coalesce(compared.left_value, 0) != 0 or coalesce(compared.right_value, 0) != 0

),

judged as (

    select
        *,
        case when line_tolerance > share_tolerance then line_tolerance else share_tolerance end
            as tolerance

    from measured

),

final as (

    select
        {{
            surrogate_key([
                'date_day', 'pair_id', 'period_end_date', 'cut_key', 'person_key',
                'claude_model_id'
            ])
        }} as cost_difference_key,
        date_day,
        pair_id,
        'cost_usd' as measure,
        '-1' as org_unit_key,
        '-1' as actor_key,
        person_key,
        claude_model_id,
        cast(null as {{ dbt.type_string() }}) as client_version,
        cut_key,
        cast(left_value as {{ type_double() }}) as left_value,
        cast(right_value as {{ type_double() }}) as right_value,
        cast(tolerance as {{ type_double() }}) as tolerance,
        case
            when left_value is not null and right_value is not null and net_difference = 0
                then 'none'
            {{
                caused_by(
                    'rounding',
                    'left_value is not null and right_value is not null'
                    ~ ' and abs(net_difference) <= tolerance'
                )
            }}
            {{ caused_by('unknown_price', 'is_price_missing') }}
            {{ caused_by('overlap', 'is_in_two_periods') }}
            {{ caused_by('missing_population', 'left_value is null and is_left_partial') }}
            {{ caused_by('lag', 'net_difference > 0 and is_right_late') }}
            {{
                caused_by('lag', 'net_difference < 0 and (is_left_late or may_still_change)')
            }}
            {{ caused_by('lag', 'right_value is not null and may_still_change') }}
            {{
                caused_by(
                    'missing_population', 'left_value is null or right_value is null'
                )
            }}
            {{ caused_by('missing_population', 'net_difference < 0 and is_left_partial') }}
            else 'unexplained'
        end as cause_code,
        cast(1 as bigint) as cell_count,
        observed_through_at

    from judged

)

select * from final
