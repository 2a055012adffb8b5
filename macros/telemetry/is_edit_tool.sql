{#- Tools that change files: the ones an accept rate is about. -#}
{% macro is_edit_tool(tool_name) -%}
    coalesce({{ tool_name }} in ('Edit', 'MultiEdit', 'Write', 'NotebookEdit'), false)
{%- endmacro %}
