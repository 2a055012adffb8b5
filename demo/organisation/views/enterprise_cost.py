# ruff: noqa: S608  # queries are put together from constants of this room alone
"""What the Enterprise usage and cost reports say: tokens and cents, listed and paid."""

from typing import Final

from .console_reports import BUCKET
from .costs import ALL_UNITS, KINDS, SEARCH_COST, kind_units, restated_tokens
from .versions import in_spans, joined_spans, versioned

# What the contract of the organisation leaves of the list price.
PAID_SHARE: Final = "0.8"
# The vendor tells the largest groups of a day, and nothing of the rest.
_TOP_GROUPS: Final = 100
# Part of the days on which somebody's use of a surface is told of another product.
_ODD_SHARE: Final = 0.07
# Part of what people do in Cowork that ran by schedule.
_SCHEDULED_SHARE: Final = 0.05

TABLES: Final = {
    # A product that no document names, one that the next edition renames, and none at all.
    "odd_products": f"""
        select
            date_day, surface,
            min_by(person_id, (draw('odd', person_id, date_day), person_id)) as person_id,
            case surface when 'chat' then 'claude-in-slack' when 'chrome' then 'other' end
                as product
        from tokens_daily
        where
            route = 'enterprise' and surface in ('chat', 'chrome', 'design')
            and person_id is not null
        group by date_day, surface
        qualify
            row_number() over (
                partition by surface order by draw('odd', surface, date_day), date_day
            ) = 1
            or draw('odd', surface, date_day) < {_ODD_SHARE}
    """,
    # Automation is told of the organisation and of no user.
    "scheduled_days": f"""
        select date_day, person_id
        from (
            select distinct date_day, person_id
            from tokens_daily where route = 'enterprise' and surface = 'cowork'
        )
        qualify
            row_number() over (
                order by draw('scheduled', person_id, date_day), date_day, person_id
            ) = 1
            or draw('scheduled', person_id, date_day) < {_SCHEDULED_SHARE}
    """,
    # The last day of a leaver is exported when the account is gone.
    "deleted_days": """
        select tokens_daily.person_id, max(tokens_daily.date_day) as date_day
        from tokens_daily
        join enterprise_accounts using (person_id)
        where route = 'enterprise' and removed_date is not null
        group by all
        having max(tokens_daily.date_day) >= any_value(removed_date) - 14
    """,
}

CHUNK: Final = {
    "paid_days": f"""
        with told as (
            select
                token_days.date_day, token_days.person_id, claude_model_id, service_tier,
                case
                    when odd_products.person_id is not null then odd_products.product
                    when token_days.surface = 'office' then 'office_agent'
                    when token_days.surface = 'chrome' then 'claude_in_chrome'
                    when token_days.surface = 'design' then 'claude_design'
                    else token_days.surface
                end as product,
                token_days.person_id is not null and scheduled_days.person_id is null
                    as is_of_user,
                {", ".join(f"{kind}_tokens" for kind, _, _ in KINDS)}, web_search_count,
                request_count
            from token_days
            left join scheduled_days
                on
                    token_days.surface = 'cowork'
                    and scheduled_days.date_day = token_days.date_day
                    and scheduled_days.person_id = token_days.person_id
            left join odd_products
                on
                    odd_products.date_day = token_days.date_day
                    and odd_products.surface = token_days.surface
                    and odd_products.person_id = token_days.person_id
            where route = 'enterprise'
        )
        select
            date_day, person_id, claude_model_id, service_tier, product, is_of_user,
            {", ".join(f"sum({kind}_tokens)::bigint as {kind}_tokens" for kind, _, _ in KINDS)},
            sum(web_search_count)::bigint as web_search_count,
            sum(request_count)::bigint as request_count
        from told
        group by all
    """,
    "paid_rows": f"""
        with told as ({versioned("paid_days", "enterprise_reports", "hash(person_id, product)")})
        select
            told.* replace (
                {restated_tokens()}, restated(request_count, permille) as request_count
            ),
            price_days.* exclude (date_day, claude_model_id)
        from told
        left join price_days using (date_day, claude_model_id)
    """,
    # Who it was, with the address of that day; who has left by then has none.
    "paid_users": """
        select
            paid_rows.*, 'user_actor' as actor__type, user_id as actor__user_id,
            case
                when deleted_days.person_id is null
                    then email_then(paid_rows.date_day, email, former_email, email_changed_date)
            end as actor__email,
            case when deleted_days.person_id is null then name else 'Deleted User' end
                as actor__name,
            deleted_days.person_id is not null as actor__deleted
        from paid_rows
        join people using (person_id)
        join enterprise_accounts using (person_id)
        left join deleted_days
            on
                deleted_days.person_id = paid_rows.person_id
                and deleted_days.date_day = paid_rows.date_day
        where is_of_user
    """,
}

