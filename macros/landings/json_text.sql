{#- Text of one key of a JSON object that landed as text; null when the object lacks it. -#}
{% macro json_text(json, key) -%}
    {{ return(adapter.dispatch('json_text', 'claude_analytics')(json, key)) }}
{%- endmacro %}

{% macro default__json_text(json, key) -%}
    nullif(trim(json_extract_string({{ json }}, '$."{{ key }}"')), '')
{%- endmacro %}

{% macro postgres__json_text(json, key) -%}
    nullif(trim(cast({{ json }} as jsonb) ->> '{{ key }}'), '')
{%- endmacro %}
