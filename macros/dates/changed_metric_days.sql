{#-
    Days whose metric increments were rebuilt since the calling model was last built. Besides the
    days observed anew these are later days of a cumulative series that a late point changed.
-#}
{% macro changed_metric_days(margin=0) -%}
    {%- for offset in range(-margin, margin + 1) %}
    select
        {% if offset == 0 -%}
        metric_days.date_day
        {%- else -%}
        cast({{ dbt.dateadd('day', offset, 'metric_days.date_day') }} as date) as date_day
        {%- endif %}
    from {{ ref('int_claude_code__metric_days') }} as metric_days
    where
        metric_days.observed_through_at > (
            select coalesce(max(built.observed_through_at), cast('1970-01-01' as timestamp))
            from {{ this }} as built
        )
    {% if not loop.last %}union{% endif %}
    {%- endfor %}
{%- endmacro %}
