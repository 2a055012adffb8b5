"""The exports of claude.ai: what the files look like, who is named, how fresh they are."""

from datetime import timedelta
from typing import Final

from ingestion.declared import ADVICE_FILE, Declaration, Freshness, Person, Table, Timing
from ingestion.files import values
from ingestion.files.contracts import COUNT, DAY, Column, FileContract, NameTells
from ingestion.files.declaring import NOTES, csv_files

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

_EMAIL: Final = Person({"email": "user_email"})

SOURCE: Final = Declaration(
    source_id="anthropic_exports",
    description="CSV files that people exported from claude.ai; the period is that of the file.",
    kind="file export",
    prefix="exports",
    access=csv_files("anthropic_exports", "EXPORT_PATHS", SPEND_REPORT, CONTRIBUTIONS, MEMBERS),
    # Rows stand on the first day of their period. A month is exported within a week of its end, and
    # is then the newest for another month.
    freshness=Freshness(timedelta(days=70), ADVICE_FILE, is_daily=False),
    tables=(
        Table(
            "spend_report",
            SPEND_REPORT,
            grain="feed, period, user, product and model, summed over the period; in newer files "
            "also per channel",
            title="Spend report export",
            about="One row per person product and model of the exported period",
            timing=Timing(
                24,
                90,
                "Updated daily with one day's delay; an export may reach 90 days back so a period "
                "may be exported again for as long",
            ),
            measures=("total_requests", "total_net_spend_usd", "total_gross_spend_usd"),
            persons=(
                Person(
                    {
                        "account_id": "user_id",
                        "account_uuid": "account_uuid",
                        "email": "user_email",
                    }
                ),
            ),
        ),
        Table(
            "contributions",
            CONTRIBUTIONS,
            grain="feed, period and user",
            title="Contribution export",
            about="One row per person with pull requests and lines of the exported period",
            timing=Timing(
                72,
                30,
                "A pull request is credited with sessions of 21 days before to 2 days after its "
                "merge; 30 days is our choice with some slack",
            ),
            measures=("pull_requests_with_claude_code",),
            persons=(_EMAIL,),
        ),
        Table(
            "members",
            MEMBERS,
            grain="feed, day of the export and member",
            title="Member export",
            about="One row per member on the day of the export",
            timing=Timing(
                24, 0, "A list as it stood when it was exported; another export is another day"
            ),
            persons=(_EMAIL,),
        ),
        *NOTES,
    ),
    brings="spend, contributions and members, for plans without an API",
    example="`ingest anthropic_exports --path spend.csv --period 2026-08`",
    variables={"EXPORT_PATHS": "CSV exports of claude.ai, files or directories"},
)
