{{ config(materialized='table') }}

-- A consumer that keeps priced rows compares this one value to know whether they are still right.
with

prices as (

    select * from {{ ref('int_pricing__token_prices') }}

),

aliases as (

    select * from {{ ref('int_pricing__model_aliases') }}

),

row_hashes as (

    select
        {{
            surrogate_key([
                'platform', 'claude_model_id', 'speed', 'min_prompt_tokens', 'valid_from_date',
                'valid_to_date', 'input_usd_per_mtok', 'output_usd_per_mtok',
                'cache_write_5m_usd_per_mtok', 'cache_write_1h_usd_per_mtok',
                'cache_read_usd_per_mtok', 'web_search_usd', 'batch_factor',
                'us_geography_factor', 'regional_endpoint_factor', 'government_endpoint_factor'
            ])
        }} as row_hash

    from prices

    union all

    select {{ surrogate_key(['model_alias', 'claude_model_id']) }} as row_hash

    from aliases

),

joined as (

    select {{ dbt.listagg('row_hash', "''", 'order by row_hash') }} as all_hashes
    from row_hashes

),

final as (

    select {{ dbt.hash('all_hashes') }} as price_version
    from joined

)

select * from final
