{#-
    Post-hook like `delete_stale_days` for a daily incremental model that rebuilds the days of a
    relation instead of those that landed.
-#}
{% macro delete_days_built_before(relation, moment) -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where exists (
        select 1
        from {{ relation }} as changes
        where
            changes.date_day = {{ this }}.date_day
            and changes.{{ moment }} > {{ this }}.observed_through_at
    )
    {%- endif -%}
{%- endmacro %}
