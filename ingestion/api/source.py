"""What a source says about its API: endpoints, windows, tables. Data, no behaviour."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Protocol

from .client import ApiClient, Params
from .clock import Clock
from .errors import ApiError
from .pages import PageStyle
from .rows import TableSpec


class Layout(Enum):
    """Where an answer says which day a record is about."""

    RECORDS = "records"
    """Nowhere: the day that was asked for, or of a snapshot the day it was taken."""
    BUCKETS = "buckets"
    """Records stand in the `results` of a bucket; a day without a bucket is not published."""
    DAYS = "days"
    """There is one record per day; a day without a record is not published."""
    DATED = "dated"
    """Each record has a `starting_at`; a day without records is empty."""


class Sink(Protocol):
    """Takes the rows of a record."""

    def add(self, table: str, record: Mapping[str, Any], **values: object) -> str:
        """Add a row: the record flattened, and values for columns that it does not have.

        Returns:
            The key of the row.
        """


RowFunction = Callable[[Mapping[str, Any], Sink], None]


def records(payload: Mapping[str, Any]) -> Sequence[Any]:
    """The list in an answer's envelope."""
    found = payload.get("data")
    if not isinstance(found, list):
        raise ApiError("the answer has no list of data")
    return found


@dataclass(frozen=True)
class Query:
    """One question with all its pages.

    Attributes:
        path: Path of the endpoint; `{id}` stands for the id of each parent.
        params: Parameters for the first and last day that are wanted.
        style: How it is paged.
        layout: Where records say which day they are about.
        rows: Adds the rows of a record; without it a record is a row of the first table.
        items: Takes the records, or buckets, from an answer.
        values: Columns that are the same in all rows of this query, such as `cut`.
        beta: Value of the `anthropic-beta` header, where one is needed.
    """

    path: str
    params: Callable[[date, date], Params]
    style: PageStyle
    layout: Layout = Layout.RECORDS
    rows: RowFunction | None = None
    items: Callable[[Mapping[str, Any]], Sequence[Any]] = records
    values: Mapping[str, str] = field(default_factory=dict)
    beta: str | None = None


@dataclass(frozen=True)
class Days:
    """Which days an endpoint is asked for.

    Attributes:
        newest: Tells the newest complete day, from the client and the time of the API's clock.
        reread_days: Newest days that are asked for again, because they may change.
        per_query: Days that one query may span.
        month_reread_day: Day of the following month from which on a month is read once more.
        earliest_day: There is nothing before it.
        history_days: How far back from today the API answers.
    """

    newest: Callable[[ApiClient, datetime], date]
    reread_days: int
    per_query: int = 1
    month_reread_day: int | None = None
    earliest_day: date | None = None
    history_days: int | None = None


@dataclass(frozen=True)
class Endpoint:
    """Tables that are filled together: for a window all of them change, or none.

    Attributes:
        tables: Names of the raw tables; the first one names the endpoint in messages.
        queries: What is asked for each window.
        client: Name of the client in the source.
        days: Which days are asked for; None for a snapshot of the present state.
        parent: A snapshot table; the queries are asked once for each `id` in it.
    """

    tables: tuple[str, ...]
    queries: tuple[Query, ...]
    client: str
    days: Days | None = None
    parent: str | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.tables[0]


@dataclass(frozen=True)
class ApiSource:
    """A system that is read through its API.

    Attributes:
        source_id: Name of its package in `ingestion.sources`.
        endpoints: What is asked; a parent comes before its children.
        tables: How records become rows, by raw table.
        clients: One client per key and limit.
        batch_days: Days that are read before the next look at whether to land.
        clock: What to wait by.
    """

    source_id: str
    endpoints: tuple[Endpoint, ...]
    tables: Mapping[str, TableSpec]
    clients: Mapping[str, ApiClient]
    batch_days: int
    clock: Clock

    @property
    def server_now(self) -> datetime:
        """The latest time that the API told, else the time of this machine."""
        told = [client.server_now for client in self.clients.values() if client.server_now]
        return max(told) if told else self.clock.now()

    def close(self) -> None:
        """Close all connections."""
        for client in self.clients.values():
            client.close()


def complete_after(lag: timedelta) -> Callable[[ApiClient, datetime], date]:
    """The newest day that ended at least so long ago."""

    def newest(_client: ApiClient, server_now: datetime) -> date:
        return (server_now - lag).date() - timedelta(days=1)

    return newest
