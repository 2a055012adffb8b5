with

lifecycle as (

    select * from {{ ref('model_lifecycle') }}

),

prices as (

    select * from {{ ref('int_pricing__token_prices') }}

),

model_ids as (

    select claude_model_id from lifecycle
    union
    select claude_model_id from prices
    union
    select '-1' as claude_model_id

),

current_prices as (

    select * from prices
    where
        platform = 'anthropic'
        and speed = 'standard'
        and valid_from_date <= {{ as_of_date() }}
        and until_date > {{ as_of_date() }}

),

long_prompt_prices as (

    select
        claude_model_id,
        min(min_prompt_tokens) as long_prompt_min_tokens

    from current_prices

    where min_prompt_tokens > 0

    group by claude_model_id

),

described as (

    select
        model_ids.claude_model_id,
        coalesce(lifecycle.model_family, 'unknown') as model_family,
        lifecycle.model_generation,
        lifecycle.tokenizer_generation,
        lifecycle.launched_date,
        lifecycle.deprecated_date,
        lifecycle.retired_date,
        lifecycle.not_retired_before_date,
        current_prices.input_usd_per_mtok,
        current_prices.output_usd_per_mtok,
        current_prices.cache_write_5m_usd_per_mtok,
        current_prices.cache_write_1h_usd_per_mtok,
        current_prices.cache_read_usd_per_mtok,
        long_prompt_prices.long_prompt_min_tokens,
        coalesce(lifecycle.is_limited_access, false) as is_limited_access,
        current_prices.claude_model_id is not null as is_priced,
        model_ids.claude_model_id = '-1' as is_unknown

    from model_ids

    left join lifecycle
        on model_ids.claude_model_id = lifecycle.claude_model_id

    left join current_prices
        on
            model_ids.claude_model_id = current_prices.claude_model_id
            and current_prices.min_prompt_tokens = 0

    left join long_prompt_prices
        on model_ids.claude_model_id = long_prompt_prices.claude_model_id

),

final as (

    select
        cast(claude_model_id as {{ dbt.type_string() }}) as claude_model_id,
        cast(model_family as {{ dbt.type_string() }}) as model_family,
        cast(model_generation as decimal(4, 1)) as model_generation,
        cast(tokenizer_generation as {{ dbt.type_string() }}) as tokenizer_generation,
        is_limited_access,
        is_priced,
        is_unknown,
        cast(launched_date as date) as launched_date,
        cast(deprecated_date as date) as deprecated_date,
        cast(retired_date as date) as retired_date,
        cast(not_retired_before_date as date) as not_retired_before_date,
        cast(long_prompt_min_tokens as bigint) as long_prompt_min_tokens,
        cast(input_usd_per_mtok as decimal(12, 6)) as input_usd_per_mtok,
        cast(output_usd_per_mtok as decimal(12, 6)) as output_usd_per_mtok,
        cast(cache_write_5m_usd_per_mtok as decimal(12, 6)) as cache_write_5m_usd_per_mtok,
        cast(cache_write_1h_usd_per_mtok as decimal(12, 6)) as cache_write_1h_usd_per_mtok,
        cast(cache_read_usd_per_mtok as decimal(12, 6)) as cache_read_usd_per_mtok

    from described

)

select * from final
