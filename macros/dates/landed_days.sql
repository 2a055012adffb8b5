{#-
    Days that the named landings have observed since the calling incremental model was last built.
    Other landings do not count: an API that is asked again for thirty days must not rebuild
    thirty days of telemetry.
-#}
{% macro landed_days(landings, margin=0) -%}
    {{ days_since_build(ref('stg_ingestion__observed_days'), 'observed_at', margin, landings) }}
{%- endmacro %}
