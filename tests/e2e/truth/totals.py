"""Sums over the whole company, written a second time and otherwise than in the other areas."""

from typing import Final

# What the vendor's own reports see of everybody; all other channels depend on telemetry.
_VENDOR: Final = "('enterprise', 'console')"
_TOKENS: Final = """
    sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
    sum(cache_read_tokens) as cache_read_tokens,
    sum(cache_write_5m_tokens) as cache_write_5m_tokens,
    sum(cache_write_1h_tokens) as cache_write_1h_tokens, sum(list_cost_usd) as list_cost_usd
"""
_LINES: Final = """
    sum(lines_added_count) as lines_added, sum(lines_removed_count) as lines_removed,
    sum(commit_count) as commits, sum(pull_request_count) as pull_requests
"""


def _unequal(left: str, right: str) -> str:
    """SQL of rows that only one of two relations has, with its side."""
    return f"""
        select 'truth' as side, * from (({left}) except all ({right}))
        union all
        select 'marts', * from (({right}) except all ({left}))
    """


_BILLED_TOKENS: Final = (
    f"select route, {_TOKENS} from truth.tokens_daily where route in {_VENDOR} group by route",
    f"select channel, {_TOKENS} from fct_token_cost_daily where channel in {_VENDOR}"
    " group by channel",
)
# A key that was used in the Workbench is no Claude Code any more, and a product may be told under
# another name: the sum over surfaces that are told as they are.
_BILLED_SURFACES: Final = (
    f"""
    select route, surface, {_TOKENS} from truth.tokens_daily
    where route = 'enterprise' and surface not in (
        select split_part(split_part(note, ' used ', 2), ',', 1) from truth.planted
        where kind = 'unknown_product'
    )
    group by route, surface
    """,
    f"""
    select channel, surface, {_TOKENS} from fct_token_cost_daily
    where channel = 'enterprise' and surface not in ('slack', 'other') and surface not in (
        select split_part(split_part(note, ' used ', 2), ',', 1) from truth.planted
        where kind = 'unknown_product'
    )
    group by channel, surface
    """,
)
# Claude Code of everybody whom a vendor's report tells of, or whose client told that day.
_CODE: Final = (
    f"""
    select {_LINES}, sum(session_count) as sessions
    from truth.usage_daily
    where surface = 'claude_code' and (
        route in {_VENDOR}
        or exists (
            select 1 from truth.requests
            where requests.seen_by_telemetry and requests.route = usage_daily.route
                and requests.person_id = usage_daily.person_id
                and requests.date_day = usage_daily.date_day
        )
    )
    """,
    f"""
    select {_LINES}, sum(session_count) as sessions
    from fct_usage_daily where surface = 'claude_code'
    """,
)
# Whoever did anything that a report counts as theirs, however often and wherever, is one
# person-day.
_PERSON_DAYS: Final = (
    f"""
    select distinct date_day, person_key from truth.usage_daily
    join truth.person_keys using (person_id)
    where route in {_VENDOR}
    """,
    """
    select distinct date_day, person_key from fct_usage_daily
    where person_key in (select person_key from truth.person_keys)
    """,
)
# People of the Workbench and those whom telemetry alone tells are in the marts besides.
_KNOWN_OTHERWISE: Final = """
    select distinct date_day, person_key from truth.requests
    join truth.person_keys using (person_id) where seen_by_telemetry
    union
    select date_day, person_key from truth.planted
    join truth.actors on starts_with(note, key_name || ' was not used')
    join truth.person_keys on owner_person_id = person_id
    where planted.kind = 'workbench'
"""

