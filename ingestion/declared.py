"""What a source declares: all that the rest of the house knows of it, said once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from datetime import datetime

    import pyarrow as pa
    from dlt.extract import DltSource

    from ingestion.http.endpoints import ApiSource, Endpoint
    from ingestion.raw_tables import LandingResult


def names(text: str) -> tuple[str, ...]:
    """Names that a text holds, with space between them."""
    return tuple(text.split())


class Form(Protocol):
    """How rows of a table are made; whatever it is, it knows the columns."""

    @property
    def schema(self) -> "pa.Schema":
        """Columns of the raw table."""


FormT = TypeVar("FormT")


@dataclass(frozen=True)
class Columns:
    """Columns of a table whose rows are made elsewhere."""

    schema: "pa.Schema"


@dataclass(frozen=True)
class Types:
    """Columns of such a table by what Arrow calls their types, which is not imported to say so."""

    types: Mapping[str, str]

    @cached_property
    def schema(self) -> "pa.Schema":
        """Columns of the raw table."""
        import pyarrow as pa

        types: Any = self.types  # the stubs know literal names alone
        return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in types.items()])


@dataclass(frozen=True)
class Person:
    """Columns that name one person.

    Attributes:
        columns: Kind of identity and the column that carries it.
        lists: Kind of identity and the column that carries a JSON list of it.
        condition: SQL that holds where the columns name a person; else they always do.
    """

    columns: Mapping[str, str]
    lists: Mapping[str, str] = field(default_factory=dict)
    condition: str = "true"


@dataclass(frozen=True)
class Timing:
    """When facts of a table arrive and until when they change, as the marts take it.

    Attributes:
        lag_hours: Hours after which a fact normally has arrived.
        restatement_days: Days after which a day no longer changes.
        note: Why these are as long as they are.
    """

    lag_hours: int
    restatement_days: int
    note: str


SNAPSHOT: Final = Timing(
    0,
    0,
    "Read as it stands at each run and dated by the vendor's clock; a past day cannot be asked for "
    "and so never changes",
)


@dataclass(frozen=True)
class Table:
    """One raw table.

    Attributes:
        name: Its name.
        form: Its columns, and how rows come to have them; the first column is the key.
        grain: What one row is, after the words "one row per".
        title: Name to show.
        about: What the marts say that a row is.
        timing: When its facts arrive; None for a table of notes, whose days are not observed.
        mart_id: What marts call it as a source; the source's prefix and the name if left out.
        measures: Columns that are summed per day into `raw_ingestion.observed_days`.
        max_age: How old the end of its last day may be, where that differs from the source.
        persons: Who is named in it.
        values: Further columns that hold one identifier of a person.
        lists: Further columns that hold identifiers as strings of a JSON text.
        texts: Columns that may hold some within: JSON, names that people give, paths.
        owner: The column of an identifier that names whom a row is about.
        emptied: Columns that describe that person, and that no total needs.
        key_note: What the key is made of.
        is_gated: Whether the raw gate looks at it.
        endpoint: What an API is asked for it; tables that are filled together have one.
    """

    name: str
    form: Form
    grain: str
    title: str = ""
    about: str = ""
    timing: Timing | None = None
    mart_id: str = ""
    measures: tuple[str, ...] = ()
    max_age: timedelta | None = None
    persons: tuple[Person, ...] = ()
    values: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    owner: str = ""
    emptied: tuple[str, ...] = ()
    key_note: str = "Hash of the natural key and of an ordinal among equal rows, made by the loader"
    is_gated: bool = True
    endpoint: "Endpoint | None" = None

    @property
    def key(self) -> str:
        """Its key."""
        return self.form.schema.names[0]

    @cached_property
    def all_values(self) -> tuple[str, ...]:
        """All columns that hold one identifier."""
        named = [column for person in self.persons for column in person.columns.values()]
        return tuple(dict.fromkeys((*named, *self.values)))

    @cached_property
    def all_lists(self) -> tuple[str, ...]:
        """All columns that hold a list of identifiers."""
        named = [column for person in self.persons for column in person.lists.values()]
        return tuple(dict.fromkeys((*named, *self.lists)))

    @property
    def personal(self) -> tuple[str, ...]:
        """All columns that may carry an identifier."""
        return tuple(dict.fromkeys((*self.all_values, *self.all_lists, *self.texts)))


PULLS: Final = "pulls"
# The source of `raw_ingestion.observed_days`.
PULLS_TABLE: Final = Table(
    PULLS,
    Types(
        {
            "pull_key": "string",
            "table_name": "string",
            "date_day": "date32",
            "status": "string",
            "reason": "string",
            "pulled_at": "timestamp[us]",
            "data_refreshed_at": "timestamp[us]",
            "row_count": "int64",
            "request_json": "string",
            "unknown_fields": "string",
        }
    ),
    grain="table, day and asking: what the source said about the day",
    texts=("reason", "request_json"),
    key_note="Hash of table, day and time of asking, made by the loader",
)


@dataclass(frozen=True)
class Freshness:
    """How fresh a source must be.

    Attributes:
        max_age: How old the end of its last day may be before it counts as stale.
        advice: What to do then.
        is_daily: Whether each day is seen or asked for, so that a day left out is a gap.
        is_by_table: Whether each table must be as fresh; else the source is seen as one, because
            its tables need not have rows every day.
    """

    max_age: timedelta
    advice: str
    is_daily: bool = True
    is_by_table: bool = False


@dataclass(frozen=True)
class Files:
    """A source that is read from files.

    Attributes:
        setting: The variable, without its prefix, that names its paths.
        open: Makes the dlt source over paths, for files of a period if one is given.
        land: Lands paths without dlt, where that is what takes the time: in a database, by a
            directory for what is on its way, at a moment.
        has_period: Whether files need not tell themselves which period they are about.
        has_spool: Whether it is what the receiver stores, too.
    """

    setting: str
    open: "Callable[[Sequence[Path], str | None], DltSource] | None" = None
    land: "Callable[[Sequence[Path], Path, Path, datetime | None], LandingResult] | None" = None
    has_period: bool = False
    has_spool: bool = False


@dataclass(frozen=True)
class Api:
    """A source that is asked through an API.

    Attributes:
        setting: The variable, without its prefix, that holds its key.
        open: Opens it: address, what variables hold, and a granted limit of requests a minute.
    """

    setting: str
    open: "Callable[[str, Mapping[str, str], int | None], ApiSource]"


def by_reader(source_id: str, function: str) -> Callable[..., Any]:
    """A function of the source's reader, which is not imported before somebody calls it."""

    def call(*given: object) -> Any:  # noqa: ANN401  # what the reader gives
        return getattr(import_module(f"ingestion.sources.{source_id}.reader"), function)(*given)

    return call


