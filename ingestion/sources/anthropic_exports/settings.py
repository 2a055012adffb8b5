"""Constants of the exports: what the files look like, tables, key measures."""

from typing import Final

import pyarrow as pa

from ingestion.files import values
from ingestion.files.contracts import COUNT, DAY, Column, FileContract, NameTells, file_tables
from ingestion.pulls import PULLS, PULLS_SCHEMA

__all__ = ["CONTRACTS", "DATASET", "MEASURES", "PULLS", "RAW_TABLES"]

DATASET: Final = "raw_anthropic_exports"

_PERIOD: Final = ("feed_name", "period_start_date", "period_end_date")

# Two headers are known: nine columns in mid 2026, eight more since the autumn.
SPEND_REPORT: Final = FileContract(
    table="spend_report",
    columns=(
        Column("user_email", is_required=True),
        Column("account_uuid"),
        # A row without a product would be a total of others.
        Column("product", is_required=True, has_value=True),
        Column("model", is_required=True),
        Column("model_family"),
        Column("total_requests", COUNT, is_required=True),
        Column("total_prompt_tokens", COUNT),
        Column("total_completion_tokens", COUNT),
        Column("total_net_spend_usd", read=values.read_decimal, is_required=True, has_value=True),
        Column("total_gross_spend_usd", read=values.read_decimal, is_required=True, has_value=True),
        Column("user_id"),
        Column("total_uncached_input_tokens", COUNT),
        Column("total_cache_read_tokens", COUNT),
        Column("total_cache_write_5m_tokens", COUNT),
        Column("total_cache_write_1h_tokens", COUNT),
        Column("total_web_search_count", COUNT),
        Column("slack_channel_id"),
        Column("teams_channel_id"),
    ),
    part=_PERIOD,
    keys=(
        *("user_email", "account_uuid", "user_id", "product", "model", "model_family"),
        *("slack_channel_id", "teams_channel_id"),
    ),
    day="period_start_date",
    name_tells=NameTells.PERIOD,
    marks=frozenset({"total_net_spend_usd", "total_gross_spend_usd", "total_requests"}),
)

# The vendor does not document these names; `columns.toml` gives others.
CONTRIBUTIONS: Final = FileContract(
    table="contributions",
    columns=(
        Column("user_email", is_required=True, has_value=True, aliases=("email", "user")),
        Column("pull_requests_with_claude_code", COUNT, is_required=True),
        Column("pull_requests_total", COUNT),
        Column("lines_with_claude_code", COUNT),
        Column("lines_total", COUNT),
    ),
    part=_PERIOD,
    keys=("user_email",),
    day="period_start_date",
    name_tells=NameTells.PERIOD,
    marks=frozenset({"pull_requests_with_claude_code", "lines_with_claude_code"}),
    ignored=frozenset({"name"}),
)

# Nor these.
MEMBERS: Final = FileContract(
    table="members",
    columns=(
        Column(
            "user_email",
            read=values.read_email,
            is_required=True,
            has_value=True,
            aliases=("email", "email_address"),
        ),
        Column("role"),
        Column("seat_tier", aliases=("seat_type",)),
        Column("status"),
        Column("added_date", DAY, aliases=("added_at", "joined_date")),
    ),
    part=("feed_name", "date_day"),
    keys=("user_email",),
    day="date_day",
    name_tells=NameTells.DAY,
    marks=frozenset({"role", "seat_tier"}),
    # Names of people are not needed to tell them apart, so they do not land.
    ignored=frozenset({"name", "full_name", "first_name", "last_name"}),
)

CONTRACTS: Final = (SPEND_REPORT, CONTRIBUTIONS, MEMBERS)

RAW_TABLES: Final[dict[str, pa.Schema]] = {**file_tables(CONTRACTS), PULLS: PULLS_SCHEMA}

# Summed per day into raw_ingestion.observed_days.
MEASURES: Final[dict[str, tuple[str, ...]]] = {
    "spend_report": ("total_requests", "total_net_spend_usd", "total_gross_spend_usd"),
    "contributions": ("pull_requests_with_claude_code",),
    "members": (),
}
