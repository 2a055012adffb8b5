{#- Editions of the Enterprise API renamed Claude in Slack; the newer name stands for both. -#}
{% macro enterprise_product(product) -%}
    case lower({{ product }}) when 'claude-in-slack' then 'claude-tag' else lower({{ product }}) end
{%- endmacro %}
