{#-
    Price tables quote US dollars per million tokens. Multiplying by one millionth keeps the
    result decimal, where a division would give a double; 26 digits keep the product from overflow.
-#}
{% macro tokens_to_usd(tokens, usd_per_mtok) -%}
    cast(coalesce({{ tokens }}, 0) as decimal(26, 0)) * cast({{ usd_per_mtok }} as decimal(12, 6)) * 0.000001
{%- endmacro %}
