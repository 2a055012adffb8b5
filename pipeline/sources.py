"""The sources that the command line can land, where each is found, and how fresh it must be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.errors import UsageError
from pipeline.settings import PREFIX, Settings

if TYPE_CHECKING:
    from dlt.extract import DltSource

    from ingestion.api.source import ApiSource
    from ingestion.raw_tables import LandingResult


@dataclass(frozen=True)
class Contract:
    """How fresh a source must be.

    Args:
        max_age: How old the end of its last day may be before `status` calls it stale.
        advice: What to do then.
        max_age_by_table: The same for each table; a source without it is seen as one, because its
            tables need not have rows every day.
        is_daily: Whether each day is seen or asked for, so that a day left out is a gap.
    """

    max_age: timedelta
    advice: str
    max_age_by_table: Mapping[str, timedelta] = field(default_factory=dict)
    is_daily: bool = True


Landing = Callable[[Sequence[Path], Settings, str | None], "LandingResult"]


@dataclass(frozen=True)
class FileSource:
    """A source that is read from files.

    Args:
        source_id: Its name on the command line and in `raw_ingestion.observed_days`.
        setting: The variable that names its paths.
        configured_paths: Where the settings say it is.
        contract: How fresh it must be.
        land: Lands paths, for a period if one is given.
        has_period: Whether the names of files need not tell the period they are about.
        names_people: Whether its rows name people, who get pseudonyms.
    """

    source_id: str
    setting: str
    configured_paths: Callable[[Settings], tuple[Path, ...]]
    contract: Contract
    land: Landing
    has_period: bool = False
    names_people: bool = True

    def is_configured(self, settings: Settings) -> bool:
        """Whether the settings name anything to land."""
        return bool(self.configured_paths(settings))


@dataclass(frozen=True)
class KeySource:
    """A source that is asked through an API, with a key.

    Args:
        source_id: Its name on the command line and in `raw_ingestion.observed_days`.
        setting: The variable that holds its key.
        key: The key that the settings hold.
        open: Opens the API.
        contract: How fresh it must be.
    """

    source_id: str
    setting: str
    key: Callable[[Settings], str | None]
    open: Callable[[Settings], "ApiSource"]
    contract: Contract

    def is_configured(self, settings: Settings) -> bool:
        """Whether the settings hold a key."""
        return self.key(settings) is not None


Source = FileSource | KeySource


def _otel_paths(settings: Settings) -> tuple[Path, ...]:
    spool = (settings.spool_dir,) if settings.spool_dir.is_dir() else ()
    return (*spool, *settings.otlp_paths)


def _make_otel(paths: Sequence[Path]) -> "DltSource":
    from ingestion.sources.claude_code_otel import claude_code_otel

    return claude_code_otel(paths)


def _by_dlt(source_id: str, make: "Callable[..., DltSource]") -> Landing:
    def land_source(
        paths: Sequence[Path], settings: Settings, period: str | None
    ) -> "LandingResult":
        from ingestion.landing import land

        return land(
            make(paths, period) if period else make(paths),
            source_id=source_id,
            database=settings.database,
            working_dir=settings.dlt_dir,
            now=settings.landing_moment,
        )

    return land_source


def _land_logs(paths: Sequence[Path], settings: Settings, _: str | None) -> "LandingResult":
    from ingestion.sources.claude_code_logs.reader import land

    return land(
        paths,
        database=settings.database,
        working_dir=settings.dlt_dir,
        now=settings.landing_moment,
    )


def _make_exports(paths: Sequence[Path], period: str | None = None) -> "DltSource":
    from ingestion.sources.anthropic_exports import anthropic_exports

    return anthropic_exports(paths, period=period)


def _make_people(paths: Sequence[Path]) -> "DltSource":
    from ingestion.sources.people import people

    return people(paths)


def _make_invoices(paths: Sequence[Path]) -> "DltSource":
    from ingestion.sources.invoices import invoices

    return invoices(paths)


def _open_console(settings: Settings) -> "ApiSource":
    from ingestion.sources.anthropic_console import open_console

    return open_console(
        api_url=settings.api_url,
        admin_key=settings.console_admin_key or "",
        requests_per_minute=settings.api_requests_per_minute,
    )


def _open_enterprise(settings: Settings) -> "ApiSource":
    from ingestion.sources.anthropic_enterprise import open_enterprise

    return open_enterprise(
        api_url=settings.api_url,
        analytics_key=settings.enterprise_key or "",
        admin_key=settings.enterprise_admin_key,
        requests_per_minute=settings.api_requests_per_minute,
    )


# A daily run finds yesterday whole in the morning; before the next run it is 30 hours old. The rest
# is room for a run that is late.
_CONSOLE_AGE: Final = timedelta(hours=48)
# Snapshots are taken at each run, so they are as old as the last run.
_SNAPSHOT_AGE: Final = timedelta(hours=48)
# A day is published one day after it ended, but documents and practice know three days: then it is
# landed at 78 hours and is 102 hours old before the next run.
_ENGAGEMENT_AGE: Final = timedelta(hours=120)
# Cost of a day is whole up to 24 hours after it ended; the day is landed on the second morning.
_ENTERPRISE_COST_AGE: Final = timedelta(hours=72)

_CLIENTS: Final = "see whether its clients still send"
_RUN: Final = "run `claude-analytics run` every day"
_HAND_IN: Final = "hand in a newer file"

_CONSOLE_TABLES: Final = ("claude_code_rows", "claude_code_models", "messages_usage", "cost_report")
_CONSOLE_SNAPSHOTS: Final = (
    "organizations", "users", "invites", "workspaces", "workspace_members", "api_keys",
)  # fmt: skip
_ENGAGEMENT_TABLES: Final = (
    "user_activity", "summaries", "chat_projects", "skills", "connectors", "plugins", "artifacts",
)  # fmt: skip
_ENTERPRISE_COST_TABLES: Final = (
    "usage_report", "cost_report", "user_usage_report", "user_cost_report",
)  # fmt: skip
_ENTERPRISE_SNAPSHOTS: Final = (
    "members", "invites", "rbac_groups", "rbac_group_members", "spend_limits",
)  # fmt: skip

SOURCES: Final[dict[str, Source]] = {
    source.source_id: source
    for source in (
        FileSource(
            source_id="claude_code_otel",
            setting=f"{PREFIX}OTLP_PATHS",
            configured_paths=_otel_paths,
            land=_by_dlt("claude_code_otel", _make_otel),
            # Pushed all day. A free weekend is normal: Friday is fresh until Tuesday noon.
            contract=Contract(timedelta(hours=84), _CLIENTS),
        ),
        FileSource(
            source_id="claude_code_logs",
            setting=f"{PREFIX}LOG_PATHS",
            configured_paths=lambda settings: settings.log_paths,
            land=_land_logs,
            names_people=False,
            # Handed over by people, weekly at the latest.
            contract=Contract(timedelta(days=8), _CLIENTS),
        ),
        KeySource(
            source_id="anthropic_console",
            setting=f"{PREFIX}CONSOLE_ADMIN_KEY",
            key=lambda settings: settings.console_admin_key,
            open=_open_console,
            contract=Contract(
                _CONSOLE_AGE,
                _RUN,
                {
                    **dict.fromkeys(_CONSOLE_TABLES, _CONSOLE_AGE),
                    **dict.fromkeys(_CONSOLE_SNAPSHOTS, _SNAPSHOT_AGE),
                },
            ),
        ),
        KeySource(
            source_id="anthropic_enterprise",
            setting=f"{PREFIX}ENTERPRISE_KEY",
            key=lambda settings: settings.enterprise_key,
            open=_open_enterprise,
            contract=Contract(
                _ENGAGEMENT_AGE,
                _RUN,
                {
                    **dict.fromkeys(_ENGAGEMENT_TABLES, _ENGAGEMENT_AGE),
                    **dict.fromkeys(_ENTERPRISE_COST_TABLES, _ENTERPRISE_COST_AGE),
                    **dict.fromkeys(_ENTERPRISE_SNAPSHOTS, _SNAPSHOT_AGE),
                },
            ),
        ),
        FileSource(
            source_id="anthropic_exports",
            setting=f"{PREFIX}EXPORT_PATHS",
            configured_paths=lambda settings: settings.export_paths,
            land=_by_dlt("anthropic_exports", _make_exports),
            # Rows stand on the first day of their period. A month is exported within a week of its
            # end, and is then the newest for another month.
            contract=Contract(timedelta(days=70), _HAND_IN, is_daily=False),
            has_period=True,
        ),
        FileSource(
            source_id="people",
            setting=f"{PREFIX}PEOPLE_PATHS",
            configured_paths=lambda settings: settings.people_paths,
            land=_by_dlt("people", _make_people),
            # A roster a month, and some days to write it.
            contract=Contract(timedelta(days=35), _HAND_IN, is_daily=False),
        ),
        FileSource(
            source_id="invoices",
            setting=f"{PREFIX}INVOICE_PATHS",
            configured_paths=lambda settings: settings.invoice_paths,
            land=_by_dlt("invoices", _make_invoices),
            # Lines stand on the first day of their period; a month is billed within ten days of its
            # end, and is then the newest for another month.
            contract=Contract(timedelta(days=75), _HAND_IN, is_daily=False),
        ),
    )
}


def find_source(source_id: str) -> Source:
    """Return a source by name.

    Raises:
        UsageError: There is none; the message lists those that exist.
    """
    if source_id not in SOURCES:
        raise UsageError(f"unknown source {source_id!r}; known sources: {', '.join(SOURCES)}")
    return SOURCES[source_id]
