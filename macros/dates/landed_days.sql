{#- Days that any landing has observed since the calling incremental model was last built. -#}
{% macro landed_days(margin=0) -%}
    {{ days_since_build(ref('stg_ingestion__observed_days'), 'observed_at', margin) }}
{%- endmacro %}
