{#-
    Dollars of an amount in cents that landed as text. Multiplying by a hundredth keeps the result
    decimal, where a division would give a double; another currency than US dollars gives null.
    To read text as a wide decimal is slow, and nearly every amount does without.
-#}
{% macro cents_to_usd(amount, currency) -%}
    case
            when upper({{ currency }}) = 'USD'
                then cast(
                    case
                        when abs(cast({{ amount }} as {{ dbt.type_float() }})) < 1000000000
                            then cast({{ amount }} as decimal(18, 8))
                        else cast({{ amount }} as decimal(26, 8))
                    end * 0.01 as decimal(28, 10)
                )
        end
{%- endmacro %}
