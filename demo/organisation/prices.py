# ruff: noqa: S608  # queries are put together from constants of this room alone
"""List prices of the days, and the newest model of each family that somebody has got used to.

Prices are those of the warehouse's seeds; the arithmetic is done here again, by itself, so that
the models have something to be compared with. No request reaches a long-context price.
"""

from pathlib import Path
from typing import Final

_SEEDS: Final = Path(__file__).parents[2] / "seeds" / "pricing"
# People take up a new model within so many weeks.
UPTAKE_WEEKS: Final = 4

PRICES: Final = f"""
    select
        claude_model_id, valid_from_date::date as valid_from_date,
        valid_to_date::date as valid_to_date,
        input_usd_per_mtok::decimal(12, 4) as input_price,
        output_usd_per_mtok::decimal(12, 4) as output_price,
        cache_read_usd_per_mtok::decimal(12, 4) as cache_read_price,
        cache_write_5m_usd_per_mtok::decimal(12, 4) as cache_write_5m_price,
        cache_write_1h_usd_per_mtok::decimal(12, 4) as cache_write_1h_price,
        (
            select usd_per_unit::decimal(12, 10)
            from read_csv('{_SEEDS / "unit_prices.csv"}', all_varchar = true)
            where unit = 'web_search'
        ) as search_price
    from read_csv('{_SEEDS / "token_prices.csv"}', all_varchar = true)
    where platform = 'anthropic' and speed = 'standard' and min_prompt_tokens = '0'
"""
# Dates of text, so that a column without any value has its type.
MODEL_DAYS: Final = f"""
    with models as (
        select
            claude_model_id, model_family, launched_date::date as launched_date,
            coalesce(retired_date::date, date '9999-12-31') as retired_date
        from read_csv('{_SEEDS / "model_lifecycle.csv"}', all_varchar = true)
        where is_limited_access = 'false'
    ),
    days as (
        select date_day, weeks, date_day - 7 * weeks::int as known_day
        from calendar cross join range({UPTAKE_WEEKS + 1}) _(weeks)
    ),
    newest as (
        select
            date_day, weeks, model_family, max_by(claude_model_id, launched_date) as claude_model_id
        from days
        join models on launched_date <= known_day and retired_date > date_day
        group by all
    )
    select
        date_day, weeks,
        max(claude_model_id) filter (model_family = 'fable') as fable_model,
        max(claude_model_id) filter (model_family = 'opus') as opus_model,
        max(claude_model_id) filter (model_family = 'sonnet') as sonnet_model,
        max(claude_model_id) filter (model_family = 'haiku') as haiku_model
    from newest
    group by all
"""

# A price per million tokens with four decimals counts in units of this many dollars per token.
_UNIT: Final = "0.0000000001"
_KINDS: Final = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")


def priced(tokens: str, name: str) -> str:
    """SQL of a table's rows with their exact list cost.

    Whole numbers all the way: prices of batches have few enough decimals to be halved in them.

    Args:
        tokens: Table with tokens, searches, day, model and service tier.
        name: Name of the cost.
    """
    units = " + ".join(f"{kind}_tokens * ({kind}_price * 10000)::bigint" for kind in _KINDS)
    return f"""
        select
            {tokens}.*,
            cast(
                (
                    ({units}) // case when service_tier = 'batch' then 2 else 1 end
                    + web_search_count * (search_price * 10000000000)::bigint
                ) * {_UNIT}::decimal(11, 10) as decimal(18, 10)
            ) as {name}
        from {tokens}
        join prices
            on
                prices.claude_model_id = {tokens}.claude_model_id
                and date_day >= valid_from_date
                and (valid_to_date is null or date_day < valid_to_date)
    """
