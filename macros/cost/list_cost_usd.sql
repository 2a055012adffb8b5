{#-
    US dollars at list price of rows with the five token columns, `web_search_count`,
    `service_tier`, `inference_geo` and `endpoint_scope`, joined to their price by `price_holds`;
    null without a price. Factors multiply the tokens; a search keeps its price. Rounded once.
    Decimals of this width are slow, and nearly every row does without them: whole tokens by whole
    millionths of a dollar are whole numbers.
-#}
{% macro list_cost_usd(usage, prices) -%}
    {%- set priced_columns = {
        'input_tokens': 'input_usd_per_mtok',
        'output_tokens': 'output_usd_per_mtok',
        'cache_write_5m_tokens': 'cache_write_5m_usd_per_mtok',
        'cache_write_1h_tokens': 'cache_write_1h_usd_per_mtok',
        'cache_read_tokens': 'cache_read_usd_per_mtok',
    } -%}
    {%- set smalls, wholes, decimals = [], [], [] -%}
    {%- for tokens, price in priced_columns.items() -%}
        {%- set count = usage ~ '.' ~ tokens -%}
        {%- set usd_per_mtok = prices ~ '.' ~ price -%}
        {%- do smalls.append('coalesce(' ~ count ~ ', 0) <= 1000000000 and ' ~ usd_per_mtok ~ ' < 1000') -%}
        {%- do wholes.append('cast(coalesce(' ~ count ~ ', 0) as bigint) * cast(' ~ usd_per_mtok ~ ' * 1000000 as bigint)') -%}
        {%- do decimals.append(tokens_to_usd(count, usd_per_mtok)) -%}
    {%- endfor -%}
    cast(
            case
                when
                    coalesce({{ usage }}.service_tier, '') != 'batch'
                    and coalesce({{ usage }}.inference_geo, '') != 'us'
                    and coalesce({{ usage }}.endpoint_scope, 'global') = 'global'
                    and {{ smalls | join('\n                    and ') }}
                    then
                        cast(
                            {{ wholes | join('\n                            + ') }}
                            as decimal(28, 0)
                        ) * 0.000000000001
                else
                    (
                        {{ decimals | join('\n                        + ') }}
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
            end
            + case
                when coalesce({{ usage }}.web_search_count, 0) = 0 then 0
                else {{ usage }}.web_search_count * {{ prices }}.web_search_usd
            end
            as decimal(18, 10)
        )
{%- endmacro %}
