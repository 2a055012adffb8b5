{#- Landings that see tokens: what people and keys used is chosen from these; all that see use do. -#}
{% macro token_landings() -%} {{ return(usage_landings()) }} {%- endmacro %}
