-- On a seat-based plan the Enterprise reports show what goes beyond the seats: less than telemetry
-- where there is any, and the whole of nobody.
with

precedence as (

    select * from {{ ref('usage_source_precedence') }}
    where measure_group = 'tokens'

),

final as (

    select
        surface,
        channel,
        source_id,
        {% if var('enterprise_plan') == 'seat_based' -%}
        case
            when source_id = 'enterprise_user_usage_report' then precedence_rank + 50
            else precedence_rank
        end as precedence_rank,
        sees_everybody and source_id != 'enterprise_user_usage_report' as sees_everybody
        {%- else -%}
        precedence_rank,
        sees_everybody
        {%- endif %}

    from precedence

)

select * from final