ADVICE_CLIENTS: Final = "see whether its clients still send"
ADVICE_RUN: Final = "run `claude-analytics run` every day"
ADVICE_FILE: Final = "hand in a newer file"


@dataclass(frozen=True)
class Declaration:
    """A source.

    Attributes:
        source_id: Name of its package.
        description: What it is, for those who read the models.
        kind: What kind of system it is.
        prefix: What the names of its tables begin with in marts.
        access: Where it is and how it is opened.
        freshness: How fresh it must be.
        tables: Its raw tables.
        brings: What it brings, for the README.
        example: How it is landed, for the README.
        variables: What each of its variables holds, for the README.
    """

    source_id: str
    description: str
    kind: str
    prefix: str
    access: Files | Api
    freshness: Freshness
    tables: tuple[Table, ...]
    brings: str
    example: str
    variables: Mapping[str, str]

    @property
    def dataset(self) -> str:
        """Schema of its raw tables."""
        return f"raw_{self.source_id}"

    @cached_property
    def schemas(self) -> "dict[str, pa.Schema]":
        """Columns of each raw table."""
        return {table.name: table.form.schema for table in self.tables}

    @cached_property
    def observed(self) -> tuple[Table, ...]:
        """Tables whose days are observed."""
        return tuple(table for table in self.tables if table.timing)

    @cached_property
    def measures(self) -> dict[str, tuple[str, ...]]:
        """Key measures of each table whose days are observed."""
        return {table.name: table.measures for table in self.observed}

    @property
    def notes_pulls(self) -> bool:
        """Whether it notes what each asking said; else a day is seen when it has rows."""
        return PULLS_TABLE in self.tables

    @cached_property
    def max_ages(self) -> dict[str, timedelta]:
        """How old each table may be; none where the source is seen as one."""
        if not self.freshness.is_by_table:
            return {}
        return {table.name: table.max_age or self.freshness.max_age for table in self.observed}

    @cached_property
    def endpoints(self) -> "tuple[Endpoint, ...]":
        """What an API is asked, a parent before its children."""
        return tuple(table.endpoint for table in self.tables if table.endpoint)

    def forms(self, kind: type[FormT]) -> dict[str, FormT]:
        """The tables whose rows are made in one way."""
        return {table.name: table.form for table in self.tables if isinstance(table.form, kind)}
