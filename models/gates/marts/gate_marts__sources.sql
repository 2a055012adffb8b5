-- How far sources agree, see and know in the last 28 days: older differences do not move any more,
-- and were reported when they arose.
{%- set recent = 'date_day > ' ~ dbt.dateadd('day', -28, as_of_date()) %}

with

compared_measures as (

    select
        pair_id,
        measure,
        sum(cell_count) as compared_cell_count,
        sum(case when is_explained then 0 else cell_count end) as unexplained_cell_count,
        sum(left_value) as left_cost_usd,
        sum(right_value) as right_cost_usd,
        sum(
            case
                when is_explained or measure not like '%usd' then 0
                else abs(coalesce(left_value, 0) - coalesce(right_value, 0))
            end
        ) as unexplained_cost_usd
    from {{ ref('fct_reconciliation_daily') }}
    where {{ recent }}
    group by pair_id, measure

),

seen_activity as (

    select
        source_id,
        channel,
        sum(resolved_activity_count) as resolved_activity_count,
        sum(activity_count - suppressed_activity_count) as told_activity_count,
        cast(sum(list_cost_resolved_usd) as {{ type_double() }}) as resolved_cost_usd,
        cast(sum(list_cost_usd - list_cost_suppressed_usd) as {{ type_double() }})
            as told_cost_usd
    from {{ ref('fct_identity_coverage') }}
    where {{ recent }}
    group by source_id, channel

),

-- One person's odd day must not stop an organisation that has just begun, and a share of a handful
-- says nothing: twenty cells or activities, one US dollar.
final as (

    select
        pair_id as source_name,
        measure as part_name,
        case
            when compared_cell_count >= 20 then 1.0 * unexplained_cell_count / compared_cell_count
        end as unexplained_share,
        case
            when unexplained_cost_usd >= 1
                then
                    unexplained_cost_usd
                    / nullif(greatest(coalesce(left_cost_usd, 0), coalesce(right_cost_usd, 0)), 0)
        end as unexplained_cost_share,
        cast(null as {{ type_double() }}) as resolved_activity_share,
        cast(null as {{ type_double() }}) as resolved_cost_share,
        cast(null as bigint) as unseen_day_count
    from compared_measures

    union all

    select
        source_id as source_name,
        channel as part_name,
        cast(null as {{ type_double() }}) as unexplained_share,
        cast(null as {{ type_double() }}) as unexplained_cost_share,
        case
            when told_activity_count >= 20 then 1.0 * resolved_activity_count / told_activity_count
        end as resolved_activity_share,
        case when told_cost_usd >= 1 then resolved_cost_usd / told_cost_usd end
            as resolved_cost_share,
        cast(null as bigint) as unseen_day_count
    from seen_activity

    union all

    select
        source_id as source_name,
        table_name as part_name,
        cast(null as {{ type_double() }}) as unexplained_share,
        cast(null as {{ type_double() }}) as unexplained_cost_share,
        cast(null as {{ type_double() }}) as resolved_activity_share,
        cast(null as {{ type_double() }}) as resolved_cost_share,
        count(case when status in ('failed', 'forbidden') then 1 end) as unseen_day_count
    from {{ ref('fct_observed_days') }}
    where {{ recent }}
    group by source_id, table_name

)

select * from final
