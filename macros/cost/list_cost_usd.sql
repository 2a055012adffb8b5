{#-
    US dollars at list price of rows with the five token columns, `web_search_count`,
    `service_tier`, `inference_geo` and `endpoint_scope`, joined to their price by `price_holds`;
    null without a price. Factors multiply the tokens; a search keeps its price. Rounded once.
    To round wide decimals is slow, and nearly every row does without: whole tokens by whole
    ten-thousandths of a dollar for a million are whole tenths of a billionth, the scale of the result.
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
        {%- do smalls.append('coalesce(' ~ count ~ ', 0) <= 1000000000 and ' ~ usd_per_mtok ~ ' < 1000 and ' ~ usd_per_mtok ~ ' = cast(' ~ usd_per_mtok ~ ' as decimal(12, 4))') -%}
        {%- do wholes.append('cast(coalesce(' ~ count ~ ', 0) as bigint) * cast(' ~ usd_per_mtok ~ ' * 10000 as bigint)') -%}
        {%- do decimals.append(tokens_to_usd(count, usd_per_mtok)) -%}
    {%- endfor -%}
    {%- set searches = 'case when coalesce(' ~ usage ~ '.web_search_count, 0) = 0 then 0 else '
        ~ usage ~ '.web_search_count * ' ~ prices ~ '.web_search_usd end' -%}
    case
            when
                coalesce({{ usage }}.service_tier, '') != 'batch'
                and coalesce({{ usage }}.inference_geo, '') != 'us'
                and coalesce({{ usage }}.endpoint_scope, 'global') = 'global'
                and {{ smalls | join('\n                and ') }}
                then cast(
                    cast(
                        {{ wholes | join('\n                        + ') }}
                        as decimal(18, 0)
                    ) * 0.0000000001
                    + {{ searches }}
                    as decimal(18, 10)
                )
            else cast(
                (
                    {{ decimals | join('\n                    + ') }}
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
                + {{ searches }}
                as decimal(18, 10)
            )
        end
{%- endmacro %}
