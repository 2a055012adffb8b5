{#- Whether a row has a list cost, and why not. -#}
{% macro price_status(claude_model_id, list_cost) -%}
    case
            when {{ claude_model_id }} = '-1' then 'unknown_model'
            when {{ list_cost }} is null then 'range'
            else 'priced'
        end
{%- endmacro %}
