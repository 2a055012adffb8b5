{#- The newest observation of any source that brought or changed a day. -#}
{% macro newest_observation() -%}
    (
        select coalesce(max(changes.observed_at), cast('1970-01-01' as timestamp))
        from {{ ref('int_ingestion__changed_days') }} as changes
    )
{%- endmacro %}
