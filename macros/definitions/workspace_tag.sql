{#- A tag of a workspace, from its tags as a JSON object; null where it has none. -#}
{% macro workspace_tag(tags_json, tag) -%}
    {{ return(adapter.dispatch('workspace_tag', 'claude_analytics')(tags_json, tag)) }}
{%- endmacro %}

{% macro default__workspace_tag(tags_json, tag) -%}
    nullif(trim(json_extract_string({{ tags_json }}, '$."{{ tag }}"')), '')
{%- endmacro %}
