{#-
    Join condition of rows with the row of `int_pricing__token_prices` that prices them: by model,
    platform, speed, UTC day and `prompt_tokens`, which picks the tier. A null `prompt_tokens` has
    no price.
-#}
{% macro price_holds(usage, prices) -%}
    {{ usage }}.claude_model_id = {{ prices }}.claude_model_id
            and {{ usage }}.price_platform = {{ prices }}.platform
            and {{ usage }}.price_speed = {{ prices }}.speed
            and {{ usage }}.date_day >= {{ prices }}.valid_from_date
            and {{ usage }}.date_day < {{ prices }}.until_date
            and {{ usage }}.prompt_tokens >= {{ prices }}.from_prompt_tokens
            and {{ usage }}.prompt_tokens < {{ prices }}.until_prompt_tokens
{%- endmacro %}
