"""The vendor's APIs in this process, over a simulated organisation, all on one clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import httpx
from starlette.applications import Starlette

from demo.api.app import create_app
from demo.api.clock import MovableClock
from demo.api.faults import Faults
from demo.api.in_process import InProcessTransport
from demo.api.keys import CONSOLE_ADMIN_KEY, ENTERPRISE_ADMIN_KEY, ENTERPRISE_ANALYTICS_KEY
from demo.api.limits import Limits
from demo.api.served import served_rows
from ingestion.http.endpoints import ApiSource
from ingestion.http.run import ApiLanding, land_api
from ingestion.sources import declaration
from ingestion.sources.anthropic_console.reader import open_console
from ingestion.sources.anthropic_enterprise.reader import open_enterprise

API_SOURCES = ("anthropic_console", "anthropic_enterprise")
API_URL = "http://vendor.test"
_BOOKKEEPING = {
    "row_key",
    "parent_row_key",
    "pulled_at",
    "data_refreshed_at",
    "group_by_json",
    "is_withdrawn",
}
_MONEY = {"estimated_cost__amount"}


@dataclass
class Vendor:
    """The stand-in without a network.

    Args:
        data_dir: What the organisation was generated into.
        now: The first moment of its clock.
        granted: Requests per minute in place of the documented limits.
    """

    data_dir: Path
    now: datetime
    granted: int | None = None

    def __post_init__(self) -> None:
        """Start the stand-in."""
        self.clock = MovableClock(self.now)
        self.faults = Faults()
        self.limits = Limits(self.clock, requests_per_minute=self.granted, strict=True)
        self.app: Starlette = create_app(
            self.data_dir, clock=self.clock, faults=self.faults, limits=self.limits
        )

    @property
    def transport(self) -> httpx.BaseTransport:
        """A new way to it; a source closes the one that it was given."""
        return InProcessTransport(self.app)

    def open(self, source_id: str) -> ApiSource:
        """Open a source that asks this stand-in and waits by its clock."""
        if source_id == "anthropic_console":
            return open_console(
                api_url=API_URL,
                admin_key=CONSOLE_ADMIN_KEY,
                requests_per_minute=self.granted,
                clock=self.clock,
                transport=self.transport,
            )
        return open_enterprise(
            api_url=API_URL,
            analytics_key=ENTERPRISE_ANALYTICS_KEY,
            admin_key=ENTERPRISE_ADMIN_KEY,
            requests_per_minute=self.granted,
            clock=self.clock,
            transport=self.transport,
        )

    def land(
        self,
        home: Path,
        *,
        sources: Sequence[str] = API_SOURCES,
        since: date | None = None,
    ) -> dict[str, ApiLanding]:
        """Run each source once, as of the stand-in's clock."""
        return {
            source_id: land_api(
                self.open(source_id),
                database=home / "warehouse.duckdb",
                working_dir=home / "dlt",
                since=since,
                now=self.clock.now(),
            )
            for source_id in sources
        }


def evening(day: date) -> datetime:
    """When the daily run of the day after begins: everything of that day is over."""
    return datetime.combine(day, datetime.min.time()) + timedelta(days=1, hours=11)


def landed(connection: duckdb.DuckDBPyConnection, source_id: str, table: str) -> str:
    """SQL of what landed, without bookkeeping; of snapshots the newest one."""
    columns = _columns(source_id, table)
    chosen = ", ".join(_comparable(name) for name in columns)
    relation = f"raw_{source_id}.{table}"
    if table == "claude_code_models":
        own = [name for name in columns if name not in _columns(source_id, "claude_code_rows")]
        dims = [name for name in columns if name not in own]
        chosen = ", ".join(
            [*(f"parents.{name}" for name in dims if name != "date_day"), "children.date_day"]
            + [_comparable(name, "children.") for name in own if name != "date_day"]
        )
        relation = (
            f"raw_{source_id}.claude_code_models as children "
            f"inner join raw_{source_id}.claude_code_rows as parents "
            "on children.parent_row_key = parents.row_key"
        )
    newest = ""
    if is_snapshot(source_id, table):
        newest = f" where date_day = (select max(date_day) from raw_{source_id}.{table})"
    return f"select {chosen} from {relation}{newest}"


def _columns(source_id: str, table: str) -> list[str]:
    names = declaration(source_id).schemas[table].names
    skipped = _BOOKKEEPING | ({"date_day"} if is_snapshot(source_id, table) else set())
    return [name for name in names if name not in skipped]


def _comparable(name: str, prefix: str = "") -> str:
    if name in _MONEY:
        return f"cast({prefix}{name} as decimal(28, 10)) as {name}"
    return f"{prefix}{name}"


def is_snapshot(source_id: str, table: str) -> bool:
    """Whether a table holds the present state of objects, taken once a run."""
    return "row_key" in declaration(source_id).schemas[table].names and table in _SNAPSHOTS


_SNAPSHOTS = {
    "organizations",
    "users",
    "invites",
    "workspaces",
    "workspace_members",
    "api_keys",
    "members",
    "rbac_groups",
    "rbac_group_members",
    "spend_limits",
}


def differences(vendor: Vendor, home: Path) -> dict[str, tuple[int, int]]:
    """Rows per table that landed and are not served, and that are served and did not land.

    Tables without a difference are left out; a table that is served empty counts as one row that
    is missing, so that no comparison is won by two empty tables.
    """
    found: dict[str, tuple[int, int]] = {}
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        for source_id in API_SOURCES:
            for table in declaration(source_id).schemas:
                if table == "pulls":
                    continue
                served = served_rows(vendor.data_dir, f"{source_id}.{table}", vendor.clock.now())
                if served.num_rows == 0:
                    found[f"{source_id}.{table}"] = (0, 1)
                    continue
                connection.register("served", served)
                ours = connection.sql(landed(connection, source_id, table))
                theirs = ", ".join(
                    f"cast({_comparable_served(name)} as {kind}) as {name}"
                    if name in served.column_names
                    else f"cast(null as {kind}) as {name}"
                    for name, kind in zip(ours.columns, ours.types, strict=True)
                )
                ours_sql = landed(connection, source_id, table)
                extra, missing = (
                    _count(connection, f"({left}) except all ({right})")
                    for left, right in (
                        (ours_sql, f"select {theirs} from served"),
                        (f"select {theirs} from served", ours_sql),
                    )
                )
                connection.unregister("served")
                if extra or missing:
                    found[f"{source_id}.{table}"] = (extra, missing)
    return found


def _comparable_served(name: str) -> str:
    return f"cast({name} as decimal(28, 10))" if name in _MONEY else name


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(f"select count(*) from ({query})").fetchone()
    assert row
    return int(row[0])
