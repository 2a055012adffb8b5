{#-
    Whether the counts of a row are possible: negative ones, or a corrupt record's billions, would
    overflow the arithmetic for everyone. Such a row keeps its counts and gets no price.
-#}
{% macro is_priceable(usage, max_tokens) -%}
    (
                    coalesce({{ usage }}.input_tokens, 0) between 0 and {{ max_tokens }}
                    and coalesce({{ usage }}.output_tokens, 0) between 0 and {{ max_tokens }}
                    and coalesce({{ usage }}.cache_read_tokens, 0) between 0 and {{ max_tokens }}
                    and coalesce({{ usage }}.cache_write_5m_tokens, 0) between 0 and {{ max_tokens }}
                    and coalesce({{ usage }}.cache_write_1h_tokens, 0) between 0 and {{ max_tokens }}
                    and coalesce({{ usage }}.web_search_count, 0) between 0 and 1000000
                )
{%- endmacro %}
