# ruff: noqa: S608  # queries are put together from constants of this room alone
"""The requests and tokens that use took, and what they cost by the price list.

The prices are those of the warehouse's seed; the arithmetic is done here again, by itself, so that
the models have something to be compared with. No request reaches a long-context price.
"""

from pathlib import Path
from typing import Final

PRICES_FILE: Final = Path(__file__).parents[2] / "seeds" / "pricing" / "token_prices.csv"

# surface, requests per message or edit, tokens of a request: input, output, cache read, cache write
_PROFILES: Final = """
    ('chat', 1.0, 900, 700, 4000, 600), ('claude_code', 2.2, 350, 620, 38000, 1500),
    ('cowork', 3.0, 500, 800, 22000, 1200), ('office', 1.5, 1500, 500, 3000, 400),
    ('chrome', 2.0, 2500, 300, 9000, 700), ('design', 2.0, 1200, 1800, 6000, 500),
    ('api', 1.0, 1800, 420, 5200, 300)
"""
# The key that ran away: long answers, more of them than anybody meant. Over 100,000 USD a day.
_RUNAWAY_REQUESTS: Final = 330_000
_RUNAWAY_INPUT: Final = 20_000
_RUNAWAY_OUTPUT: Final = 18_000
# Part of Claude Code's requests that a small model does, and their size beside the others.
_SMALL_PART: Final = 5
_SMALL_SIZE: Final = 0.15
_OPUS_SHARE: Final = 0.3

PRICES: Final = f"""
    select
        claude_model_id, valid_from_date, valid_to_date,
        input_usd_per_mtok::decimal(12, 4) as input_price,
        output_usd_per_mtok::decimal(12, 4) as output_price,
        cache_read_usd_per_mtok::decimal(12, 4) as cache_read_price,
        cache_write_5m_usd_per_mtok::decimal(12, 4) as cache_write_5m_price,
        cache_write_1h_usd_per_mtok::decimal(12, 4) as cache_write_1h_price
    from read_csv('{PRICES_FILE}', all_varchar = false)
    where platform = 'anthropic' and speed = 'standard' and min_prompt_tokens = 0
"""

# On each day everybody takes the newest model of its size.
MODEL_DAYS: Final = """
    select
        date_day,
        max_by(claude_model_id, valid_from_date) filter (claude_model_id like 'claude-opus-%')
            as opus_model,
        max_by(claude_model_id, valid_from_date) filter (claude_model_id like 'claude-sonnet-%')
            as sonnet_model,
        max_by(claude_model_id, valid_from_date) filter (claude_model_id like 'claude-haiku-%')
            as haiku_model
    from calendar
    join prices
        on date_day >= valid_from_date and (valid_to_date is null or date_day < valid_to_date)
    group by date_day
"""


def list_cost(tokens: str) -> str:
    """SQL of the exact list price of tokens; prices have few decimals, so ten hold it whole.

    Args:
        tokens: Prefix of the columns with tokens, such as `requests.`.
    """
    kinds = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
    token_cost = " + ".join(f"{tokens}{kind}_tokens * {kind}_price" for kind in kinds)
    return f"""cast(
        ({token_cost}) * case when service_tier = 'batch' then 0.5 else 1.0 end / 1000000
        + {tokens}web_search_count * 0.01 as decimal(18, 10)
    )"""