_NO_DIMENSIONS: Final = ", ".join(
    f"null::varchar as {name}"
    for name in ("rbac_group_id", "slack_channel_id", "claude_tag_category", "claude_tag_user_id")
)


def _dimensions(*names: str) -> str:
    """SQL of the dimensions; those that were not asked for are null."""
    told = {
        "product": "product",
        "model": "claude_model_id",
        "context_window": "'0-200k'",
        "inference_geo": "inference_geo",
        "speed": "'standard'",
    }
    chosen = ", ".join(
        f"{value if name in names else 'null::varchar'} as {name}" for name, value in told.items()
    )
    return f"{chosen}, {_NO_DIMENSIONS}"


def _tokens(aggregate: str = "") -> str:
    """SQL of tokens under the names of the reports."""
    names = {
        "input_tokens": "uncached_input_tokens",
        "cache_write_5m_tokens": "cache_creation__ephemeral_5m_input_tokens",
        "cache_write_1h_tokens": "cache_creation__ephemeral_1h_input_tokens",
        "cache_read_tokens": "cache_read_input_tokens",
        "output_tokens": "output_tokens",
        "web_search_count": "server_tool_use__web_search_requests",
        "request_count": "requests",
    }
    return ", ".join(f"{aggregate}({column})::bigint as {name}" for column, name in names.items())


def _cents(units: str) -> str:
    return f"""
        cents_6({units} * {PAID_SHARE}) as amount, cents_6({units}) as list_amount,
        'USD' as currency
    """


_ACTOR: Final = "actor__type, actor__user_id, actor__email, actor__name, actor__deleted"
_NO_KINDS: Final = "null::varchar as cost_type, null::varchar as token_type"
_IN_SPANS: Final = in_spans("paid_rows", "enterprise_reports")
_KIND_STRUCTS: Final = ", ".join(
    f"{{'cost_type': 'tokens', 'token_type': '{token_type}', 'units': {kind}_cost}}"
    for kind, token_type, _ in KINDS
)
_EVERYTHING: Final = ("product", "model", "context_window", "inference_geo", "speed")

DAILY: Final = {
    "usage_report": joined_spans(
        " union all ".join(
            f"""
            select {BUCKET}, '{cut}' as cut, {dimensions}, {_tokens("sum")},
                visible_from, visible_to
            from {_IN_SPANS}
            group by all
            """
            for cut, dimensions in (
                ("total", _dimensions()),
                ("grouped", _dimensions(*_EVERYTHING)),
            )
        )
    ),
    "cost_report": joined_spans(f"""
        with by_model as (
            select
                date_day, product, claude_model_id, visible_from, visible_to,
                {", ".join(f"sum({kind_units(k)})::bigint as {k}_cost" for k, _, _ in KINDS)},
                sum({SEARCH_COST})::bigint as search_cost
            from {_IN_SPANS}
            group by all
        ),
        by_kind as (
            select * exclude (kind), kind.cost_type, kind.token_type, kind.units
            from (
                select *, unnest([{_KIND_STRUCTS}, {{
                    'cost_type': 'web_search', 'token_type': null, 'units': search_cost
                }}]) as kind
                from by_model
            )
            where kind.units > 0
            qualify
                row_number() over (
                    partition by date_day, visible_from
                    order by kind.units desc, product, claude_model_id, kind
                ) <= {_TOP_GROUPS}
        )
        select {BUCKET}, 'total' as cut, {_dimensions()}, {_NO_KINDS},
            {_cents(f"sum({ALL_UNITS})::bigint")}, sum(request_count)::bigint as requests,
            visible_from, visible_to
        from {_IN_SPANS}
        group by all
        union all
        select {BUCKET}, 'grouped', {_dimensions("product", "model")}, cost_type, token_type,
            {_cents("units")}, null, visible_from, visible_to
        from by_kind
    """),
    "user_usage_report": f"""
        select
            {BUCKET}, {_ACTOR}, {_dimensions("product", "model")}, {_tokens()},
            {" + ".join(f"{kind}_tokens" for kind, _, _ in KINDS)} as total_tokens,
            visible_from, visible_to
        from paid_users
    """,
    "user_cost_report": f"""
        select
            {BUCKET}, {_ACTOR}, {_dimensions("product", "model")}, {_NO_KINDS},
            {_cents(ALL_UNITS)}, request_count as requests, visible_from, visible_to
        from paid_users
    """,
}
