{#- The newest observation of any source. -#}
{% macro newest_observation() -%}
    (
        select coalesce(max(observed.observed_at), cast('1970-01-01' as timestamp))
        from {{ ref('stg_ingestion__observed_days') }} as observed
    )
{%- endmacro %}
