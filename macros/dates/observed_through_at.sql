{#- The newest observation of any source: when a row was last looked at. -#}
{% macro observed_through_at() -%}
    {{ newest_observation() }}
{%- endmacro %}
