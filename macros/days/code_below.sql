{#- A hash of the calling model and of all views that it reads, whose edit makes every day stale. -#}
{% macro code_below() -%}
    {%- set pieces = [model.raw_code] -%}
    {%- set seen = [] -%}
    {%- set open = model.depends_on.nodes | list -%}
    {%- for _ in graph.nodes if open -%}
        {%- set node = graph.nodes.get(open.pop()) -%}
        {%- if node and node.unique_id not in seen and node.config.materialized == 'view' -%}
            {%- do seen.append(node.unique_id) -%}
            {%- do pieces.append(node.name ~ node.raw_code) -%}
            {%- do open.extend(node.depends_on.nodes) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(local_md5(pieces | sort | join(''))) }}
{%- endmacro %}
