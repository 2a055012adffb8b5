{#- Key of a workspace of the Console; null is its default workspace. -#}
{% macro workspace_key(workspace_id) -%}
    {{ surrogate_key(["'workspace'", "coalesce(" ~ workspace_id ~ ", 'default')"]) }}
{%- endmacro %}
