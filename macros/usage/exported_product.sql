{#- The code of a product that a spend report shows as a text, such as Office Agents. -#}
{% macro exported_product(product_name) -%}
    case replace(lower(trim({{ product_name }})), ' ', '_')
            when 'office_agents' then 'office_agent'
            when 'claude_in_slack' then 'claude-tag'
            when 'claude_tag' then 'claude-tag'
            else replace(lower(trim({{ product_name }})), ' ', '_')
        end
{%- endmacro %}
