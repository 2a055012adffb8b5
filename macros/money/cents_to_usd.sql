{#-
    Dollars of an amount in cents that landed as text. Multiplying by a hundredth keeps the result
    decimal, where a division would give a double; another currency than US dollars gives null.
-#}
{% macro cents_to_usd(amount, currency) -%}
    case
            when upper({{ currency }}) = 'USD'
                then cast(cast({{ amount }} as decimal(26, 8)) * 0.01 as decimal(28, 10))
        end
{%- endmacro %}
