{#-
    Surface of a product as the Enterprise reports name it. A product that no document names, and
    none at all, are `other`: their tokens count, and nobody guesses what they were.
-#}
{% macro product_surface(product) -%}
    case {{ product }}
            when 'chat' then 'chat'
            when 'claude_code' then 'claude_code'
            when 'cowork' then 'cowork'
            when 'office_agent' then 'office'
            when 'claude_in_chrome' then 'chrome'
            when 'claude_design' then 'design'
            when 'claude-tag' then 'slack'
            else 'other'
        end
{%- endmacro %}
