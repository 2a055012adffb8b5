-- The precedence of a source in each measure group, side by side.
with

precedence as (

    select * from {{ ref('usage_source_precedence') }}
    where measure_group != 'tokens'

),

final as (

    select
        surface,
        channel,
        source_id,
        {% for group in usage_counters() -%}
        min(case when measure_group = '{{ group }}' then precedence_rank end) as {{ group }}_rank,
        {% endfor -%}
        max(case when sees_everybody then 1 else 0 end) = 1 as sees_everybody

    from precedence

    group by surface, channel, source_id

)

select * from final
