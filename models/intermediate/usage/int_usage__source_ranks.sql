-- The precedence of a source in each measure group, side by side.
with

precedence as (

    select * from {{ ref('int_counting__source_precedence') }}
    where measure_kind = 'use'

),

final as (

    select
        surface,
        channel,
        source_id,
        {% for group in usage_counters() -%}
        min(case when measure_group = '{{ group }}' then precedence_rank end) as {{ group }}_rank,
        {% endfor -%}
        max(case when sees_everybody then 1 else 0 end) = 1 as sees_everybody,
        max(case when is_contested then 1 else 0 end) = 1 as is_contested

    from precedence

    group by surface, channel, source_id

)

select * from final
