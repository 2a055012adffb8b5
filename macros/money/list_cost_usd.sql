{#-
    US dollars at list price of rows with the five token columns, `web_search_count`,
    `service_tier`, `inference_geo` and `endpoint_scope`, joined to their price by `price_holds`;
    null without a price. Factors multiply the tokens; a search keeps its price. Rounded once.
-#}
{% macro list_cost_usd(usage, prices) -%}
    cast(
            (
                {{ tokens_to_usd(usage ~ '.input_tokens', prices ~ '.input_usd_per_mtok') }}
                + {{ tokens_to_usd(usage ~ '.output_tokens', prices ~ '.output_usd_per_mtok') }}
                + {{ tokens_to_usd(usage ~ '.cache_write_5m_tokens', prices ~ '.cache_write_5m_usd_per_mtok') }}
                + {{ tokens_to_usd(usage ~ '.cache_write_1h_tokens', prices ~ '.cache_write_1h_usd_per_mtok') }}
                + {{ tokens_to_usd(usage ~ '.cache_read_tokens', prices ~ '.cache_read_usd_per_mtok') }}
            )
            * case
                when {{ usage }}.service_tier = 'batch' then {{ prices }}.batch_factor
                else cast(1 as decimal(6, 4))
            end
            * case
                when {{ usage }}.inference_geo = 'us' then {{ prices }}.us_geography_factor
                else cast(1 as decimal(6, 4))
            end
            * case
                when {{ usage }}.endpoint_scope = 'us-gov' then {{ prices }}.government_endpoint_factor
                when {{ usage }}.endpoint_scope != 'global' then {{ prices }}.regional_endpoint_factor
                else cast(1 as decimal(6, 4))
            end
            + case
                when coalesce({{ usage }}.web_search_count, 0) = 0 then 0
                else {{ usage }}.web_search_count * {{ prices }}.web_search_usd
            end
            as decimal(18, 10)
        )
{%- endmacro %}
