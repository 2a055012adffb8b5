"""Sums over the whole company, written a second time and otherwise than in the other areas."""

from typing import Final

# What the vendor's own reports see of everybody; all other channels depend on telemetry.
_VENDOR: Final = "('enterprise', 'console')"

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
}
COUNTS: Final = {
    "messages": "select sum(message_count) from fct_usage_daily",
    "list_cost": "select sum(list_cost_usd) from fct_token_cost_daily",
    "bedrock": "select count(*) from fct_token_cost_daily where channel = 'bedrock'",
    "seats": "select count(*) from fct_seats_daily where seat_status = 'assigned'",
}