CHECKS: Final = {
    "list_cost_of_the_channels_that_the_vendor_reports": f"""
        select true_cost, found_cost from (
            select sum(list_cost_usd) as true_cost from truth.tokens_daily
            where route in {_VENDOR}
        ), (
            select sum(list_cost_usd) as found_cost from fct_token_cost_daily
            where channel in {_VENDOR}
        )
        where true_cost is distinct from found_cost
    """,
    "tokens_of_telemetry": """
        select true_tokens, found_tokens from (
            select sum(output_tokens + cache_read_tokens) as true_tokens from truth.requests
            where
                route in ('bedrock', 'team')
                and (seen_by_telemetry or (seen_by_logs and route = 'bedrock'))
        ), (
            select sum(output_tokens + cache_read_tokens) as found_tokens
            from fct_token_cost_daily where channel in ('bedrock', 'team')
        )
        where coalesce(true_tokens, 0) != coalesce(found_tokens, 0)
    """,
    "messages_by_month": """
        select month, true_messages, found_messages from (
            select date_trunc('month', date_day) as month, sum(message_count) as true_messages
            from truth.usage_daily
            where route = 'enterprise' and surface in ('chat', 'cowork', 'office', 'design')
            group by month
        ) full join (
            select date_trunc('month', date_day) as month, sum(message_count) as found_messages
            from fct_usage_daily group by month
        ) using (month)
        where true_messages is distinct from found_messages
    """,
    "lines_of_everybody_who_is_seen": """
        with seen as (
            select
                lines_added_count,
                route in ('enterprise', 'console') or exists (
                    from truth.requests
                    where
                        requests.date_day = usage_daily.date_day
                        and requests.person_id = usage_daily.person_id
                        and requests.route = usage_daily.route and seen_by_telemetry
                ) as is_seen
            from truth.usage_daily where surface = 'claude_code'
        )
        select true_lines, found_lines
        from (select sum(lines_added_count) as true_lines from seen where is_seen),
            (select sum(lines_added_count) as found_lines from fct_usage_daily)
        where true_lines is distinct from found_lines
    """,
    "people_who_chatted_on_each_day": """
        select date_day, true_people, found_people from (
            select date_day, count(distinct person_id) as true_people
            from truth.usage_daily where route = 'enterprise' and surface = 'chat' group by date_day
        ) full join (
            select date_day, count(distinct person_key) as found_people
            from fct_usage_daily where surface = 'chat' and is_active group by date_day
        ) using (date_day)
        where true_people is distinct from found_people
    """,
    "seats_of_the_last_day": """
        select system, true_seats, found_seats from (
            select system, count(*) as true_seats from truth.seats_daily
            where
                seat_status = 'assigned' and date_day = (select max(date_day) from truth.calendar)
            group by system
        ) full join (
            select seat_system as system, count(*) as found_seats from fct_seats_daily
            where
                seat_status = 'assigned' and date_day = (select max(date_day) from truth.calendar)
            group by system
        ) using (system)
        where true_seats is distinct from found_seats
    """,
    "tokens_and_cost_of_each_channel_that_the_vendor_reports": _unequal(*_BILLED_TOKENS),
    "tokens_and_cost_of_each_surface_that_is_told_by_its_name": _unequal(*_BILLED_SURFACES),
    "all_counters_of_claude_code": _unequal(*_CODE),
    "person_days_that_are_missing": f"({_PERSON_DAYS[0]}) except ({_PERSON_DAYS[1]})",
    "person_days_that_nobody_had": (
        f"({_PERSON_DAYS[1]}) except (({_PERSON_DAYS[0]}) union ({_KNOWN_OTHERWISE}))"
    ),
}
COUNTS: Final = {
    "messages": "select sum(message_count) from fct_usage_daily",
    "list_cost": "select sum(list_cost_usd) from fct_token_cost_daily",
    "bedrock": "select count(*) from fct_token_cost_daily where channel = 'bedrock'",
    "seats": "select count(*) from fct_seats_daily where seat_status = 'assigned'",
    "person_days": f"select count(*) from ({_PERSON_DAYS[0]})",
    "surfaces_told_by_their_name": f"select count(*) from ({_BILLED_SURFACES[0]})",
}
