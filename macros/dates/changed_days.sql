{#-
    Days that a daily incremental model must rebuild: those that any landing has observed since the
    model was last built, with `margin` days on both sides for rows that belong together across midnight.
    The model carries `observed_through_at`, the newest observation it was built from. No fixed look-back:
    a restatement of an old day rebuilds that day, and a day without news costs nothing.
-#}
{% macro changed_days(margin=0) -%}
    {%- for offset in range(-margin, margin + 1) %}
    select
        {% if offset == 0 -%}
        observed.date_day
        {%- else -%}
        cast({{ dbt.dateadd('day', offset, 'observed.date_day') }} as date) as date_day
        {%- endif %}
    from {{ ref('stg_ingestion__observed_days') }} as observed
    where
        observed.observed_at > (
            select coalesce(max(built.observed_through_at), cast('1970-01-01' as timestamp))
            from {{ this }} as built
        )
    {% if not loop.last %}union{% endif %}
    {%- endfor %}
{%- endmacro %}
