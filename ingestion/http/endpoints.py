"""What a source says about its API: endpoints, windows, tables. Data, no behaviour."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from .dialect import Following, Params, single
from .limits import Clock
from .records import TableSpec

if TYPE_CHECKING:
    from .client import ApiClient


@dataclass(frozen=True)
class Layout:
    """Where an answer says which day a record is about.

    Attributes:
        dated: Takes day and records from an item of the answer; None where items are records that
            tell no day: they are about the one that was asked for, or of a snapshot the day it was
            taken.
        has_each_day: Whether a day that no item names is not published, rather than empty.
    """

    dated: Callable[[Mapping[str, Any]], tuple[date, Sequence[Any]]] | None = None
    has_each_day: bool = False


RECORDS: Final = Layout()


class Sink(Protocol):
    """Takes the rows of a record."""

    def add(self, table: str, record: Mapping[str, Any], **values: object) -> str:
        """Add a row: the record flattened, and values for columns that it does not have.

        Returns:
            The key of the row.
        """


RowFunction = Callable[[Mapping[str, Any], Sink], None]


@dataclass(frozen=True)
class Query:
    """One question with all its pages.

    Attributes:
        path: Path of the endpoint; `{id}` stands for the id of each parent.
        params: Parameters for the first and last day that are wanted.
        following: How it goes on after a page.
        layout: Where records say which day they are about.
        rows: Adds the rows of a record; without it a record is a row of the first table.
        items: Takes the items from the JSON of an answer; None leaves it to the dialect.
        values: Columns that are the same in all rows of this query, such as `cut`.
        headers: What this endpoint needs beside the key.
        body: What is posted for the first and last day; None for a GET.
    """

    path: str
    params: Callable[[date, date], Params]
    following: Following = single
    layout: Layout = RECORDS
    rows: RowFunction | None = None
    items: Callable[[Any], Sequence[Any]] | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[date, date], Mapping[str, Any]] | None = None


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

    newest: "Callable[[ApiClient, datetime], date]"
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
class Unit:
    """A window of an endpoint: what is read and landed together.

    Attributes:
        endpoint: What is asked.
        window: First and last day; None for a snapshot.
        parents: Ids to ask for, one after another, if the endpoint has a parent.
    """

    endpoint: Endpoint
    window: tuple[date, date] | None = None
    parents: tuple[str, ...] | None = None

    def __str__(self) -> str:
        """Name the window in messages."""
        if self.window is None:
            return self.endpoint.name
        first, last = self.window
        return f"{self.endpoint.name} {first}" + (f" to {last}" if last != first else "")


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
    clients: "Mapping[str, ApiClient]"
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


def complete_after(lag: timedelta) -> "Callable[[ApiClient, datetime], date]":
    """The newest day that ended at least so long ago."""

    def newest(_client: "ApiClient", server_now: datetime) -> date:
        return (server_now - lag).date() - timedelta(days=1)

    return newest
