{#-
    Days of the past that only now can be compared: a source was landed for the first time, or
    further back than when the calling incremental model was built. `pairs` holds pairs of source ids.
-#}
{% macro newly_compared_days(pairs) -%}
    {%- for left_source, right_source in pairs %}
    select landed.date_day
    from {{ ref('int_reconciliation__source_starts') }} as left_start
    inner join {{ ref('int_reconciliation__source_starts') }} as right_start
        on right_start.source_id = '{{ right_source }}'
    inner join {{ ref('int_ingestion__changed_days') }} as landed
        on
            landed.date_day >= left_start.first_day
            and landed.date_day >= right_start.first_day
    where
        left_start.source_id = '{{ left_source }}'
        and (
            select coalesce(max(built.observed_through_at), cast('1970-01-01' as timestamp))
            from {{ this }} as built
        ) < case
            when left_start.started_at > right_start.started_at then left_start.started_at
            else right_start.started_at
        end
    {% if not loop.last %}union{% endif %}
    {%- endfor %}
{%- endmacro %}
