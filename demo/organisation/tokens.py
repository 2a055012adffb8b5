# ruff: noqa: S608  # queries are put together from constants of this room alone
"""The requests and tokens that use took, by model, and each request that something has seen."""

from typing import Final

from .prices import UPTAKE_WEEKS, priced

# surface, requests per message or edit, tokens of a request: input, output, cache read, cache write
_PROFILES: Final = """
    ('chat', 1.0, 900, 700, 4000, 600), ('claude_code', 3.5, 350, 800, 50000, 3000),
    ('cowork', 3.0, 500, 800, 22000, 1200), ('office', 1.5, 1500, 500, 3000, 400),
    ('chrome', 2.0, 2500, 300, 9000, 700), ('design', 2.0, 1200, 1800, 6000, 500),
    ('api', 1.0, 1800, 420, 5200, 300)
"""
# The key that ran away: long answers, more of them than anybody meant, over 100,000 USD on the day
# on which it was stopped.
_RUNAWAY_REQUESTS: Final = 330_000
_RUNAWAY_FIRST_REQUESTS: Final = 40_000
_RUNAWAY_INPUT: Final = 20_000
_RUNAWAY_OUTPUT: Final = 18_000
# Part of Claude Code's requests that a small model does, and their size beside the others.
_SMALL_PART: Final = 5
_SMALL_SIZE: Final = 0.15
_FABLE_SHARE: Final = 0.03
_OPUS_SHARE: Final = 0.3

# Seats write caches for an hour, keys for five minutes.
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
                when is_runaway and date_day = getvariable('runaway_day')
                    then {_RUNAWAY_REQUESTS}
                when is_runaway then {_RUNAWAY_FIRST_REQUESTS}
                -- Each service is of another size, and all of them grow.
                when surface = 'api' then 20 + floor(
                    (1 + actor_id % 5) * 300 * draw('calls', who, date_day)
                    * (0.5 + (date_day - getvariable('start')) / getvariable('days')::double)
                )
                else greatest(1, round(units * requests_each))
            end::bigint as all_requests
        from work
        join profiles using (surface)
        left join actors using (actor_id)
    ),
    parts as (
        select
            *, false as is_small, 1.0 as scale,
            all_requests
            - case surface when 'claude_code' then all_requests // {_SMALL_PART} else 0 end
                as request_count
        from sized
        union all
        select *, true, {_SMALL_SIZE}, all_requests // {_SMALL_PART}
        from sized
        where surface = 'claude_code' and all_requests >= {_SMALL_PART}
    ),
    drawn as (
        select
            parts.*, draw('model' || surface || route, who, date_day) as choice,
            request_count * scale * case
                when is_runaway then 1
                else 0.6 + 0.8 * draw('size' || surface || route, who, date_day)
            end as amount,
            floor(draw('uptake', who, 0) * ({UPTAKE_WEEKS} + 1))::bigint as weeks
        from parts
    ),
    counted as (
        select
            date_day, person_id, actor_id, surface, route,
            case
                when is_small or is_batch then haiku_model
                when is_runaway then opus_model
                when choice < {_FABLE_SHARE} then coalesce(fable_model, opus_model)
                when choice < {_FABLE_SHARE} + {_OPUS_SHARE} then opus_model
                else sonnet_model
            end as claude_model_id,
            case when is_batch then 'batch' else 'standard' end as service_tier,
            floor(amount * case when is_runaway then {_RUNAWAY_INPUT} else input_each end)::bigint
                as input_tokens,
            floor(amount * case when is_runaway then {_RUNAWAY_OUTPUT} else output_each end)::bigint
                as output_tokens,
            floor(amount * read_each)::bigint as cache_read_tokens,
            case when route in ('enterprise', 'team') then 0 else floor(amount * write_each) end
                ::bigint as cache_write_5m_tokens,
            case when route in ('enterprise', 'team') then floor(amount * write_each) else 0 end
                ::bigint as cache_write_1h_tokens,
            case when is_small then 0 else searches end as web_search_count,
            request_count
        from drawn
        join model_days using (date_day, weeks)
    )
    {priced("counted", "list_cost_usd")}