# Seats pay for one-hour caches; keys write for five minutes.
TOKENS: Final = f"""
    with profiles as (
        select * from (values {_PROFILES}) _(
            surface, requests_each, input_each, output_each, read_each, write_each
        )
    ),
    work as (
        select
            date_day, person_id, actor_id, surface, route,
            coalesce(person_id, -actor_id) as who,
            sum(coalesce(edit_accepted_count + edit_rejected_count, message_count, 0)) as units,
            sum(coalesce(web_search_count, 0))::bigint as searches
        from usage_days
        group by all
    ),
    sized as (
        select
            work.*, profiles.* exclude (surface),
            coalesce(is_batch, false) as is_batch, coalesce(is_runaway, false) as is_runaway,
            case
                when is_runaway then {_RUNAWAY_REQUESTS}
                when surface = 'api' then 40 + floor(draw('calls', who, date_day) * 300)
                else greatest(1, round(units * requests_each))
            end::bigint as all_requests
        from work
        join profiles using (surface)
        left join actors using (actor_id)
    ),
    parts as (
        select
            *, false as is_small, 1.0 as scale,
            all_requests - case
                when surface = 'claude_code' then all_requests // {_SMALL_PART} else 0
            end as request_count
        from sized
        union all
        select *, true, {_SMALL_SIZE}, all_requests // {_SMALL_PART}
        from sized
        where surface = 'claude_code' and all_requests >= {_SMALL_PART}
    ),
    chosen as (
        select
            parts.*,
            case
                when is_small or is_batch then haiku_model
                when is_runaway or draw('model' || surface || route, who, date_day) < {_OPUS_SHARE}
                    then opus_model
                else sonnet_model
            end as claude_model_id,
            request_count * scale * (0.6 + 0.8 * draw('size' || surface || route, who, date_day))
                as amount,
            case when is_runaway then {_RUNAWAY_INPUT} else input_each end as input_now,
            case when is_runaway then {_RUNAWAY_OUTPUT} else output_each end as output_now,
            route in ('enterprise', 'team') as is_seat
        from parts
        join model_days using (date_day)
    ),
    counted as (
        select
            date_day, person_id, actor_id, surface, route, claude_model_id,
            case when is_batch then 'batch' else 'standard' end as service_tier,
            floor(amount * input_now)::bigint as input_tokens,
            floor(amount * output_now)::bigint as output_tokens,
            floor(amount * read_each)::bigint as cache_read_tokens,
            floor(case when is_seat then 0 else amount * write_each end)::bigint
                as cache_write_5m_tokens,
            floor(case when is_seat then amount * write_each else 0 end)::bigint
                as cache_write_1h_tokens,
            case when is_small then 0 else searches end as web_search_count,
            request_count
        from chosen
    )
    select counted.*, {list_cost("")} as list_cost_usd
    from counted
    join prices
        on
            prices.claude_model_id = counted.claude_model_id
            and date_day >= valid_from_date
            and (valid_to_date is null or date_day < valid_to_date)
"""


def _part(column: str) -> str:
    """SQL of a request's part of a day's sum: equal parts, and the first ones take the rest."""
    return f"{column} // request_count + (number < {column} % request_count)::bigint as {column}"


# Only what telemetry or a session log shows; nobody sees the other people's single requests.
REQUESTS: Final = f"""
    with seen as (
        select
            token_days.*, session_count,
            coalesce(has_telemetry and date_day >= telemetry_from_date, false) as seen_by_telemetry,
            has_local_logs as seen_by_logs
        from token_days
        join people using (person_id)
        join usage_days using (date_day, person_id, surface, route)
        where surface = 'claude_code'
    ),
    parts as (
        select
            md5(concat_ws('|',
                getvariable('seed'), date_day, person_id, route, claude_model_id, number
            )) as request_id,
            date_day + interval 8 hour
            + to_microseconds((number * 36000000000 / request_count)::bigint) as requested_at,
            date_day, person_id, null::bigint as actor_id,
            md5(concat_ws('|',
                getvariable('seed'), date_day, person_id, route, number % session_count
            ))::uuid::varchar as session_id,
            route, claude_model_id, service_tier,
            {_part("input_tokens")},
            {_part("output_tokens")},
            {_part("cache_read_tokens")},
            {_part("cache_write_5m_tokens")},
            {_part("cache_write_1h_tokens")},
            {_part("web_search_count")},
            seen_by_telemetry, seen_by_logs
        from seen
        cross join unnest(range(request_count)) _(number)
        where seen_by_telemetry or seen_by_logs
    )
    select
        'req_' || left(request_id, 24) as request_id, requested_at, date_day, person_id, actor_id,
        session_id, route, parts.claude_model_id, input_tokens, output_tokens, cache_read_tokens,
        cache_write_5m_tokens, cache_write_1h_tokens, web_search_count,
        {list_cost("")} as cost_usd, seen_by_telemetry, seen_by_logs
    from parts
    join prices
        on
            prices.claude_model_id = parts.claude_model_id
            and date_day >= valid_from_date
            and (valid_to_date is null or date_day < valid_to_date)
"""
