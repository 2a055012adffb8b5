{#- Who is billed by an invoice, from what it calls the product. -#}
{% macro invoice_channel(product) -%}
    case
            when {{ product }} like '%bedrock%' then 'bedrock'
            when {{ product }} like '%vertex%' then 'vertex'
            when {{ product }} like '%enterprise%' then 'enterprise'
            when {{ product }} like '%team%' then 'team'
            when {{ product }} like '%console%' or {{ product }} like '%api%' then 'console'
            else 'unknown'
        end
{%- endmacro %}