"""


# Telemetry of one person's machine stops for these days before the end, and comes back.
TELEMETRY_GAP_DAYS: Final = (15, 11)
# Since when the services in Claude Code send theirs.
_ACTOR_TELEMETRY_DAYS: Final = 80
# Parts of a request in what its day took. A session's first request writes the cache, every later
# one reads more of it; questions and answers have any length.
_WEIGHTS: Final = {
    "input_tokens": "1 + hash(request_key, 'input') % 4",
    "output_tokens": "1 + hash(request_key, 'output') % 8",
    "cache_read_tokens": "least(2 * nth - 1, 15)",
    "cache_write_5m_tokens": "case when nth = 1 then 8 else 2 end",
    "cache_write_1h_tokens": "case when nth = 1 then 8 else 2 end",
    "web_search_count": "1",
}
_DAY_START_MS: Final = 8 * 3_600_000
_DAY_MS: Final = 9 * 3_600_000
_STEP_MS: Final = 50_000


def _part(column: str) -> str:
    """SQL of a request's part of a day's sum, in whole numbers that add up to it."""
    weight = f"{column}_weight"
    return f"""(
        {column} * sum({weight}) over upto // sum({weight}) over whole
        - {column} * (sum({weight}) over upto - {weight}) // sum({weight}) over whole
    )::bigint as {column}"""


# Only what telemetry or a session log could show; nobody sees the other people's single requests.
REQUESTS: Final = f"""
    with gap as (
        select max_by(person_id, propensity) as person_id
        from people
        join traits using (person_id)
        where has_telemetry and not has_local_logs and end_date is null
    ),
    seen as (
        select
            token_days.* exclude (list_cost_usd), session_count,
            coalesce(token_days.person_id, -token_days.actor_id) as who,
            case
                when token_days.person_id is null
                    then token_days.date_day > getvariable('until') - {_ACTOR_TELEMETRY_DAYS}
                else coalesce(has_telemetry and token_days.date_day >= telemetry_from_date, false)
            end as is_sending,
            token_days.person_id is not distinct from gap.person_id
            and token_days.date_day between getvariable('until') - {TELEMETRY_GAP_DAYS[0]}
                and getvariable('until') - {TELEMETRY_GAP_DAYS[1]} as is_in_gap,
            coalesce(has_local_logs, false) as seen_by_logs
        from token_days
        join usage_days
            on
                token_days.date_day = usage_days.date_day
                and token_days.surface = usage_days.surface
                and token_days.route = usage_days.route
                and token_days.person_id is not distinct from usage_days.person_id
                and token_days.actor_id is not distinct from usage_days.actor_id
        left join people on token_days.person_id = people.person_id
        cross join gap
        where token_days.surface = 'claude_code'
    ),
    placed as (
        select
            seen.*, number, number * session_count // request_count as session_number,
            md5(concat_ws(
                '|', getvariable('seed'), date_day, who, route, claude_model_id, number
            )) as request_key
        from seen
        cross join unnest(range(request_count)) _(number)
        where is_sending or seen_by_logs
    ),
    ordered as (
        select
            *,
            md5(concat_ws(
                '|', getvariable('seed'), date_day, who, route, 'session', session_number
            )) as session_key,
            row_number() over session as nth, count(*) over session as session_requests
        from placed
        window session as (
            partition by date_day, who, route, claude_model_id, session_number order by number
            range between unbounded preceding and unbounded following
        )
    ),
    weighed as (
        select
            *, {", ".join(f"{weight} as {name}_weight" for name, weight in _WEIGHTS.items())}
        from ordered
    ),
    split as (
        select
            request_key, session_key, date_day, person_id, actor_id, route, claude_model_id,
            service_tier, is_sending and not is_in_gap as seen_by_telemetry, seen_by_logs,
            -- Sessions begin one after another; the small model is asked between two requests.
            {_DAY_START_MS} + session_number * ({_DAY_MS} // session_count)
            + (hash(session_key) % 600000)::bigint
            + (nth - 1) * least({_STEP_MS}, {_DAY_MS} // session_count // session_requests)
            + case when claude_model_id like 'claude-haiku-%' then 7000 else 0 end as at_ms,
            {", ".join(_part(column) for column in _WEIGHTS)}
        from weighed
        window
            whole as (partition by date_day, who, route, claude_model_id),
            upto as (
                partition by date_day, who, route, claude_model_id order by number
                rows between unbounded preceding and current row
            )
    ),
    costed as ({priced("split", "cost_usd")})
    select
        'req_' || left(request_key, 24) as request_id,
        date_day + to_milliseconds(at_ms) as requested_at, date_day, person_id, actor_id,
        session_key::uuid::varchar as session_id, route, claude_model_id, input_tokens,
        output_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
        web_search_count, cost_usd, seen_by_telemetry, seen_by_logs
    from costed
"""
