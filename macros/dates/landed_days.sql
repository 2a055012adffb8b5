{#-
    Days that the named landings have brought, or changed, since the calling incremental model was last
    built. An answer that repeats the one before is no news.
    Other landings do not count: an API that is asked again for thirty days must not rebuild
    thirty days of telemetry.
-#}
{% macro landed_days(landings, margin=0) -%}
    {{ days_since_build(ref('int_ingestion__changed_days'), 'observed_at', margin, landings) }}
{%- endmacro %}
