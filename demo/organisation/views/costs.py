# ruff: noqa: S608  # queries are put together from constants of this room alone
"""List cost in whole numbers: in billionths of a cent, so that no sum of parts is off."""

from typing import Final

# Column, what reports call the kind, what a description calls it.
KINDS: Final = (
    ("input", "uncached_input_tokens", "Input Tokens"),
    ("output", "output_tokens", "Output Tokens"),
    ("cache_read", "cache_read_input_tokens", "Input Tokens, Cache Read"),
    (
        "cache_write_5m",
        "cache_creation.ephemeral_5m_input_tokens",
        "Input Tokens, Cache Write (5 minutes)",
    ),
    (
        "cache_write_1h",
        "cache_creation.ephemeral_1h_input_tokens",
        "Input Tokens, Cache Write (1 hour)",
    ),
)
_BILLIONTH: Final = "0.000000001::decimal(10, 9)"

MACROS: Final = (
    f"""
    create macro cents_5(units) as
        ((units::bigint * {_BILLIONTH})::decimal(18, 5))::varchar
    """,
    f"""
    create macro cents_6(units) as
        ((units::bigint * {_BILLIONTH})::decimal(18, 6))::varchar
    """,
    # As a number in JSON: no zeros at the end.
    f"""
    create macro cents_short(units) as
        rtrim(rtrim((units::bigint * {_BILLIONTH})::varchar, '0'), '.')
    """,
)

# What stands behind the family in the name of a model, without the day of its release.
_VERSION: Final = r"^claude-[a-z]+-(\d+(-\d{1,2})?)(-\d{8})?$"

# What a token costs on a day, in hundred millionths of a cent, and a search in billionths.
PRICE_DAYS: Final = f"""
    select
        date_day, claude_model_id,
        {", ".join(f"({kind}_price * 10000)::bigint as {kind}_units" for kind, _, _ in KINDS)},
        (search_price * 100000000000)::bigint as search_units,
        case
            when min(valid_from_date) over (partition by claude_model_id) < date '2026-02-01'
                then 'not_available'
            else 'global'
        end as inference_geo,
        coalesce(
            'Claude ' || upper(family_name[1]) || family_name[2:] || ' ' || version,
            claude_model_id
        ) as model_name
    from (
        select
            *, nullif(regexp_extract(claude_model_id, '^claude-([a-z]+)-', 1), '') as family_name,
            replace(regexp_extract(claude_model_id, '{_VERSION}', 1), '-', '.') as version
        from prices
    )
    join calendar
        on date_day >= valid_from_date and (valid_to_date is null or date_day < valid_to_date)
"""


def kind_units(kind: str) -> str:
    """SQL of what the tokens of a kind cost, in billionths of a cent."""
    return f"{kind}_tokens * {kind}_units * case service_tier when 'batch' then 5 else 10 end"


TOKEN_UNITS: Final = "(" + " + ".join(kind_units(kind) for kind, _, _ in KINDS) + ")"
SEARCH_COST: Final = "web_search_count * search_units"
ALL_UNITS: Final = f"({TOKEN_UNITS} + {SEARCH_COST})"


def restated_tokens(tokens: str = "") -> str:
    """SQL of the columns with tokens as they were told at a time; searches stay as they are.

    Args:
        tokens: Prefix of the columns, such as `token_days.`.
    """
    return ", ".join(
        f"restated({tokens}{kind}_tokens, permille) as {kind}_tokens" for kind, _, _ in KINDS
    )
