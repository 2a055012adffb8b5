{#- Names of the columns that the contract of a model lists, in order; the first is its key. -#}
{% macro contract_columns(model_name) -%}
    {%- set nodes = graph.nodes.values() if execute else [] -%}
    {%- set found = nodes | selectattr('resource_type', 'eq', 'model')
        | selectattr('name', 'eq', model_name) | map(attribute='columns') | first -%}
    {%- do return(found | list if found else []) -%}
{%- endmacro %}
