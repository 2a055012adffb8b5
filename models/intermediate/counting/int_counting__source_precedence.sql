-- On a seat-based plan the Enterprise reports show what goes beyond the seats: less tokens than
-- telemetry where there is any, and the whole of nobody.
with

precedence as (

    select * from {{ ref('usage_source_precedence') }}

),

final as (

    select
        surface,
        channel,
        measure_group,
        case when measure_group = 'tokens' then 'tokens' else 'use' end as measure_kind,
        source_id,
        {% if var('enterprise_plan') == 'seat_based' -%}
        case
            when measure_group = 'tokens' and source_id = 'enterprise_user_usage_report'
                then precedence_rank + 50
            else precedence_rank
        end as precedence_rank,
        sees_everybody
        and (measure_group != 'tokens' or source_id != 'enterprise_user_usage_report')
            as sees_everybody,
        {%- else -%}
        precedence_rank,
        sees_everybody,
        {%- endif %}
        min(source_id) over (partition by measure_group, surface)
        != max(source_id) over (partition by measure_group, surface) as is_contested

    from precedence

)

select * from final
