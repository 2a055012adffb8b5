"""What the editions of the vendor's documentation name or hold differently."""

from collections.abc import Iterable
from typing import Final

from .calls import Edition
from .shapes import Record

# Columns that only edition D shows.
_SINCE_D_PREFIXES: Final = (
    "chat_cowork_unified_",
    "claude_tag_",
    "claude_code_metrics__core_metrics__artifacts_created_count",
    "cowork_metrics__artifacts_created_count",
)
_SINCE_C_PREFIXES: Final = (
    "office_metrics__word__",
    "office_metrics__outlook__",
    "chat_metrics__distinct_connectors_used_count",
    "daily_adoption_rate",
    "weekly_adoption_rate",
    "monthly_adoption_rate",
)
_SINCE_B_PREFIXES: Final = ("cowork_daily_", "cowork_weekly_", "cowork_monthly_")
_SLACK_PRODUCT: Final = {"claude-in-slack": "claude-tag"}
_TAG_DIMENSIONS: Final = ("claude_tag_category", "claude_tag_user_id")


def columns_of(columns: Iterable[str], edition: Edition) -> list[str]:
    """The columns that an edition knows; of API keys `api_key` tells."""
    hidden: tuple[str, ...] = ()
    if edition < Edition.D:
        hidden += _SINCE_D_PREFIXES
    if edition < Edition.C:
        hidden += _SINCE_C_PREFIXES
    if edition < Edition.B:
        hidden += _SINCE_B_PREFIXES
    return [name for name in columns if not name.startswith(hidden)] if hidden else list(columns)


def rename_cost_and_usage(record: Record, edition: Edition) -> Record:
    """Name a row of a cost or usage report as an edition does."""
    actor = record.get("actor")
    if actor is not None:
        known = [actor.pop(name) for name in ("email", "email_address") if name in actor]
        actor["email_address" if edition >= Edition.D else "email"] = next(
            (email for email in known if email is not None), None
        )
    if edition >= Edition.D:
        record["product"] = _SLACK_PRODUCT.get(record["product"], record["product"])
        for name in _TAG_DIMENSIONS:
            record.setdefault(name, None)
    return record


def summaries_document(records: list[Record], edition: Edition) -> Record:
    """Wrap the daily summaries as an edition does."""
    if edition < Edition.C:
        for record in records:
            record["starting_date"] = record.pop("starting_at")
            record["ending_date"] = record.pop("ending_at")
    if edition < Edition.D:
        return {"summaries": records}
    return {"data": records, "next_page": None, "summaries": records}


def api_key(record: Record, edition: Edition) -> Record:
    """Show the scope of an API key, which edition D names beside its workspace."""
    scope = record.pop("scope", None)
    if edition >= Edition.D:
        record["scope"] = scope or _scope(record["workspace_id"])
    return record


def _scope(workspace_id: str | None) -> Record:
    if workspace_id is None:
        return {"type": "organization"}
    return {"type": "workspace", "workspace_id": workspace_id}
