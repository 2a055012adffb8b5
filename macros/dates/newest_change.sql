{#- When what the named landings hold last changed. -#}
{% macro newest_change(landings) -%}
    (
        select coalesce(max(changes.observed_at), cast('1970-01-01' as timestamp))
        from {{ ref('int_ingestion__changed_days') }} as changes
        where changes.source_id in ('{{ landings | join("', '") }}')
    )
{%- endmacro %}
