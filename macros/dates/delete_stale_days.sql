{#-
    Post-hook of a daily incremental model: `delete+insert` replaces only days that still have rows.
    A row built before the newest observation of its day (or of a day within `margin`) was not
    rebuilt although its day was, so it exists no more. The landings must be those that the model
    rebuilds by, else days that nobody rebuilt would go.
-#}
{% macro delete_stale_days(landings, margin=0) -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where exists (
        select 1
        from (
            {%- for offset in range(-margin, margin + 1) %}
            select
                cast({{ dbt.dateadd('day', offset, 'observed.date_day') }} as date) as date_day,
                max(observed.observed_at) as observed_at
            from {{ ref('int_ingestion__changed_days') }} as observed
            where observed.source_id in ('{{ landings | join("', '") }}')
            group by observed.date_day
            {% if not loop.last %}union all{% endif %}
            {%- endfor %}
        ) as newest
        where
            newest.date_day = {{ this }}.date_day
            and newest.observed_at > {{ this }}.observed_through_at
    )
    {%- endif -%}
{%- endmacro %}
